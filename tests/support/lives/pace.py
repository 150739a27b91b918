"""How many events a workflow writes in its busiest hour: none may go round without a timer."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from temporal.names import complaint_watch_id, workflow_id

HOUR = timedelta(hours=1)
# What an hour may bring by itself, such as a stage entered, a crew booked and a message sent; and
# what each event that comes in may bring with it: more where the machine is busy, for what one task
# would have answered is several then. A loop without a timer writes a hundred a second.
MOST_EVENTS = 150
MOST_EVENTS_FOR_ONE_THAT_COMES_IN = 50
COMES_IN = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED,
}


async def too_fast(client: Client, loan_id: str, case_id: str) -> list[str]:
    """The workflows of a loan that were busier than what came in explains."""
    found = []
    for name in (workflow_id(loan_id), complaint_watch_id(case_id)):
        events = [event async for event in _events_of(client, name)]
        found += [f"{name}: {said}" for said in busy_hours(events)[:1]]
    return found


def busy_hours(events: list[HistoryEvent]) -> list[str]:
    """The hours with too many events, the busiest first: how many, and of how many that came in."""
    times = [(event.event_time.ToDatetime(), event.event_type in COMES_IN) for event in events]
    times.sort()
    found: list[tuple[int, int, datetime]] = []
    end = earlier = 0
    for start, (begins_at, _) in enumerate(times):
        while end < len(times) and times[end][0] < begins_at + HOUR:
            end += 1
        # What came in just before is answered within this hour.
        while times[earlier][0] <= begins_at - HOUR:
            earlier += 1
        asked = sum(comes_in for _, comes_in in times[earlier:end])
        if end - start > MOST_EVENTS + asked * MOST_EVENTS_FOR_ONE_THAT_COMES_IN:
            found.append((end - start, asked, begins_at))
    return [
        f"{count} events in the hour from {at:%Y-%m-%d %H:%M:%S}, {asked} of them came in"
        for count, asked, at in sorted(found, reverse=True)
    ]


async def _events_of(client: Client, name: str) -> AsyncIterator[HistoryEvent]:
    """Of every run, the last one first: each says which one it goes on."""
    run_id: str | None = None
    while True:
        try:
            history = await client.get_workflow_handle(name, run_id=run_id).fetch_history()
        except RPCError:  # there is none, or its server forgot it
            return
        for event in history.events:
            yield event
        first = history.events[0].workflow_execution_started_event_attributes
        if not (run_id := first.continued_execution_run_id):
            return
