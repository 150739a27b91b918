"""The converter: what has a type is strict, what has none never fails."""

import json
from typing import Any

import pytest
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload

from domain.case.state import DueCase
from domain.events import UnreadableBody, UnreadableEventError, read_event, recordable
from temporal.converter import DATA_CONVERTER, LenientPayloadConverter

CONVERTER = DATA_CONVERTER.payload_converter
CASE = DueCase(case_id="L-1:2026-01-10", loan_id="L-1")
NO_VALUE = "the body is not JSON: Expecting value at character 1"


def _payload(data: bytes, encoding: bytes | None = b"json/plain", **metadata: bytes) -> Payload:
    if encoding is not None:
        metadata["encoding"] = encoding
    return Payload(metadata=metadata, data=data)


@pytest.mark.parametrize("value", [None, 1, "一", [1, {"a": None}], {"a": [True, 1.5]}])
def test_values_come_back(value: object) -> None:
    """Of every JSON shape, asked for by type or not."""
    payload = CONVERTER.to_payload(value)
    assert CONVERTER.from_payload(payload) == value
    assert CONVERTER.from_payloads([payload], [object]) == [value]


def test_models_come_back_by_their_type_alone() -> None:
    """As JSON objects where nobody asks for it, without what has its default."""
    payload = CONVERTER.to_payload(CASE)
    assert CONVERTER.from_payload(payload, DueCase) == CASE
    assert CONVERTER.from_payload(payload) == {"case_id": CASE.case_id, "loan_id": CASE.loan_id}


def test_what_a_type_was_asked_for_still_fails() -> None:
    """An activity is not called with something else."""
    with pytest.raises(ValidationError):
        CONVERTER.from_payload(_payload(b'{"case_id": 1}'), DueCase)
    with pytest.raises(KeyError, match="binary/encrypted"):
        CONVERTER.from_payload(_payload(b"{}", b"binary/encrypted"), DueCase)


PROTOBUF: dict[str, Any] = {"messageType": b"temporal.api.common.v1.Payload"}


@pytest.mark.parametrize(
    "payload",
    [
        _payload(b'{"a": 1}'),
        _payload(b'{"a": 1}', None),
        _payload(b'{"a": 1}', b"binary/plain"),
        _payload(b'{"a": 1}', b"json/protobuf", **PROTOBUF),
        _payload(b'{"a": 1}', b"\xff"),
    ],
)
def test_json_is_read_whatever_its_encoding(payload: Payload) -> None:
    """A plain value always: no protobuf message, no bytes."""
    assert CONVERTER.from_payload(payload) == {"a": 1}


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (_payload(b""), "the body is not JSON: it is empty"),
        (_payload(b'{"a": '), "the body is not JSON: Expecting value at character 7"),
        (_payload(b'{"a": NaN}'), "the body is not JSON: NaN is no number"),
        (_payload(b'"\xff"'), "the body is not JSON: it is not UTF-8 at byte 2"),
        (
            _payload(b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
            "the body is not JSON: it nests too deeply",
        ),
        (_payload(b"1" * 5000), "the body is not JSON: a number is too long"),
        (_payload(b"\0", None), NO_VALUE),
        (
            _payload(b"\0", b"binary/encrypted"),
            f"{NO_VALUE}, and its encoding is binary/encrypted",
        ),
        (
            _payload(b"\0", b"\xff\0"),
            f"{NO_VALUE}, and its encoding is \ufffd\ufffd",
        ),
    ],
)
def test_what_cannot_be_read_says_so(payload: Payload, reason: str) -> None:
    """Beside what can, and without an error that would drop both."""
    good, bad = CONVERTER.from_payloads([_payload(b"1"), payload])
    assert good == 1
    assert isinstance(bad, UnreadableBody)
    assert bad == reason
    with pytest.raises(UnreadableEventError, match=f"^{reason}$"):
        read_event("hold_placed", bad)
    assert json.loads(recordable(bad)) == reason


def test_types_are_built_once() -> None:
    """Each workflow in memory has a converter of its own; they share what is large."""
    assert LenientPayloadConverter().converters == LenientPayloadConverter().converters
