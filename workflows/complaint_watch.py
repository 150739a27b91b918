"""Complaints of loans without an open case: reminded of, and escalated, until they are answered."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.case_activities import CaseActivities, StaffNotice
    from activities.complaint_activities import ComplaintActivities, LoanNotice, Watch
    from domain.case.complaints import OpenComplaint, due_notices, next_notice_at
    from domain.case.notices import Audience, NoticeKind
    from temporal.names import COMPLAINT_WATCH
    from workflows.desk.options import DATABASE

LOOKS_A_RUN = 100
SHORTEST_SLEEP = timedelta(seconds=1)  # whatever a clock or a policy says: no turn without a timer
# Nobody collects any more who could be reminded: what is late is told to those above, too.
TOLD_WHEN_OVERDUE = (Audience.COMPLAINT_DESK, Audience.SENIOR_APPROVERS)


@workflow.defn(name=COMPLAINT_WATCH)
class ComplaintWatch:
    """Started by a case that ends, or by a scan that finds complaints of a loan at rest.

    Ends when nothing is open, or a case of the loan cares.
    """

    @workflow.run
    async def run(self, watch: Watch) -> None:
        """Look, tell what is due, and sleep until the next thing is."""
        for _ in range(LOOKS_A_RUN):
            complaints = await _open_complaints(watch)
            if not complaints:
                return
            now = watch.clock.business(workflow.now())
            for complaint in complaints:
                await _tell_what_is_due(watch, complaint, now)
            left = watch.clock.real(_next_look(watch, complaints, now)) - workflow.now()
            await workflow.sleep(max(left, SHORTEST_SLEEP), summary="remind the complaint desk")
        workflow.continue_as_new(watch)


async def _open_complaints(watch: Watch) -> list[OpenComplaint]:
    if watch.case_id is None:
        return await workflow.execute_activity_method(
            ComplaintActivities.complaints_of_loan, watch.loan_id, **DATABASE
        )
    return await workflow.execute_activity_method(
        ComplaintActivities.complaints_left, watch.case_id, **DATABASE
    )


def _next_look(watch: Watch, complaints: list[OpenComplaint], now: datetime) -> datetime:
    """When something is due; by then at the latest it is seen whether it has been answered."""
    due = (next_notice_at(complaint, watch.rules, now) for complaint in complaints)
    return min(now + watch.rules.hold_look, *due)


async def _tell_what_is_due(watch: Watch, complaint: OpenComplaint, now: datetime) -> None:
    """Each once by its key, as in the case: what was told there is not told again."""
    for notice in due_notices(complaint, watch.rules, now):
        is_overdue = notice.kind is NoticeKind.COMPLAINT_OVERDUE
        for audience in TOLD_WHEN_OVERDUE if is_overdue else TOLD_WHEN_OVERDUE[:1]:
            beside = "" if audience is Audience.COMPLAINT_DESK else f":{audience}"
            told = LoanNotice(
                notice_id=f"{watch.watched}:{notice.key}{beside}",
                loan_id=watch.loan_id,
                audience=audience,
                kind=notice.kind,
                body={
                    "loan_id": watch.loan_id,
                    "complaint_id": complaint.complaint_id,
                    "answer_due_at": complaint.answer_due_at.isoformat(),
                },
            )
            await _notify_staff(watch.case_id, told)


async def _notify_staff(case_id: str | None, told: LoanNotice) -> None:
    summary = f"tell {told.audience}: {told.kind}"
    if case_id is None:
        await workflow.execute_activity_method(
            ComplaintActivities.notify_staff_of_loan, told, summary=summary, **DATABASE
        )
        return
    await workflow.execute_activity_method(
        CaseActivities.notify_staff,
        StaffNotice(case_id=case_id, **told.model_dump(exclude={"loan_id"})),
        summary=summary,
        **DATABASE,
    )
