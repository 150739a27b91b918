"""Bodies: what is no JSON object of an event is refused, whatever it is."""

import pytest

from door.bodies import DEEPEST, read_value
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


def test_what_is_as_deep_as_events_are_is_read() -> None:
    """The deepest of them has four levels."""
    assert read_value(b'{"a": [{"b": {"c": [1]}}]}') == {"a": [{"b": {"c": [1]}}]}
