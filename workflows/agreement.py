"""The agreement: a document with every amount and date, signed by its fingerprint."""

from temporalio import workflow

from activities.agreement_activities import AgreementActivities, OfferRequest
from database.agreements import Offer
from domain.case import Answer, PlanState, Stage
from workflows.desk import Desk
from workflows.options import DATABASE
from workflows.plan import require_plan
from workflows.renegotiation import give_up, wait_for_answer
from workflows.visit_ends import end_offered_agreement, require_visit


async def sign_agreement(desk: Desk) -> Stage:
    """Offer the document and wait for `agreement_signed` with that same hash; it expires."""
    plan = require_plan(desk)
    ends_at = desk.begin("agreement_signed", desk.in_hours(desk.policy.plan.signing_hours.value))
    if plan.document_sha256 is None:
        await _offer(desk, plan)

    await wait_for_answer(
        desk,
        lambda: plan.signature is not None,
        ends_at,
        "let the agreement expire",
        "not yet signed",
    )
    if plan.signature is Answer.YES:
        await desk.look_again()  # the signed plan moved what is due
        return Stage.GUIDED_REPAYMENT
    if plan.signature is None:
        plan.signature = Answer.NO
        await end_offered_agreement(desk, "expired")
        return await give_up(desk, plan, "the agreement was not signed in time")
    return await give_up(desk, plan, "the agreement was declined")


async def _offer(desk: Desk, plan: PlanState) -> None:
    plan.agreement_id = f"{plan.plan_id}:agreement"
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
                expires_at=desk.case.stage_ends_at or desk.now,
                lender_signatory=next(iter(plan.negotiator_ids), None),
            ),
            policy_version=desk.policy.version,
        ),
        summary=f"offer {plan.plan.total_minor} in {len(plan.plan.parts)} parts",
        **DATABASE,
    )
