"""A receiver of news that takes them, fails, hangs, asks to be let alone or says it is gone."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, NamedTuple

import standardwebhooks
from starlette.requests import Request
from starlette.responses import Response

from door.signatures import Signed, is_signed
from runtime.standard_webhooks import written
from tests.support.door.listening import listening


class Message(NamedTuple):
    """What came in."""

    id: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    def is_by(self, secret: bytes, now: datetime) -> bool:
        """Whether it is signed with the secret, about now."""
        names = ("webhook-id", "webhook-timestamp", "webhook-signature")
        return is_signed(Signed(*(self.headers[name] for name in names)), [secret], self.raw, now)

    def see_by_another(self, secret: bytes) -> None:
        """Let the library of Standard Webhooks verify it: it has the real clock only."""
        standardwebhooks.Webhook(written(secret)).verify(self.raw, dict(self.headers))


class Receiver:
    """An ASGI application. `answer` decides on each message; None hangs until the end."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.answer: Callable[[Message], Response | None] = lambda _: Response(status_code=204)
        self.came = asyncio.Event()
        self.ends = asyncio.Event()

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.messages]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        message = Message(
            request.headers.get("webhook-id", ""), dict(request.headers), await request.body()
        )
        self.messages.append(message)
        self.came.set()
        response = self.answer(message)
        if response is None:
            await self.ends.wait()
            response = Response(status_code=204)
        await response(scope, receive, send)

    def say(self, status: int, **headers: str) -> None:
        """Answer everything like this from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer = lambda _: Response(status_code=status, headers=named)


@asynccontextmanager
async def a_receiver() -> AsyncIterator[tuple[Receiver, str]]:
    """A receiver that listens on loopback, and its address."""
    receiver = Receiver()
    async with listening(receiver) as address:
        try:
            yield receiver, f"{address}/news"
        finally:
            receiver.ends.set()
