"""Guided repayment: the borrower is told how to pay the first part, and is helped to."""

from typing import Literal

from domain.case.plan_care import missed_at
from domain.case.state import Stage
from workflows.desk.case_desk import CaseDesk
from workflows.routines.plan_care import open_part, plan_in_force
from workflows.routines.plan_ends import AfterBrokenPlan, break_plan, wait_for_part


async def guide_first_payment(
    desk: CaseDesk,
) -> Literal[Stage.CLOSING_VISIT, Stage.PLAN] | AfterBrokenPlan:
    """Tell the borrower exactly how to pay the first part, and help until it has arrived."""
    part = open_part(desk)
    if desk.case.next_plan is not None:
        return Stage.PLAN
    if part is None or part.number > 1:
        return Stage.CLOSING_VISIT
    await desk.begin("payment_received", missed_at(plan_in_force(desk), part, desk.situation))
    if not await wait_for_part(desk, part):
        return await break_plan(desk)
    return Stage.CLOSING_VISIT if desk.case.next_plan is None else Stage.PLAN
