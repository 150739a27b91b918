"""An application or an approval that is withdrawn, until the crew has checked in."""

from domain import events
from domain.case.judgement.fitting import require, require_visit
from domain.case.situation import Situation
from domain.case.state import VisitState
from domain.identity import is_among, is_same_person


def judge_visit_withdrawn(event: events.VisitWithdrawn, situation: Situation) -> None:
    """By who applied for it, or by the borrower."""
    visit = _require_not_begun(event.visit_id, situation)
    require(
        is_among(event.withdrawn_by_id, (visit.applicant_id, situation.facts.borrower_id)),
        "LC-APPLICANT",
        "withdrawn_by_id: neither who applied for the visit nor the borrower",
    )


def judge_approval_withdrawn(event: events.ApprovalWithdrawn, situation: Situation) -> None:
    """By anybody but the applicant, who withdraws the visit."""
    visit = _require_not_begun(event.visit_id, situation)
    require(
        not is_same_person(event.approver_id, visit.applicant_id),
        "LC-FOUR-EYES",
        "approver_id: the applicant withdraws the visit, not its approval",
    )


def _require_not_begun(visit_id: str, situation: Situation) -> VisitState:
    visit = require_visit(visit_id, situation)
    require(visit.called_off_as is None, "LC-STAGE", "the visit has been withdrawn")
    require(not visit.checked_in, "LC-STAGE", "the crew has checked in")
    return visit
