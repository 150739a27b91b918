"""The scan: started by a Temporal Schedule, it starts a workflow for every overdue loan.

Then it checks that each open case has its run, takes up what was lost, and sees to it that the
complaints of loans without an open case are watched over.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy

with workflow.unsafe.imports_passed_through():
    from activities.complaint_activities import ComplaintActivities
    from activities.reconcile_activities import ReconcileActivities
    from activities.scan_activities import ScanActivities, ScanSummary
    from temporal.names import OVERDUE_SCAN


RECONCILES = "reconciles"  # a scan of an earlier release ends without
WATCHES_COMPLAINTS = "watches-complaints"  # so it does
RECONCILE_TRIES = 5


@workflow.defn(name=OVERDUE_SCAN)
class OverdueScan:
    """One pass; a pass that dies goes on where its heartbeat says it was."""

    @workflow.run
    async def run(self) -> ScanSummary:
        """Scan, and answer with what was started, running, skipped and failed."""
        summary = await workflow.execute_activity_method(
            ScanActivities.scan_overdue_loans,
            start_to_close_timeout=timedelta(hours=6),
            heartbeat_timeout=timedelta(minutes=1),
            retry_policy=RetryPolicy(maximum_interval=timedelta(minutes=1)),
        )
        if workflow.patched(RECONCILES):
            await workflow.execute_activity_method(
                ReconcileActivities.reconcile_cases,
                start_to_close_timeout=timedelta(hours=6),
                heartbeat_timeout=timedelta(minutes=1),
                # The next scan begins anew: this one must not keep it waiting for long.
                retry_policy=RetryPolicy(
                    maximum_interval=timedelta(minutes=1), maximum_attempts=RECONCILE_TRIES
                ),
            )
        if workflow.patched(WATCHES_COMPLAINTS):
            await workflow.execute_activity_method(
                ComplaintActivities.watch_complaints_at_rest,
                start_to_close_timeout=timedelta(minutes=10),
                retry_policy=RetryPolicy(
                    maximum_interval=timedelta(minutes=1), maximum_attempts=RECONCILE_TRIES
                ),
            )
        return summary
