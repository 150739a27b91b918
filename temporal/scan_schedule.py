"""The Temporal Schedule that starts the scan."""

from datetime import timedelta

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


async def install_schedule(client: Client, every: timedelta) -> bool:
    """Install the schedule, or update it. Whether it is new; a new one scans at once."""
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

        def update(_: ScheduleUpdateInput) -> ScheduleUpdate:
            return ScheduleUpdate(schedule=schedule)

        await handle.update(update)
        return False
    return True
