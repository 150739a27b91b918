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


class InstalledSchedule(NamedTuple):
    """What became of an installation; `paused` is the note that it was paused with, if it was."""

    is_new: bool
    paused: str | None


async def install_schedule(client: Client, every: timedelta) -> InstalledSchedule:
    """Install the schedule, or update it. A new one scans at once.

    What a person has stopped stays stopped: a pause and its note are kept.
    """
    schedule = _scan_every(every)
    try:
        await client.create_schedule(OVERDUE_SCAN_SCHEDULE, schedule, trigger_immediately=True)
    except ScheduleAlreadyRunningError:
        return InstalledSchedule(is_new=False, paused=await _update(client, schedule))
    return InstalledSchedule(is_new=True, paused=None)


def _scan_every(every: timedelta) -> Schedule:
    return Schedule(
        action=ScheduleActionStartWorkflow(
            OVERDUE_SCAN, id=OVERDUE_SCAN_SCHEDULE, task_queue=TASK_QUEUE
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=every)]),
        # A pass that takes longer than the interval is not joined by a second one.
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
    )


async def _update(client: Client, schedule: Schedule) -> str | None:
    """Replace what the schedule does, and nothing of its state; answers with the pause's note."""
    handle = client.get_schedule_handle(OVERDUE_SCAN_SCHEDULE)

    def update(installed: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule.state = installed.description.schedule.state
        return ScheduleUpdate(schedule=schedule)

    await handle.update(update)
    return (schedule.state.note or "") if schedule.state.paused else None
