"""Plans and agreements."""

from domain import events
from domain.case.judgement.fitting import EventRefusedError, require, require_not_before
from domain.case.situation import Situation
from domain.case.state import VisitState
from domain.case.visit_standing import negotiated_by_barred
from domain.identity import is_among


def judge_plan_decision(
    event: events.PlanApproved | events.PlanRejected, situation: Situation
) -> None:
    """One decision, by somebody who has no part in the plan."""
    plan, visit = situation.case.plan_at_hand, situation.case.visit
    if plan is None or plan.plan_id != event.plan_id:
        raise EventRefusedError("LC-PLAN", "plan_id: not the plan that waits for approval")
    require(plan.approval is None, "LC-STAGE", "this plan has been decided on")
    proposed_at = plan.asked_at or plan.proposed_at
    require_not_before(event, proposed_at, situation, "lies before the plan was proposed")
    involved = (*plan.negotiator_ids, *_people_of(visit), situation.facts.borrower_id)
    require(
        not is_among(event.approver_id, involved),
        "LC-FOUR-EYES",
        "approver_id: neither the applicant nor the crew can approve a waiver, nor the borrower",
    )


def _people_of(visit: VisitState | None) -> tuple[str, ...]:
    """Who applied for a visit, who was to make it, and who made it."""
    if visit is None:
        return ()
    booked = () if visit.slot is None else visit.slot.badge_ids
    return (visit.applicant_id, *booked, *visit.badges_on_site)


def judge_agreement_signed(event: events.AgreementSigned, situation: Situation) -> None:
    """The document that was offered, by the borrower, in time, with its costs confirmed.

    Whether it was offered by then, the record knows.
    """
    _require_open_agreement(event.agreement_id, situation)
    require(
        (plan := situation.case.plan_at_hand) is not None
        and event.document_sha256 == plan.document_sha256,
        "LC-DOCUMENT",
        "document_sha256: not the document that was offered",
    )
    require(
        is_among(situation.facts.borrower_id, event.signatories),
        "LC-SIGNATORY",
        "signatories: the borrower has not signed",
    )
    require(
        not negotiated_by_barred(situation),
        "LC-CREW",
        "agreement_id: negotiated by a crew that may not visit the borrower any more",
    )
    _require_in_time(event, situation)
    require(
        event.costs_confirmed,
        situation.policy.plan.costs_rule,
        "costs_confirmed: the borrower confirms the cost disclosure before signing",
    )
    require(
        event.costs_confirmed_at is None or event.costs_confirmed_at < event.occurred_at,
        situation.policy.plan.costs_rule,
        "costs_confirmed_at: the costs are confirmed before the signature, not with it",
    )


def _require_in_time(event: events.AgreementSigned, situation: Situation) -> None:
    """As the document says, whatever holds have done to the stage's deadline."""
    plan = situation.case.plan_at_hand
    expires_at = plan.expires_at if plan is not None else None
    if expires_at is not None and event.occurred_at >= expires_at:
        raise EventRefusedError(
            "LC-DOCUMENT", f"occurred_at: the agreement expired at {expires_at:%Y-%m-%dT%H:%M%z}"
        )


def judge_agreement_declined(event: events.AgreementDeclined, situation: Situation) -> None:
    """The agreement that is offered, unanswered so far."""
    _require_open_agreement(event.agreement_id, situation)


def _require_open_agreement(agreement_id: str, situation: Situation) -> None:
    plan = situation.case.plan_at_hand
    if plan is None or plan.agreement_id != agreement_id:
        raise EventRefusedError("LC-DOCUMENT", "agreement_id: not the agreement that is offered")
    require(plan.signature is None, "LC-STAGE", "this agreement has been answered")
