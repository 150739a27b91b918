"""Approval: a person other than the applicant decides. Never an automatic yes."""

from datetime import timedelta

from domain.case import Answer, Stage
from workflows.desk import Desk
from workflows.visit_ends import end_visit, require_visit


async def ask_for_approval(desk: Desk) -> Stage:
    """Wait for `visit_approved` or `visit_rejected`; when the time runs out the answer is no."""
    visit = require_visit(desk)
    ends_at = desk.begin("visit_approved", desk.in_days(desk.policy.visit.approval_days.value))

    while visit.approval is None and desk.now < ends_at:
        desk.case.reminders += 1
        await desk.notify(
            f"{visit.visit_id}:approval-{desk.case.reminders}",
            "approvers",
            "visit_approval_wanted",
            visit_id=visit.visit_id,
        )
        remind_at = desk.now + timedelta(days=desk.policy.visit.approval_reminder_days.value)
        await desk.until(
            lambda: visit.approval is not None,
            min(remind_at, ends_at),
            "remind the approvers" if remind_at < ends_at else "take silence for a no",
            f"reminded {desk.case.reminders} times",
        )

    if visit.approval is Answer.YES:
        return Stage.APPOINTMENT
    if visit.approval is None:
        return await end_visit(desk, "expired", "no approval in time")
    return await end_visit(desk, "rejected", "rejected by the approver")
