"""The plan: its maths were checked with the report; a large waiver needs its own approval."""

from domain.case.notices import Audience, NoticeKind
from domain.case.state import Answer, PlanState, Stage
from domain.plan.authority import request_waiver
from domain.plan.plan import needs_approval
from workflows.desk.desk import Desk
from workflows.routines.renegotiation import give_up, wait_for_answer


def require_plan(desk: Desk) -> PlanState:
    """The plan at hand: under negotiation, or signed just now."""
    if (plan := desk.case.plan_at_hand) is None:
        raise RuntimeError(f"no plan in {desk.case.stage}")
    return plan


async def settle_plan(desk: Desk) -> Stage:
    """Wait for `plan_approved` or `plan_rejected` where the crew's authority ends."""
    plan = require_plan(desk)
    if not needs_approval(plan.plan, desk.policy.plan):
        return Stage.AGREEMENT

    ends_at = desk.begin("plan_approved", desk.in_days(desk.policy.plan.approval_days.value))
    await desk.notify(
        f"{plan.plan_id}:approval",
        Audience.APPROVERS,
        NoticeKind.WAIVER_APPROVAL_WANTED,
        plan_id=plan.plan_id,
        level=request_waiver(plan.plan, desk.policy.plan).level,
    )
    await wait_for_answer(
        desk,
        lambda: plan.approval is not None,
        ends_at,
        "take silence for a no",
        f"a waiver of {plan.plan.granted_minor} needs approval",
    )
    if plan.approval is Answer.YES:
        return Stage.AGREEMENT
    return await give_up(desk, plan, "the waiver was not approved")
