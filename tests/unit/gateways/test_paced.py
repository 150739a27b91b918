"""A provider is asked no faster than it wants."""

import asyncio

import pytest

from gateways.paced import LONGEST_WAIT_SECONDS, PacedGateway
from gateways.protocol import GatewayBusyError
from tests.support.gateways import FakeGateway
from tests.support.providers.lines import message, sought


async def test_messages_are_spaced_evenly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each waits for its own turn, none for another's answer."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", note)
    gateway = FakeGateway()
    paced = PacedGateway(gateway, per_second=10)
    for number in range(5):
        await paced.send(message(f"R-{number}"))
    assert waits == pytest.approx([0, 0.1, 0.2, 0.3, 0.4], abs=0.09)
    assert len(gateway.handed_over) == 5


async def test_whose_turn_is_far_away_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was handed over, and its place is free for others."""

    async def pass_over(_: float) -> None:
        return

    monkeypatch.setattr(asyncio, "sleep", pass_over)
    gateway = FakeGateway()
    paced = PacedGateway(gateway, per_second=1)
    for number in range(int(LONGEST_WAIT_SECONDS) + 1):
        await paced.send(message(f"R-{number}"))
    with pytest.raises(GatewayBusyError):
        await paced.send(message("late"))
    assert "late" not in {each.reference for each in gateway.handed_over}


async def test_everything_else_is_the_gateways_own() -> None:
    """Its words, its query, its end."""
    gateway = FakeGateway(takes_once=True)
    paced = PacedGateway(gateway, per_second=1)
    assert paced.takes_once
    assert await paced.find(sought()) is None
    assert gateway.asked == ["R-1"]
    await paced.close()
