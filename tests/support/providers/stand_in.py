"""A provider on loopback that fails as real ones do: it drops lines, hangs, lags, and counts.

Each provider's own stand-in says how it answers; what it really sent to people is `delivered`.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import closing, suppress
from typing import NamedTuple, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.gateways import Fault

_OVER = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)


class Asked(NamedTuple):
    """A request as it came; header names in small letters."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


class Reply(NamedTuple):
    """What the stand-in answers; bytes are no JSON."""

    status: int
    body: object


class Wrong(Exception):  # noqa: N818 an answer
    """The request is not as the provider wants it: answered as the provider answers that."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class StandIn:
    """The server; `faults` hold until they are taken away."""

    takes_once = False
    busy = Reply(429, {})
    broken = Reply(502, {})

    def __init__(self) -> None:
        self.faults: set[Fault] = set()
        self.delivered: Counter[str] = Counter()  # by reference: what reached people
        self.refusal = self.refused_as("number_for_good")
        self.instead: Reply | None = None  # whatever is asked: of a proxy that stands before it
        self._known: dict[str, str] = {}
        self._lines: set[asyncio.Task[object]] = set()

    # How a provider does it

    def refused_as(self, refusal: str) -> Reply:
        """What it answers when it refuses for a reason of that class."""
        raise NotImplementedError

    def refuse(self, asked: Asked) -> Reply:
        """What it answers a message that it refuses."""
        return self.refusal

    def is_message(self, asked: Asked) -> bool:
        """Whether something is to be sent; else something is asked."""
        return asked.method == "POST"

    def check(self, asked: Asked) -> str:
        """See that the request is signed and well formed; answers with its reference.

        Raises Wrong when it is not.
        """
        raise NotImplementedError

    def taken(self, asked: Asked, reference: str, provider_ref: str) -> Reply:
        raise NotImplementedError

    def found(self, asked: Asked, known: Mapping[str, str]) -> Reply:
        raise NotImplementedError

    # What all do

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for line in self._lines:
            line.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (line := asyncio.current_task()) is not None:
            self._lines.add(line)
        with suppress(*_OVER), closing(writer):
            while (reply := await self._reply(await _read(reader))) is not None:
                body = reply.body
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                writer.write(
                    b"HTTP/1.1 %d x\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                    % (reply.status, len(content))
                )
                writer.write(content)
                await writer.drain()

    async def _reply(self, asked: Asked) -> Reply | None:
        return self.instead or await self._answer(asked)

    async def _answer(self, asked: Asked) -> Reply | None:
        """None: the line is dropped."""
        try:
            reference = self.check(asked)
        except Wrong as wrong:
            return wrong.reply
        if not self.is_message(asked):
            return self._tell(asked)
        if self.faults & {Fault.BUSY, Fault.REFUSES}:
            return self.busy if Fault.BUSY in self.faults else self.refuse(asked)
        reply = self._take(asked, reference)
        if Fault.DROPS in self.faults:
            return None
        if Fault.LOSES_ANSWERS in self.faults:
            return self.broken
        if Fault.HANGS in self.faults:
            await asyncio.Event().wait()
        return reply

    def _take(self, asked: Asked, reference: str) -> Reply:
        if reference not in self._known or not self.takes_once:
            self.delivered[reference] += 1
            self._known[reference] = f"p-{reference}-{self.delivered[reference]}"
        return self.taken(asked, reference, self._known[reference])

    def _tell(self, asked: Asked) -> Reply:
        if Fault.LOSES_ANSWERS in self.faults:
            return self.broken
        return self.found(asked, {} if Fault.LAGS in self.faults else self._known)


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    request, *lines = head.strip().split("\r\n")
    method, target, _ = request.split()
    split = [line.partition(":") for line in lines]
    headers = {name.lower(): value.strip() for name, _, value in split}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    address = urlsplit(target)
    query = dict(parse_qsl(address.query))
    return Asked(method, unquote(address.path), query, headers, body)
