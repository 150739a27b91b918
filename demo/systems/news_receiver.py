"""Where systems are told the news: each at an address of its own, signed, each piece once."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, NamedTuple

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_TOLERANCE_SECONDS = 300  # of real time


class News(NamedTuple):
    """One piece of news; `data` is what it tells, by name."""

    type: str
    loan_id: str
    data: dict[str, Any]

    @property
    def notice(self) -> dict[str, Any]:
        """What a notice to staff says."""
        notice: dict[str, Any] = self.data["notice"]
        return notice


Take = Callable[[News], object]


class NewsReceiver:
    """An ASGI application. `take` gets the news of one system, and may not keep it waiting."""

    def __init__(self, secrets: Mapping[str, str], take: Mapping[str, Take]) -> None:
        self._secrets = secrets
        self._take = take
        self._seen: set[tuple[str, str]] = set()
        self.app = Starlette(routes=[Route("/{system}", self._receive, methods=["POST"])])

    async def _receive(self, request: Request) -> Response:
        """Taken is 2xx; what follows from it is done afterwards."""
        system, body = request.path_params["system"], await request.body()
        secret = self._secrets.get(system)
        if secret is None or not is_from_collections(secret, request.headers, body):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        once = (system, request.headers["webhook-id"])
        if once not in self._seen:
            self._seen.add(once)
            told = json.loads(body)
            self._take[system](News(told["type"], told["loan_id"], told["data"]))
        return Response(status_code=HTTPStatus.NO_CONTENT)


def is_from_collections(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether it is signed with the secret, `whsec_…`, about now."""
    message_id = headers.get("webhook-id", "")
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(time.time() - int(timestamp)) > _TOLERANCE_SECONDS:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    right = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    # While a secret is rotated there are two.
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(right.encode(), each.encode()) for each in given)


@asynccontextmanager
async def listening(receiver: NewsReceiver, host: str, port: int) -> AsyncIterator[None]:
    """Take news at an address, while it is entered; who comes early waits."""
    config = uvicorn.Config(
        receiver.app, host=host, port=port, log_config=None, access_log=False,
        timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    work = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await work
