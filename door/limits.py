"""How much the door takes at once: a share a second for each sender, and so many in hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from door.problems import Kind, ProblemError

BURST_SECONDS = 2  # so many seconds' worth may come at once


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Limits:
    """Token buckets by key id, of known senders only; and a count of what is in hand."""

    def __init__(
        self, events_a_second: float, at_once: int, monotonic: Callable[[], float]
    ) -> None:
        self._rate = events_a_second
        self._at_once = at_once
        self._monotonic = monotonic
        self._buckets: dict[str, _Bucket] = {}
        self._in_hand = 0

    @contextmanager
    def one_in_hand(self) -> Iterator[None]:
        """While a request is worked on. Raises ProblemError when there are too many."""
        if self._in_hand >= self._at_once:
            raise ProblemError(Kind.TOO_MANY)
        self._in_hand += 1
        try:
            yield
        finally:
            self._in_hand -= 1

    def take(self, key_id: str, events: int = 1) -> None:
        """Let a sender send so many events. Raises ProblemError when that is too many."""
        now, most = self._monotonic(), self._rate * BURST_SECONDS
        bucket = self._buckets.setdefault(key_id, _Bucket(most, now))
        bucket.tokens = min(most, bucket.tokens + (now - bucket.filled_at) * self._rate)
        bucket.filled_at = now
        if bucket.tokens < min(events, most):
            raise ProblemError(Kind.TOO_MANY)
        bucket.tokens -= events
