"""The honest provider that every side sends by: it keeps each delivery it took, and may be asked.

It speaks the product's contract of `webhook` (docs/providers.md) but for one promise: it does *not*
take a reference only once. What is posted twice is delivered twice, and counted so. It answers
some milliseconds after it has taken a message, as a real one does; a sender that is killed in
between does not know. Signatures are not looked at.

    python -m benchmarks.peers.provider PORT
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn

ANSWERS_AFTER_SECONDS = 0.04
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_ledger: list[tuple[float, str, str, str, str]] = []  # when, reference, number, template, text
_taken: dict[str, int] = {}


async def provider(scope: Message, receive: Receive, send: Send) -> None:
    """`POST /messages`, `GET /messages/REFERENCE`, and for the bench `GET /ledger/FROM`."""
    path = str(scope["path"])
    if scope["method"] == "POST":
        place = _take(json.loads(await _body(receive)))
        await asyncio.sleep(ANSWERS_AFTER_SECONDS)
        await _answer(send, 202, {"provider_ref": str(place)})
    elif path.startswith("/messages/"):
        found = _taken.get(path.removeprefix("/messages/"))
        said = {"taken": False} if found is None else {"taken": True, "provider_ref": str(found)}
        await _answer(send, 200, said)
    else:
        await _answer(send, 200, _ledger[int(path.removeprefix("/ledger/")) :])


def _take(message: dict[str, Any]) -> int:
    reference = str(message["reference"])
    _ledger.append((
        time.time(), reference, message["number"], message["template"], message["text"]
    ))  # fmt: skip
    return _taken.setdefault(reference, len(_ledger))


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    return body


async def _answer(send: Send, status: int, said: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


if __name__ == "__main__":
    uvicorn.run(
        provider, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", lifespan="off",
        timeout_keep_alive=600,
    )  # fmt: skip
