"""What time it is for an activity."""

from collections.abc import Callable
from datetime import UTC, datetime

from domain.clock import BusinessClock

Now = Callable[[], datetime]


def real_time() -> datetime:
    """The wall clock: the only place in the product that reads it."""
    return datetime.now(UTC)


def business_time(clock: BusinessClock, real: Now = real_time) -> Now:
    """Business time on a clock, from a source of real time."""
    return lambda: clock.business(real())
