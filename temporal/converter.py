"""How values cross between this service and Temporal: for client, worker, replayer and tests alike.

What a type is asked for is read as the SDK's pydantic converter reads it, and fails where it does
not fit. What nobody asks a type for (the arguments of a signal that takes whatever comes) is read
as JSON, and never fails: the SDK drops a signal that it cannot decode, and its sender would wait
for an answer that is on no record.

A field that has its default is not written: most of a case's facts are, at any moment. So a default
never changes, nor goes: it is what histories mean (`tests/replay/test_defaults.py`).
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import SchemaSerializer
from pydantic_core.core_schema import any_schema
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import (
    PydanticJSONPlainPayloadConverter,
    PydanticPayloadConverter,
)
from temporalio.converter import CompositePayloadConverter, DataConverter

from domain.events import UnreadableBody, UnreadableEventError, printable, read_json

_JSON, _NULL = b"json/plain", b"binary/null"
_SERIALIZER = SchemaSerializer(any_schema())


class _ShortJSONPayloadConverter(PydanticJSONPlainPayloadConverter):
    """The SDK's, without the fields that have their default."""

    def to_payload(self, value: Any) -> Payload | None:
        """See base class."""
        data = _SERIALIZER.to_json(value, exclude_defaults=True)
        return Payload(metadata={"encoding": _JSON}, data=data)


# Shared: what they build for a type is built once, and not for each workflow in memory.
_CONVERTERS = tuple(
    _ShortJSONPayloadConverter()
    if isinstance(converter, PydanticJSONPlainPayloadConverter)
    else converter
    for converter in PydanticPayloadConverter().converters.values()
)


class LenientPayloadConverter(CompositePayloadConverter):
    """The SDK's converters, and `read_untyped` where no type is asked for."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)

    def from_payloads(
        self, payloads: Sequence[Payload], type_hints: list[type] | None = None
    ) -> list[Any]:
        """See base class."""
        hints: Sequence[type | None] = type_hints or [None] * len(payloads)
        return [self._read(payload, hint) for payload, hint in zip(payloads, hints, strict=True)]

    def _read(self, payload: Payload, type_hint: type | None) -> Any:
        if type_hint is None:
            return read_untyped(payload)
        return super().from_payloads([payload], [type_hint])[0]


def read_untyped(payload: Payload) -> object:
    """The JSON value in a payload of whatever encoding, or an `UnreadableBody` with the reason.

    A payload without an encoding is taken, too: some senders write none.
    """
    encoding = payload.metadata.get("encoding", _JSON)
    if encoding == _NULL:
        return None
    try:
        return read_json(payload.data)
    except UnreadableEventError as error:
        if encoding == _JSON:
            return UnreadableBody(error)
        name = printable(encoding.decode(errors="replace"), 60)
        return UnreadableBody(f"{error}, and its encoding is {name}")


DATA_CONVERTER = DataConverter(payload_converter_class=LenientPayloadConverter)
