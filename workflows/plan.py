"""The plan: its maths were checked with the report; a large waiver needs its own approval."""

from domain.authority import request_waiver
from domain.case import Answer, PlanState, Stage
from domain.plan import needs_approval
from workflows.desk import Desk
from workflows.visit_ends import negotiate_again


def require_plan(desk: Desk) -> PlanState:
    """The plan under negotiation or in force."""
    if desk.case.plan is None:
        raise RuntimeError(f"no plan in {desk.case.stage}")
    return desk.case.plan


async def settle_plan(desk: Desk) -> Stage:
    """Wait for `plan_approved` or `plan_rejected` where the crew's authority ends."""
    plan = require_plan(desk)
    if not needs_approval(plan.plan, desk.policy.plan):
        return Stage.AGREEMENT

    ends_at = desk.begin("plan_approved", desk.in_days(desk.policy.plan.approval_days.value))
    await desk.notify(
        f"{plan.plan_id}:approval",
        "approvers",
        "waiver_approval_wanted",
        plan_id=plan.plan_id,
        level=request_waiver(plan.plan, desk.policy.plan).level,
    )
    await desk.until(
        lambda: plan.approval is not None,
        ends_at,
        "take silence for a no",
        f"a waiver of {plan.plan.waiver_minor} needs approval",
    )
    if plan.approval is Answer.YES:
        return Stage.AGREEMENT
    return await negotiate_again(desk, "the waiver was not approved")
