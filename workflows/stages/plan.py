"""The plan: its maths were checked with the report; a large waiver needs its own approval."""

from typing import Literal

from domain.case.notices import Audience, NoticeKind
from domain.case.state import Answer, Stage
from domain.debt.money import format_money
from domain.plan.authority import request_waiver
from domain.plan.plan import needs_approval
from workflows.desk.case_desk import CaseDesk
from workflows.routines.renegotiation import (
    PART_MISSED,
    AfterNoAgreement,
    ends_with_plan,
    give_up,
    give_up_barred,
    require_plan,
    wait_for_answer,
)
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import is_negotiated_by_barred


async def settle_plan(desk: CaseDesk) -> Literal[Stage.AGREEMENT] | AfterNoAgreement:
    """Wait for `plan_approved` or `plan_rejected` where the crew's authority ends."""
    if is_negotiated_by_barred(desk):
        return await give_up_barred(desk)
    plan = require_plan(desk)
    if not needs_approval(plan.plan, desk.policy.plan):
        return Stage.AGREEMENT

    ends_at = await desk.begin("plan_approved", desk.in_days(desk.policy.plan.approval_days.value))
    await notify_staff(
        desk,
        f"{plan.plan_id}:approval",
        Audience.APPROVERS,
        NoticeKind.WAIVER_APPROVAL_WANTED,
        plan_id=plan.plan_id,
        level=request_waiver(plan.plan, desk.policy.plan).level,
    )
    waiver = format_money(plan.plan.granted_minor, desk.facts.currency)
    await wait_for_answer(
        desk,
        lambda: plan.approval is not None,
        ends_at,
        "take silence for a no",
        f"a waiver of {waiver} needs approval",
    )
    if plan.approval is Answer.YES:
        return Stage.AGREEMENT
    is_open = plan.approval is None and ends_with_plan(desk)
    return await give_up(desk, plan, PART_MISSED if is_open else "the waiver was not approved")
