"""Both providers of the drill as one process, which nobody kills: it alone knows what it sent.

    python -m drills.provider PORT FILE

Each message that reaches somebody is a line of FILE, written before anything is answered. SMS are
sent as often as they come; a call with a reference is made once. What was sent also comes into
the outbox that people in the demo read, as soon as the database takes it.
"""

import asyncio
import json
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from commands.command_line import run_command
from database.contact.simulated_outbox import SimulatedOutbox
from database.sql import open_pool
from domain.contact.delivery import ProviderRefusal
from domain.messages.calls import CallParts
from domain.policy.contact import Channel
from drills.modes import Mode, Modes
from drills.patience import patient
from embedded.processes import LOOPBACK
from runtime.settings import load_settings

LAG = timedelta(hours=1)  # of business time: what is younger, a lagging log does not know
# What does not touch who somebody is: a number that is gone or a no would be another story.
REFUSALS = (ProviderRefusal.OTHER, ProviderRefusal.NUMBER_TODAY, ProviderRefusal.ACCOUNT)
_OVER = (asyncio.IncompleteReadError, ConnectionError, asyncio.LimitOverrunError)


class Reply(NamedTuple):
    """What is answered."""

    status: int
    body: Mapping[str, Any] = {}


class Provider:
    """Takes messages and answers for them."""

    def __init__(self, modes: Modes, file: Path, outbox: SimulatedOutbox) -> None:
        self.listens = asyncio.Event()
        self._modes = modes
        self._file = file
        self._outbox = outbox
        self._taken: dict[str, datetime] = {}
        self._refusals = cycle(REFUSALS)
        self._to_copy: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def serve(self, port: int) -> None:
        """For ever."""
        server = await asyncio.start_server(self._answer_line, LOOPBACK, port)
        self.listens.set()
        async with server, asyncio.TaskGroup() as tasks:
            tasks.create_task(server.serve_forever())
            tasks.create_task(self._copy())

    async def _copy(self) -> None:
        while True:
            told = await self._to_copy.get()
            parts = told["parts"]
            await self._outbox.put(
                told["reference"],
                told["channel"],
                told["number"],
                told["text"],
                datetime.fromisoformat(told["at"]),
                None if parts is None else CallParts(**parts),
            )

    async def _answer_line(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(*_OVER), closing(writer):
            while True:
                method, target, body = await _read(reader)
                reply = self._look(target) if method == "GET" else self._take(json.loads(body))
                if method == "POST" and Mode.HANGS in self._modes.now():
                    await asyncio.sleep(60)
                if reply is None:
                    return
                content = json.dumps(reply.body).encode()
                head = f"HTTP/1.1 {reply.status} x\r\ncontent-length: {len(content)}\r\n\r\n"
                writer.write(head.encode() + content)
                await writer.drain()

    def _take(self, told: dict[str, Any]) -> Reply | None:
        """None: the line is dropped."""
        modes = self._modes.now()
        if Mode.BUSY in modes:
            return Reply(429)
        if Mode.REFUSES in modes:
            return Reply(422, {"refusal": next(self._refusals)})
        self._send(told)
        if modes & {Mode.DROPS, Mode.LAGS, Mode.CANNOT_TELL}:
            return None
        if Mode.LOSES_ANSWERS in modes:
            return Reply(502)
        return Reply(200, {"sent_at": told["at"]})

    def _send(self, told: dict[str, Any]) -> None:
        reference, is_known = told["reference"], told["reference"] in self._taken
        if is_known and told["channel"] == Channel.CALL:
            return
        line = {"real_at": datetime.now(UTC).isoformat(), **told}
        with self._file.open("a", encoding="utf-8") as output:
            output.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._taken.setdefault(reference, datetime.fromisoformat(told["at"]))
        self._to_copy.put_nowait(told)

    def _look(self, target: str) -> Reply:
        """`/messages/REFERENCE?now=…`, by business time."""
        modes = self._modes.now()
        if Mode.LOSES_ANSWERS in modes:
            return Reply(502)
        if Mode.CANNOT_TELL in modes:
            return Reply(405)
        reference, _, asked_at = target.rpartition("/")[2].partition("?now=")
        sent_at = self._taken.get(reference)
        is_young = sent_at is not None and datetime.fromisoformat(asked_at) < sent_at + LAG
        if sent_at is None or (Mode.LAGS in modes and is_young):
            return Reply(404)
        return Reply(200, {"sent_at": sent_at.isoformat()})


async def _read(reader: asyncio.StreamReader) -> tuple[str, str, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request, *lines = head.strip().split("\r\n")
    method, target, _ = request.split()
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return method, target, await reader.readexactly(int(headers.get("content-length", 0)))


async def _run(port: int, file: Path) -> int:
    pool = await open_pool(load_settings().database_url, size=1)
    provider = Provider(Modes.of_environment(), file, SimulatedOutbox(patient(pool)))
    await provider.serve(port)
    return 0


if __name__ == "__main__":
    run_command(_run(int(sys.argv[1]), Path(sys.argv[2])))
