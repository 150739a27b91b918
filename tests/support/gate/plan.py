"""Plans for the gate's stateful test: what senders, crashes, events and the clock do, as data."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from hypothesis import strategies as st

from domain.policy.contact import Channel

BORROWERS = 2
LOANS = 5  # loan n belongs to borrower n % BORROWERS


class Crash(StrEnum):
    """Where a sender's process dies, or how its provider fails."""

    NONE = "none"
    AFTER_RESERVING = "after reserving"
    BEFORE_DELIVERY = "before delivery"
    AFTER_DELIVERY = "after delivery"
    BEFORE_RECORDING = "before recording"
    AFTER_RECORDING = "after recording"
    BUSY = "busy"
    REFUSED = "refused"


@dataclass(frozen=True)
class Send:
    """One sender of one loan; the same step again is the same intent again."""

    loan: int
    step: int
    channel: Channel
    crash: Crash


@dataclass(frozen=True)
class Event:
    """What another system says about a loan, at the same time as the senders are at work."""

    loan: int
    name: str


@dataclass(frozen=True)
class Wave:
    """Everything in it happens at once; `retry` asks for every open intent again, too."""

    sends: tuple[Send, ...]
    events: tuple[Event, ...]
    calls_end: str | None  # the outcome of every call that was made before
    retry: bool
    then: timedelta  # the clock moves on before the next wave


@dataclass(frozen=True)
class Plan:
    """One example."""

    waves: tuple[Wave, ...]
    begins_at: int  # hour of the day
    provider_can_tell: bool


EVENTS = (
    "payment_received",
    "hold_placed",
    "hold_released",
    "phone_blocked",
    "evenings_only",
    "anything_goes",
)

_crashes = st.one_of(st.just(Crash.NONE), st.sampled_from(Crash))
_sends = st.builds(
    Send,
    loan=st.integers(0, LOANS - 1),
    step=st.integers(0, 5),
    channel=st.sampled_from(Channel),
    crash=_crashes,
)
_events = st.builds(Event, loan=st.integers(0, LOANS - 1), name=st.sampled_from(EVENTS))
_outcomes = st.sampled_from([None, "connected", "no_answer"])
_pauses = st.sampled_from([timedelta(minutes=5), timedelta(hours=1), timedelta(hours=11)])


def _by_intent(send: Send) -> tuple[int, int, str]:
    return send.loan, send.step, send.channel


# Never the same intent twice at once: Temporal runs one try of an activity at a time.
_waves = st.builds(
    Wave,
    sends=st.lists(_sends, min_size=2, max_size=10, unique_by=_by_intent).map(tuple),
    events=st.lists(_events, max_size=2).map(tuple),
    calls_end=_outcomes,
    retry=st.booleans(),
    then=_pauses,
)
PLANS = st.builds(
    Plan,
    waves=st.lists(_waves, min_size=3, max_size=7).map(tuple),
    begins_at=st.sampled_from([7, 9, 12, 20]),
    provider_can_tell=st.sampled_from([True, True, False]),
)
