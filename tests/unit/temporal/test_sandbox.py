"""What lets the sandbox leave out whose payload it is: no part of the converter asks."""

from temporalio.converter import WithSerializationContext

from temporal.converter import DATA_CONVERTER, LenientPayloadConverter


def test_converters_look_at_nothing_but_the_value() -> None:
    """With a codec, a store or a converter that asks, `temporal/sandbox.py` has to answer."""
    assert DATA_CONVERTER.payload_codec is None
    assert DATA_CONVERTER.external_storage is None
    parts = (*LenientPayloadConverter().converters.values(), DATA_CONVERTER.failure_converter)
    assert not [part for part in parts if isinstance(part, WithSerializationContext)]
