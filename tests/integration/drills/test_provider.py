"""The drill's providers fail as their modes say; their gateway says it as the protocol has it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from database.contact.simulated_outbox import SimulatedOutbox
from domain.messages.calls import CallParts
from domain.policy.contact import Channel
from drills.gateway import NO_COUNTS_AFTER, DrillGateway
from drills.modes import Mode, Modes
from drills.provider import LAG, Provider
from embedded.processes import LOOPBACK, free_ports
from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Outbound,
    Sought,
    look_up,
)

AT = datetime(2018, 7, 2, 2, tzinfo=UTC)
MESSAGE = Outbound("R-1", "+86000", "text", AT, parts=CallParts("a", "b", "c"))
SOUGHT = Sought("R-1", "+86000", AT)


class _Outbox(SimulatedOutbox):
    def __init__(self) -> None:
        self.taken: list[Any] = []

    async def put(self, *told: Any) -> None:
        self.taken.append(told)


class Line:
    """A gateway before its provider; `now` is business time."""

    def __init__(self, directory: Path, http: httpx2.AsyncClient, channel: Channel) -> None:
        self.now = AT
        self.modes = Modes(directory / "modes")
        self.file = directory / "sent"
        self.gateway = DrillGateway(channel, http, lambda: self.now)

    def sent(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text().splitlines()]


@asynccontextmanager
async def _line(directory: Path, channel: Channel = Channel.SMS) -> AsyncIterator[Line]:
    [port] = free_ports(1)
    provider = Provider(Modes(directory / "modes"), directory / "sent", _Outbox())
    (directory / "sent").touch()
    serving = asyncio.create_task(provider.serve(port))
    async with httpx2.AsyncClient(base_url=f"http://{LOOPBACK}:{port}", timeout=0.5) as http:
        try:
            await provider.listens.wait()
            yield Line(directory, http, channel)
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


async def test_what_is_taken_is_known(tmp_path: Path) -> None:
    """With when; and the file has it before the answer."""
    async with _line(tmp_path) as line:
        assert await line.gateway.find(SOUGHT) is None
        sent = await line.gateway.send(MESSAGE)
        assert sent == await line.gateway.find(SOUGHT)
        assert [message["reference"] for message in line.sent()] == ["R-1"]


@pytest.mark.parametrize(("channel", "times"), [(Channel.SMS, 2), (Channel.CALL, 1)])
async def test_a_second_handing_over(tmp_path: Path, channel: Channel, times: int) -> None:
    """Is another SMS, and no other call."""
    async with _line(tmp_path, channel) as line:
        await line.gateway.send(MESSAGE)
        await line.gateway.send(MESSAGE)
        assert len(line.sent()) == times
        assert line.gateway.takes_once == (times == 1)


@pytest.mark.parametrize(
    ("mode", "error", "is_sent"),
    [
        (Mode.BUSY, GatewayBusyError, False),
        (Mode.REFUSES, GatewayRefusedError, False),
        (Mode.LOSES_ANSWERS, MayHaveBeenTakenError, True),
        (Mode.DROPS, MayHaveBeenTakenError, True),
        (Mode.LAGS, MayHaveBeenTakenError, True),
        (Mode.HANGS, MayHaveBeenTakenError, True),
        (Mode.CANNOT_TELL, MayHaveBeenTakenError, True),
    ],
)
async def test_a_fault_of_sending(
    tmp_path: Path, mode: Mode, error: type[Exception], *, is_sent: bool
) -> None:
    """The gateway says no more than it knows."""
    async with _line(tmp_path) as line:
        line.modes.set([mode])
        with pytest.raises(error):
            await line.gateway.send(MESSAGE)
        assert len(line.sent()) == is_sent


async def test_faults_of_asking(tmp_path: Path) -> None:
    """A server error is no answer; where there is no query, nobody can tell."""
    async with _line(tmp_path) as line:
        await line.gateway.send(MESSAGE)
        line.modes.set([Mode.LOSES_ANSWERS])
        with pytest.raises(GatewayBusyError):
            await line.gateway.find(SOUGHT)
        line.modes.set([Mode.CANNOT_TELL])
        with pytest.raises(CannotTellError):
            await line.gateway.find(SOUGHT)


async def test_a_log_that_lags_is_not_believed_at_once(tmp_path: Path) -> None:
    """Its no counts only when whatever it took would be in it."""
    assert NO_COUNTS_AFTER > LAG
    async with _line(tmp_path) as line:
        line.modes.set([Mode.LAGS])
        with pytest.raises(MayHaveBeenTakenError):
            await line.gateway.send(MESSAGE)
        assert await line.gateway.find(SOUGHT) is None
        with pytest.raises(GatewayBusyError):
            await look_up(line.gateway, SOUGHT, line.now)
        line.now = AT + LAG + timedelta(minutes=1)
        assert await look_up(line.gateway, SOUGHT, line.now) is not None
