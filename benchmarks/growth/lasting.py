"""How long what a timer begins lasts, by a history's own times."""

from collections.abc import Iterable
from datetime import datetime

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent


def lasted(events: Iterable[HistoryEvent]) -> list[float]:
    """Milliseconds from each timer that fired to the end of the activity that came of it."""
    found, fired_at = [], None
    for event in events:
        at: datetime = event.event_time.ToDatetime()
        if event.event_type == EventType.EVENT_TYPE_TIMER_FIRED:
            fired_at = at
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED and fired_at:
            found.append((at - fired_at).total_seconds() * 1000)
            fired_at = None
    return found
