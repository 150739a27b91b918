"""Repayment: from due date to due date; in between, and while the plan is honoured, silence."""

from typing import Literal

from domain.case.plan_care import missed_at
from domain.case.state import Stage
from workflows.desk.case_desk import CaseDesk
from workflows.routines.plan_care import open_part, plan_in_force
from workflows.routines.plan_ends import AfterBrokenPlan, break_plan, wait_for_part


async def follow_repayment(
    desk: CaseDesk,
) -> Literal[Stage.REPAYMENT, Stage.PLAN] | AfterBrokenPlan:
    """Remind before each due date, verify after it; a missed part has a grace period."""
    while (part := open_part(desk)) is not None:
        last = part.model_copy(update={"due_on": plan_in_force(desk).plan.parts[-1].due_on})
        await desk.begin("payment_received", missed_at(plan_in_force(desk), last, desk.situation))
        if not await wait_for_part(desk, part):
            return await break_plan(desk)
        if desk.case.next_plan is not None:
            return Stage.PLAN
    # Everything is paid: the facts say so, and the next wait ends the case; a day is a backstop.
    await desk.look_again()
    await desk.reach(desk.in_days(1), "see the plan completed")
    return Stage.REPAYMENT
