"""The Temporal Schedule that starts the scan."""

from datetime import timedelta
from typing import NamedTuple

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from temporal.names import OVERDUE_SCAN, OVERDUE_SCAN_SCHEDULE, TASK_QUEUE


class Installed(NamedTuple):
    """What became of the schedule."""

    is_new: bool
    pause: str | None = None  # its note, where a person has paused it


async def install_schedule(client: Client, every: timedelta) -> Installed:
    """Install the schedule, or update it: a new one scans at once, a paused one stays paused."""
    schedule = Schedule(
        action=ScheduleActionStartWorkflow(
            OVERDUE_SCAN, id=OVERDUE_SCAN_SCHEDULE, task_queue=TASK_QUEUE
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        # A pass that takes longer than the interval is not joined by a second one.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )
    try:
        await client.create_schedule(OVERDUE_SCAN_SCHEDULE, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        handle = client.get_schedule_handle(OVERDUE_SCAN_SCHEDULE)

        def update(known: ScheduleUpdateInput) -> ScheduleUpdate:
            schedule.state = known.description.schedule.state  # whoever paused it had a reason
            return ScheduleUpdate(schedule=schedule)

        await handle.update(update)
        return Installed(False, schedule.state.note or "" if schedule.state.paused else None)
    return Installed(True)
