"""The visit: who came, whether it is the borrower, what they are willing and able to pay."""

from datetime import timedelta
from typing import Literal

from temporalio import workflow

from domain.case.notices import Audience, NoticeKind
from domain.case.state import Stage, VisitState
from domain.case.words import not_made
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import AfterVisit, end_visit, require_visit
from workflows.routines.words import owe_word, says_all

REPORTED_BEFORE = "reported-before"  # a run of before asks after a crew that has reported


async def visit_borrower(desk: CaseDesk) -> Literal[Stage.PLAN] | AfterVisit:
    """Wait for `visit_checked_in`, then for `visit_reported`.

    Without a verified identity there is no negotiation: such a report is refused.
    """
    visit = require_visit(desk)
    slot_ends = visit.slot.end if visit.slot is not None else desk.now
    report_by = max(slot_ends, desk.now) + timedelta(hours=desk.policy.visit.report_hours.value)
    ends_at = await desk.begin(
        "visit_reported" if visit.checked_in else "visit_checked_in", report_by
    )

    def is_reported() -> bool:
        return visit.outcome is not None

    if not visit.checked_in:
        await desk.until(
            lambda: visit.checked_in or is_reported(),
            ends_at,
            "note that nobody came",
            "the crew is expected",
        )
        await desk.begin("visit_reported", ends_at)
    await desk.until(is_reported, ends_at, "close the visit without a report")
    if visit.outcome == "agreed":
        return Stage.PLAN

    desk.case.visits += 1
    if visit.outcome == "unsafe":
        await end_visit(desk, VisitStatus.COMPLETED, "unsafe")
        return Stage.LEGAL_REVIEW
    status = VisitStatus.COMPLETED if visit.checked_in else VisitStatus.MISSED
    if visit.outcome is None and visit.negotiations and workflow.patched(REPORTED_BEFORE):
        return await end_visit(desk, status, "no plan: no other was agreed on in time")
    if visit.outcome is None and says_all():
        await _ask_after(desk, visit)
    return await end_visit(desk, status, visit.outcome or "no report in time")


async def _ask_after(desk: CaseDesk, visit: VisitState) -> None:
    """Nothing was heard of the crew: somebody asks after it, and who waited for it hears so."""
    slot = visit.slot
    await notify_staff(
        desk,
        f"{visit.visit_id}:unreported",
        Audience.COLLECTORS,
        NoticeKind.VISIT_UNREPORTED,
        visit_id=visit.visit_id,
        badge_ids=[] if slot is None else slot.badge_ids,
        checked_in=visit.checked_in,
    )
    if not visit.checked_in:
        owe_word(desk, not_made(visit.visit_id, slot))
