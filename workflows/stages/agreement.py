"""The agreement: a document with every amount and date, signed by its fingerprint."""

from typing import Literal

from temporalio import workflow

from activities.agreement_activities import AgreementActivities, OfferRequest
from domain.case.state import Answer, PlanState, Stage
from domain.plan.agreement import Offer
from domain.plan.status import AgreementStatus
from workflows.desk.case_desk import CaseDesk
from workflows.desk.options import DATABASE
from workflows.routines.renegotiation import (
    PART_MISSED,
    AfterNoAgreement,
    ends_with_plan,
    give_up,
    give_up_barred,
    require_plan,
    wait_for_answer,
)
from workflows.routines.visit_ends import (
    end_offered_agreement,
    is_negotiated_by_barred,
    require_visit,
)
from workflows.routines.words import next_signing_step, say_signing_step

FELL_DUE = "its first part fell due before the document could be drawn up"
OFFERS_THAT_CAN_BE_KEPT = "offers-that-can-be-kept"  # runs of before drew it up all the same


async def sign_agreement(desk: CaseDesk) -> Literal[Stage.GUIDED_REPAYMENT] | AfterNoAgreement:
    """Offer the document and wait for `agreement_signed` with that same hash; it expires.

    A hold moves the stage's deadline on, but not what the document says of itself: what expired
    meanwhile is offered anew, while its first part can still be paid in time.
    """
    if is_negotiated_by_barred(desk):
        await end_offered_agreement(desk, AgreementStatus.WITHDRAWN)
        return await give_up_barred(desk)
    return await _offer_and_wait(desk, require_plan(desk))


async def _offer_and_wait(
    desk: CaseDesk, plan: PlanState
) -> Literal[Stage.GUIDED_REPAYMENT] | AfterNoAgreement:
    if plan.document_sha256 is None and _is_too_late(desk, plan):
        return await give_up(desk, plan, FELL_DUE)
    await desk.begin("agreement_signed", desk.in_hours(desk.policy.plan.signing_hours.value))
    if plan.document_sha256 is None and not await _offer(desk, plan):
        return await give_up(desk, plan, FELL_DUE)

    is_answered = await _wait_for_signature(desk, plan)
    if not is_answered and not ends_with_plan(desk) and _may_offer_anew(desk, plan):
        plan.agreement_id = plan.document_sha256 = None  # what is signed now is signed too late
        await end_offered_agreement(desk, AgreementStatus.EXPIRED)
        if not await _offer(desk, plan):
            return await give_up(desk, plan, FELL_DUE)
        await _wait_for_signature(desk, plan)
    if plan.signature is Answer.YES:
        await desk.look_again()  # the signed plan moved what is due
        return Stage.GUIDED_REPAYMENT
    if plan.signature is None:
        return await _end_unsigned(desk, plan)
    return await give_up(desk, plan, "the agreement was declined")


async def _wait_for_signature(desk: CaseDesk, plan: PlanState) -> bool:
    """Wait for it, and say meanwhile that there is a document to sign."""
    while (step := next_signing_step(desk, plan)) is not None and step.at < step.by:
        if await wait_for_answer(
            desk, lambda: plan.signature is not None, step.at, step.template, "not yet signed"
        ):
            return True
        if desk.now < step.at:  # the plan in force was missed meanwhile
            return False
        await say_signing_step(desk, plan, step)
    return await wait_for_answer(
        desk,
        lambda: plan.signature is not None,
        plan.expires_at or desk.case.stage_ends_at or desk.now,
        "let the agreement expire",
        "not yet signed",
    )


async def _end_unsigned(desk: CaseDesk, plan: PlanState) -> AfterNoAgreement:
    """It expires when it says so; the missed part of the plan in force withdraws it before that."""
    lasts = plan.expires_at is not None and desk.now < plan.expires_at
    is_withdrawn = lasts and ends_with_plan(desk)
    plan.signature = Answer.NO
    await end_offered_agreement(
        desk, AgreementStatus.WITHDRAWN if is_withdrawn else AgreementStatus.EXPIRED
    )
    reason = PART_MISSED if is_withdrawn else "the agreement was not signed in time"
    return await give_up(desk, plan, reason)


def _may_offer_anew(desk: CaseDesk, plan: PlanState) -> bool:
    """Whether the document ended before the stage does, and none of its parts is late."""
    stage_ends_at, expires_at = desk.case.stage_ends_at, plan.expires_at
    if stage_ends_at is None or expires_at is None or stage_ends_at <= expires_at:
        return False
    return not _has_fallen_due(desk, plan)


def _is_too_late(desk: CaseDesk, plan: PlanState) -> bool:
    """Whether the first part fell due while the plan waited: for an approval, a hold, a report."""
    return _has_fallen_due(desk, plan) and workflow.patched(OFFERS_THAT_CAN_BE_KEPT)


def _has_fallen_due(desk: CaseDesk, plan: PlanState) -> bool:
    return min(part.due_on for part in plan.plan.parts) < desk.today


async def _offer(desk: CaseDesk, plan: PlanState) -> bool:
    """Have the document drawn up; False when its first part fell due before it could be."""
    plan.offers += 1
    plan.agreement_id = f"{plan.plan_id}:agreement" + (f"-{plan.offers}" if plan.offers > 1 else "")
    plan.document_sha256 = None
    plan.expires_at = desk.case.stage_ends_at
    plan.grace_days = desk.policy.plan.grace_days.value
    plan.document_sha256 = await workflow.execute_activity_method(
        AgreementActivities.offer_agreement,
        OfferRequest(
            offer=Offer(
                agreement_id=plan.agreement_id,
                case_id=desk.case.case_id,
                visit_id=plan.visit_id or require_visit(desk).visit_id,
                plan_id=plan.plan_id,
                plan=plan.plan,
                waiver_approver_id=plan.approver_id,
                counted_from=plan.proposed_at or desk.now,
                counted_after=plan.payments_seen,
                expires_at=plan.expires_at or desk.now,
                lender_signatory=next(iter(plan.negotiator_ids), None),
                grace_days=plan.grace_days,
            ),
            policy_version=desk.policy.version,
        ),
        summary=f"offer {plan.plan.total_minor} in {len(plan.plan.parts)} parts",
        **DATABASE,
    )
    return plan.document_sha256 is not None
