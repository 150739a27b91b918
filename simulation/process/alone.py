"""One case by itself: the process from a state onwards, with nobody to react to it."""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from simulation.process.desk import Desk
from simulation.process.follow import follow


class Known(NamedTuple):
    """Something that is known to happen at a moment."""

    at: datetime
    happens: Callable[[Desk], None]


def run_alone(desk: Desk, ends_at: datetime, known: Sequence[Known] = ()) -> None:
    """Run a case until a moment or its end; `known` is in the order of time."""
    steps, waiting = follow(desk), deque(known)
    try:
        wakes_at = next(steps)
        while True:
            if waiting and waiting[0].at < wakes_at:
                wakes_at = waiting[0].at
            if wakes_at >= ends_at:
                return
            desk.now = max(desk.now, wakes_at)
            while waiting and waiting[0].at <= desk.now:
                waiting.popleft().happens(desk)
            wakes_at = next(steps)
    except StopIteration:
        return
