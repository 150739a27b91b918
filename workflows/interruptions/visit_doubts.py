"""A visit that stands no more: called off, or put before the approvers again."""

from typing import Literal

from temporalio import workflow

from activities.visit_activities import VisitActivities, VoidApproval
from domain.case.state import Stage, VisitState
from domain.case.visit_standing import (
    approval_is_void,
    crew_is_barred,
    is_off,
    reasons_approval_is_void,
    waits_for_promise,
)
from domain.case.words import word_of_refusal
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE
from workflows.routines.visit_ends import AfterVisit, end_visit, release_crew, require_visit
from workflows.routines.words import owe_word

WITHDRAWN_APPROVALS_TOLD = "withdrawn-approvals-told"  # runs of before tell nobody who applied


async def settle_doubts(desk: CaseDesk) -> Literal[Stage.APPOINTMENT, Stage.APPROVAL] | AfterVisit:
    """Free the crew and tell it; then the visit ends, or waits for another approval.

    What was withdrawn ends. Another crew is found for one that is barred, and another time where
    the borrower has promised to pay. An approval that was given for another amount is asked for
    anew; one for an address that is no longer usable cannot be.
    """
    visit = require_visit(desk)
    if is_off(desk.situation):
        status = visit.called_off_as or VisitStatus.CALLED_OFF
        reason = visit.called_off_because or "the borrower wants no visit"
        _tell_own_applicant(desk, visit)
        await release_crew(desk, reason, tell_borrower=True)
        return await end_visit(desk, status, reason)
    if (reason_to_wait := _reason_to_wait(desk)) is not None:
        await release_crew(desk, reason_to_wait, tell_borrower=True)
        return Stage.APPOINTMENT
    reason = "; ".join(reasons_approval_is_void(desk.situation))
    await release_crew(desk, reason, tell_borrower=True)
    if visit.address_id not in desk.facts.address_ids:
        return await end_visit(desk, VisitStatus.CALLED_OFF, reason)
    visit.asked_at = desk.now
    await _void_approval(visit, reason)
    return Stage.APPROVAL


def _tell_own_applicant(desk: CaseDesk, visit: VisitState) -> None:
    """Whose own application came to nothing hears so, unless they hear that nobody comes."""
    knows = visit.slot is not None and visit.notice_sent
    is_withdrawn = visit.called_off_as is VisitStatus.CALLED_OFF
    if is_withdrawn and not knows and workflow.patched(WITHDRAWN_APPROVALS_TOLD):
        owe_word(desk, word_of_refusal(visit, desk.facts.borrower_id))


def _reason_to_wait(desk: CaseDesk) -> str | None:
    """Why this crew does not come, where nothing else speaks against the visit."""
    if crew_is_barred(desk.situation):
        return "crew barred"
    is_void = approval_is_void(desk.situation)
    return None if is_void or not waits_for_promise(desk.situation) else "a promise to pay is open"


async def _void_approval(visit: VisitState, reason: str) -> None:
    visit.approval = visit.approver_id = None
    visit.approval_expires_at = visit.approved_arrears_minor = None
    visit.approvals_voided += 1
    await workflow.execute_activity_method(
        VisitActivities.void_approval,
        VoidApproval(visit_id=visit.visit_id, reason=reason, asked_at=visit.asked_at),
        summary=f"approval void: {reason}"[:190],
        **DATABASE,
    )
