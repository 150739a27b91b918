"""Approval: a person other than the applicant decides. Never an automatic yes."""

from datetime import timedelta
from typing import Literal

from domain.case.notices import Audience, NoticeKind
from domain.case.state import Answer, Stage, VisitState
from domain.case.words import word_of_refusal
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import AfterVisit, end_visit, require_visit
from workflows.routines.words import owe_word, says_all


async def ask_for_approval(desk: CaseDesk) -> Literal[Stage.APPOINTMENT] | AfterVisit:
    """Wait for `visit_approved` or `visit_rejected`; when the time runs out the answer is no.

    The approvers are reminded; after a while those of the second level are asked, too.
    """
    visit = require_visit(desk)
    rules = desk.policy.visit
    ends_at = await desk.begin("visit_approved", desk.in_days(rules.approval_days.value))
    time_left = timedelta(days=rules.approval_days.value - rules.approval_escalation_days.value)

    if (remind_at := desk.case.next_reminder_at) is not None:  # taken up again since the last one
        await desk.until(
            lambda: visit.approval is not None, min(remind_at, ends_at), "remind the approvers"
        )
        desk.case.next_reminder_at = None
    while visit.approval is None and desk.now < ends_at:
        asked = desk.case.reminders = desk.case.reminders + 1
        await _remind(desk, visit, is_escalated=desk.now >= ends_at - time_left)
        remind_at = desk.now + timedelta(days=rules.approval_reminder_days.value)
        await desk.until(
            lambda: visit.approval is not None,
            min(remind_at, ends_at),
            "remind the approvers" if remind_at < ends_at else "take silence for a no",
            "asked once" if asked == 1 else f"asked {asked} times",
        )

    if visit.approval is Answer.YES:
        return Stage.APPOINTMENT
    if visit.approval is None:
        return await _refuse(desk, visit, VisitStatus.EXPIRED, "no approval in time")
    return await _refuse(desk, visit, VisitStatus.REJECTED, "rejected by the approver")


async def _refuse(
    desk: CaseDesk, visit: VisitState, status: VisitStatus, reason: str
) -> AfterVisit:
    """Whoever applied hears that nobody goes: a collector by a notice, a borrower by a message."""
    if says_all():
        await notify_staff(
            desk,
            f"{visit.visit_id}:refused",
            Audience.COLLECTORS,
            NoticeKind.VISIT_REFUSED,
            visit_id=visit.visit_id,
            applicant_id=visit.applicant_id,
            reason=reason,
        )
        owe_word(desk, word_of_refusal(visit, desk.facts.borrower_id))
    return await end_visit(desk, status, reason)


async def _remind(desk: CaseDesk, visit: VisitState, *, is_escalated: bool) -> None:
    key = f"{visit.visit_id}:approval-{visit.approvals_voided + 1}-{desk.case.reminders}"
    paid_at = desk.facts.last_payment_at
    second_level = [Audience.SENIOR_APPROVERS] if is_escalated else []
    for audience in (Audience.APPROVERS, *second_level):
        await notify_staff(
            desk,
            f"{key}:{audience}",
            audience,
            NoticeKind.VISIT_APPROVAL_WANTED,
            visit_id=visit.visit_id,
            applicant_id=visit.applicant_id,
            messages_sent=desk.facts.messages_sent,
            calls_made=desk.facts.calls_made,
            last_payment_at=None if paid_at is None else paid_at.isoformat(),
            arrears_minor=desk.facts.arrears_minor,
        )
