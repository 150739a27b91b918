"""The inbox of one run: events that have come in and are not on record yet."""

from collections import deque

from domain.case.events.judged_event import Verdict
from domain.events import Event


class IncomingEvent:
    """One event in the inbox, and its answer once it is known."""

    def __init__(self, name: str, body: object, refusal: str | None = None) -> None:
        self.name = name
        self.body = body
        self.refusal = refusal  # the reason, where it is refused whatever it says
        self.event: Event | None = None
        self.verdict: Verdict | None = None


class Inbox:
    """Events in the order they came, each taken out once."""

    def __init__(self) -> None:
        self._waiting: deque[IncomingEvent] = deque()
        self._in_hand: IncomingEvent | None = None
        self._closed = False

    def receive(self, incoming: IncomingEvent) -> None:
        """Put an event in; never fails, never waits."""
        self._waiting.append(incoming)

    def close(self) -> None:
        """Say that no event is waited for any more."""
        self._closed = True

    @property
    def is_closed(self) -> bool:
        return self._closed

    @property
    def has_event(self) -> bool:
        """Whether an event is waiting to be taken out."""
        return bool(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether an event is waiting or being recorded."""
        return self.has_event or self._in_hand is not None

    def take_out(self) -> IncomingEvent:
        """The event that has waited longest; it is in hand until it is put away."""
        self._in_hand = self._waiting.popleft()
        return self._in_hand

    def put_away(self) -> None:
        """The event in hand is on record."""
        self._in_hand = None
