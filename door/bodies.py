"""What is refused before anybody asks whose it is: size, media type, slowness; then the shape."""

import asyncio
import re
from typing import Any

from starlette.requests import ClientDisconnect, Request

from domain.events import UnreadableEventError, read_json
from door.problems import Kind, ProblemError

LARGEST_EVENT = 64 * 1024  # bytes
LARGEST_BATCH = 1024 * 1024
BODY_WITHIN_SECONDS = 10
DEEPEST = 8


async def read_body(
    request: Request, most: int, within_seconds: float = BODY_WITHIN_SECONDS
) -> bytes:
    """The raw bytes of a JSON body.

    Raises:
        ProblemError: when it is too large, of another media type, or does not come in time.
    """
    claimed = request.headers.get("content-length", "0")
    if not claimed.isdecimal() or int(claimed[:12]) > most:
        raise ProblemError(Kind.TOO_LARGE, f"At most {most} bytes")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ProblemError(Kind.NOT_JSON)
    try:
        async with asyncio.timeout(within_seconds):
            return await _read_at_most(request, most)
    except (TimeoutError, ClientDisconnect):
        raise ProblemError(Kind.TOO_SLOW) from None


async def _read_at_most(request: Request, most: int) -> bytes:
    read = bytearray()
    async for chunk in request.stream():
        read += chunk
        if len(read) > most:
            raise ProblemError(Kind.TOO_LARGE, f"At most {most} bytes")
    return bytes(read)


def read_value(body: bytes) -> object:
    """The JSON value in a body.

    Raises:
        ProblemError: when it is no JSON in UTF-8, nested too deeply, or says a name twice.
    """
    try:
        value = read_json(body.decode("utf-8").encode())
    except UnicodeDecodeError:
        raise ProblemError(Kind.NOT_AN_OBJECT, "The body is not UTF-8") from None
    except UnreadableEventError as error:
        detail = re.sub("^the body", "The body", str(error))
        raise ProblemError(Kind.NOT_AN_OBJECT, detail) from None
    if _is_deeper(value, DEEPEST):
        raise ProblemError(Kind.NOT_AN_OBJECT, f"The body is nested deeper than {DEEPEST}")
    return value


def _is_deeper(value: object, most: int) -> bool:
    """Without recursion: what comes from outside may be as deep as it likes."""
    level: list[Any] = [value]
    for _ in range(most):
        level = [
            part
            for each in level
            if isinstance(each, (dict, list))
            for part in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return any(isinstance(each, (dict, list)) for each in level)
