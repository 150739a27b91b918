"""The scan: started by a Temporal Schedule, it starts a workflow for every overdue loan."""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.scan_activities import ScanActivities, ScanSummary
    from temporal.names import OVERDUE_SCAN


@workflow.defn(name=OVERDUE_SCAN)
class OverdueScan:
    """One pass; a pass that dies goes on where its heartbeat says it was."""

    @workflow.run
    async def run(self) -> ScanSummary:
        """Scan, and answer with what was started, running, skipped and failed."""
        return await workflow.execute_activity_method(
            ScanActivities.scan_overdue_loans,
            start_to_close_timeout=timedelta(hours=6),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
