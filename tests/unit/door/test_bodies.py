"""Bodies: what is no JSON object of an event is refused, whatever it is."""

import asyncio
from typing import Any

import pytest
from starlette.requests import Request

from door.bodies import DEEPEST, read_body, read_value
from door.problems import Kind, ProblemError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1),
        b"[" * 60_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b"1" * 60_000,
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    """With a problem, and never an error of ours."""
    with pytest.raises(ProblemError) as refused:
        read_value(body)
    assert refused.value.kind is Kind.NOT_AN_OBJECT


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "The body is not JSON: Expecting property name enclosed in double quotes"),
        (b'{"a": 1, "a": 2}', "a: is given twice"),
    ],
)
def test_a_name_that_is_given_twice_is_told_from_what_is_no_json(body: bytes, detail: str) -> None:
    """By its name, and by where it breaks."""
    with pytest.raises(ProblemError) as refused:
        read_value(body)
    assert refused.value.detail.startswith(detail)


def test_what_is_as_deep_as_events_are_is_read() -> None:
    """The deepest of them has four levels."""
    assert read_value(b'{"a": [{"b": {"c": [1]}}]}') == {"a": [{"b": {"c": [1]}}]}


def request(*chunks: bytes, ends: bool = True, headers: dict[str, str] | None = None) -> Request:
    """A request whose body comes in chunks, and ends, or never does."""
    waiting = list(chunks)

    async def receive() -> dict[str, Any]:
        if not waiting and not ends:
            await asyncio.Event().wait()
        body = waiting.pop(0) if waiting else b""
        return {"type": "http.request", "body": body, "more_body": bool(waiting) or not ends}

    given = {"content-type": "application/json"} | (headers or {})
    lines = [(name.encode(), value.encode()) for name, value in given.items()]
    return Request({"type": "http", "method": "POST", "headers": lines}, receive)


async def test_body_of_no_stated_length_is_read_to_its_limit() -> None:
    """In chunks, as it comes."""
    assert await read_body(request(b"ab", b"cd"), 4) == b"abcd"


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        (request(b"ab", b"cde"), Kind.TOO_LARGE),
        (request(b"", headers={"content-length": "5"}), Kind.TOO_LARGE),
        (request(b"", headers={"content-length": "-1"}), Kind.TOO_LARGE),
        (request(b"", headers={"content-length": "9" * 5000}), Kind.TOO_LARGE),
        (request(b"", headers={"content-type": "text/plain"}), Kind.NOT_JSON),
        (request(b"a", ends=False), Kind.TOO_SLOW),
    ],
)
async def test_what_is_too_much_or_too_slow_is_refused(asked: Request, kind: Kind) -> None:
    """Before anybody asks whose it is."""
    with pytest.raises(ProblemError) as refused:
        await read_body(asked, 4, within_seconds=0.01)
    assert refused.value.kind is kind
