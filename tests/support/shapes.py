"""Arguments of any shape, as a signal or an update may come with them; none is an event."""

from typing import Any

from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue


def in_encoding(encoding: str | None, data: bytes, **metadata: bytes) -> RawValue:
    """Bytes as a payload of an encoding, or of none."""
    if encoding is not None:
        metadata["encoding"] = encoding.encode()
    return RawValue(Payload(metadata=metadata, data=data))


def as_json(text: str) -> RawValue:
    """Text that is said to be JSON."""
    return in_encoding("json/plain", text.encode())


def _nested(depth: int) -> RawValue:
    return as_json('{"a":' * depth + "1" + "}" * depth)


SHAPES: dict[str, list[Any]] = {
    "a number": [42],
    "a list": [[1, 2]],
    "text": ["paid"],
    "a boolean": [True],
    "null": [None],
    "no argument": [],
    "three arguments": [{"a": 1}, 2, "c"],
    "bytes": [in_encoding("binary/plain", b"\x00\xff\xfe")],
    "empty bytes": [as_json("")],
    "half a JSON value": [as_json('{"event_id": ')],
    "half a JSON value among others": [{"a": 1}, as_json('{"event_id": ')],
    "a missing field": [{"source": "test"}],
    "an empty object": [{}],
    "a number that is not finite": [as_json('{"amount_minor": 1e400}')],
    "not a number": [as_json('{"amount_minor": NaN}')],
    "a huge number": [as_json('{"amount_minor": 1' + "0" * 4000 + "}")],
    "half a surrogate pair": [as_json('{"source": "\\ud83d"}')],
    "half a character": [in_encoding("json/plain", b'{"source": "\xe5\x90"}')],
    "NUL as its id": [{"event_id": "e\0", "source": "te\0st"}],
    "a large body": [{"note": "x" * 100_000}],
    "deep nesting": [_nested(900)],
    "deeper nesting": [_nested(20_000)],
    "an encoding nobody knows": [in_encoding("binary/encrypted", b"\x00\xff")],
    "no encoding": [in_encoding(None, b"\x00\xff")],
    "a protobuf message": [
        in_encoding("json/protobuf", b"{}", messageType=b"temporal.api.common.v1.Payload")
    ],
    "a broken protobuf message": [in_encoding("binary/protobuf", b"\xff", messageType=b"None")],
}
UNKNOWN_NAMES = ["no_such_event", "payment\0received", "名" * 200, "__init__"]
