"""Events in JSON of any shape. Reading is strict and complete.

A body that does not fit is answered with every field that is wrong and why, so that the sender
can mend it and nothing is guessed.
"""

import json
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from domain.events import agreements, case, complaints, contact, money, people, visits
from domain.events.fields import CONTRACT, Event
from domain.json_mistakes import refuse_constant, why_no_json
from domain.mistakes import describe_mistakes

LARGEST_RECORDED_BODY = 8_000
# Characters of JSON, many times what the contract has fields for; a history takes 50 MB.
LARGEST_BODY = 250_000
TOO_LARGE = f"the event is larger than {LARGEST_BODY} characters of JSON"
LONGEST_NAME = 60  # of what is looked at as a name
UNNAMED = "unnamed"  # what came without a name

EVENTS: dict[str, type[Event]] = {
    kind.name: kind
    for module in (money, contact, people, complaints, visits, agreements, case)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
}


class UnreadableEventError(ValueError):
    """An event that does not fit the contract; the text says which fields and why."""


class UnreadableBody(str):
    """Stands in the place of a body that could not be read, and says why."""

    __slots__ = ()


class _RepeatedKeyError(ValueError):
    """A name that stands twice in one JSON object: which value is meant cannot be known."""


def read_event(name: str, body: object) -> Event:
    """The event of a name in a JSON value of any shape, by the contract of today.

    Raises:
        UnreadableEventError: naming every wrong field and the reason.
    """
    if is_too_large(body):
        raise UnreadableEventError(TOO_LARGE)
    return _read(name, body, CONTRACT)


def read_event_on_record(name: str, body: object) -> Event:
    """An event that may have been taken in by an earlier release, which asked for less.

    Raises:
        UnreadableEventError: when no release would have taken it; naming all that is wrong today.
    """
    try:
        return _read(name, body, None)
    except UnreadableEventError:
        _read(name, body, CONTRACT)  # what it asks beyond that is wrong as well, and told at once
        raise


def _read(name: str, body: object, contract: str | None) -> Event:
    if isinstance(body, UnreadableBody):
        raise UnreadableEventError(body)
    if not isinstance(body, dict):
        raise UnreadableEventError(f"the event must be one JSON object, not {_shape(body)}")
    if name == UNNAMED:
        raise UnreadableEventError("name: is missing, or is no text")
    kind = EVENTS.get(name)
    if kind is None:
        raise UnreadableEventError(f"no event is called {printable(name, LONGEST_NAME)!r}")
    try:
        return kind.model_validate(body, context=contract)
    except ValidationError as error:
        raise UnreadableEventError(describe_mistakes(error.errors())) from error


def which_event(name: str) -> str:
    """Which event is meant by a name that none has, else which there are."""
    meant = get_close_matches(name[:LONGEST_NAME], EVENTS, n=1)
    return f"did you mean {meant[0]}?" if meant else f"there are: {', '.join(EVENTS)}"


def is_too_large(body: object) -> bool:
    """Whether a body is larger than any event has to be, whatever is in it."""
    try:
        return len(json.dumps(body)) > LARGEST_BODY
    except (ValueError, TypeError, RecursionError):
        return False  # refused for what it is


def in_utf8(body: object) -> bytes:
    """A body as it is sent on.

    Raises:
        UnreadableEventError: when it cannot be, for half of a surrogate pair in it.
    """
    try:
        return json.dumps(body, ensure_ascii=False).encode()
    except ValueError as error:
        raise UnreadableEventError(why_no_json(error)) from error


def read_json(data: bytes) -> object:
    """The JSON value in some bytes.

    Raises:
        UnreadableEventError: when the bytes are not JSON, or give one name two values.
    """
    try:
        return json.loads(
            data, parse_constant=refuse_constant, object_pairs_hook=_without_repetition
        )
    except _RepeatedKeyError as error:
        raise UnreadableEventError(f"{printable(str(error), 60)}: is given twice") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError(f"the body is not JSON: {why_no_json(error)}") from error


def recordable(body: object) -> str:
    """A refused body as JSON text that Postgres can store, cut where it cannot be kept whole."""
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
        text.encode()
    except RecursionError:
        return json.dumps({"text": "nested too deeply"})
    except ValueError:  # an infinite number, or half of a surrogate pair
        return _as_text(json.dumps(body))
    if len(text) > LARGEST_RECORDED_BODY:
        return _as_text(text)
    return text.replace("\\u0000", "\\ufffd")


def _as_text(text: str) -> str:
    return json.dumps({"text": printable(text, LARGEST_RECORDED_BODY)}, ensure_ascii=False)


def printable(text: str, length: int) -> str:
    """Text cut to a length, without the characters a log line or Postgres cannot carry."""
    cut = text[:length] + ("…" if len(text) > length else "")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in cut)


def _without_repetition(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) < len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedKeyError(next(name for name in names if names.count(name) > 1))
    return read


def _shape(body: object) -> str:
    shapes: dict[type[Any], str] = {
        list: "a list",
        str: "text",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return shapes.get(type(body), "nothing")
