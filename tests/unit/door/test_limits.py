"""How much the door takes at once."""

import pytest

from door.limits import BURST_SECONDS, Limits
from door.problems import Kind, ProblemError


class Watch:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    """At nought."""
    return Watch()


def test_sender_who_sends_too_much_waits(watch: Watch) -> None:
    """Some seconds' worth at once, then as many as time has passed for; others are not held up."""
    limits = Limits(10, 1, watch)
    for _ in range(10 * BURST_SECONDS):
        limits.take("bank")
    with pytest.raises(ProblemError) as refused:
        limits.take("bank")
    assert refused.value.kind is Kind.TOO_MANY
    assert refused.value.headers == {"Retry-After": "1"}
    limits.take("other")
    watch.seconds = 0.1
    limits.take("bank")
    with pytest.raises(ProblemError):
        limits.take("bank")


def test_so_many_requests_are_in_hand(watch: Watch) -> None:
    """The next is refused, and not put into a queue that only grows."""
    limits = Limits(10, 1, watch)
    with limits.one_in_hand(), pytest.raises(ProblemError), limits.one_in_hand():
        pass
    with limits.one_in_hand():
        pass
