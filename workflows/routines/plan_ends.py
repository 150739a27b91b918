"""How a plan in force goes on from part to part, and what happens when one is missed.

A plan that was broken is in force again when a payment turns out to have been made in time: the
record finds that with the event of the payment, and the facts that follow say so.
"""

from typing import Literal

from temporalio import workflow

from domain.case.plan_care import key_of_end, missed_at
from domain.case.state import Stage
from domain.case.visit_need import is_too_old
from domain.messages.templates import Template
from domain.plan.progress import OpenPart
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.plan_care import care_until, has_moved, open_part, plan_in_force
from workflows.routines.visit_ends import end_broken_agreement, end_visit, release_crew

MISSED_PARTS_ON_RECORD = "missed-parts-on-record"  # runs of before do not say which it was
PAID_IN_TIME = "the plan goes on: its part was paid in time"
AfterBrokenPlan = Literal[Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW]


async def wait_for_part(desk: CaseDesk, part: OpenPart) -> bool:
    """Wait for a part, or for another plan to be asked for; False when the part is missed."""
    return await care_until(
        desk,
        lambda: desk.case.next_plan is not None or has_moved(desk, part),
        lambda: missed_at(plan_in_force(desk), part, desk.situation),
        f"verify part {part.number}",
        f"part {part.number} is due on {part.due_on}",
    )


async def break_plan(desk: CaseDesk) -> AfterBrokenPlan:
    """A broken plan returns to contact, or goes to legal review when it was the last."""
    plan, part = plan_in_force(desk), open_part(desk)
    desk.case.broken_plan_id, desk.case.plan = plan.plan_id, None
    desk.case.broken_plans += 1
    if part is not None and workflow.patched(MISSED_PARTS_ON_RECORD):
        desk.case.broken_plan = plan
        await end_broken_agreement(desk, part.number, missed_at(plan, part, desk.situation))
    else:
        await end_broken_agreement(desk)
    if desk.case.visit is not None:
        desk.case.visits += 1
        await end_visit(desk, VisitStatus.COMPLETED, "the first part was not paid")
    await desk.look_again()
    if is_too_old(desk.situation) or desk.case.broken_plans >= desk.policy.plan.broken_plans.value:
        return Stage.LEGAL_REVIEW
    return Stage.EARLY_CONTACT


async def tell_plan_broken(desk: CaseDesk) -> None:
    """Tell the borrower, once, that their plan has ended and what is owed now.

    A collection message like any other: it counts, and waits for a day on which it may be sent.
    """
    if desk.case.broken_plan_id is None:
        return
    plan = desk.case.broken_plan
    await contact(
        desk,
        key_of_end(desk.case.broken_plan_id, 0 if plan is None else plan.reinstated),
        Channel.SMS,
        Template.PLAN_BROKEN,
        Purpose.COLLECTION,
        by=desk.now + desk.policy.plan.broken_notice,
    )
    desk.case.broken_plan_id = None


async def take_up_again(desk: CaseDesk) -> Literal[Stage.REPAYMENT]:
    """Go on with a plan that was broken and is in force again; a visit arranged since is off."""
    plan = desk.case.broken_plan
    if plan is None:
        raise RuntimeError(f"no broken plan in {desk.case.stage}")
    desk.case.plan, desk.case.broken_plan, desk.case.broken_plan_id = plan, None, None
    desk.case.broken_plans -= 1
    plan.reinstated += 1
    if desk.case.visit is not None:
        await release_crew(desk, PAID_IN_TIME, tell_borrower=True)
        await end_visit(desk, VisitStatus.CALLED_OFF, PAID_IN_TIME)
    return Stage.REPAYMENT


async def tell_plan_goes_on(desk: CaseDesk) -> None:
    """Tell the borrower, once, that their plan has not ended after all, and which part is next."""
    plan = desk.case.plan
    if plan is None or not plan.in_force or not plan.reinstated or open_part(desk) is None:
        return
    name = f"goes-on-{plan.reinstated}"
    if name in plan.said:
        return
    await contact(
        desk,
        f"{plan.plan_id}:{name}",
        Channel.SMS,
        Template.PLAN_GOES_ON,
        Purpose.REPAYMENT,
        by=desk.now + desk.policy.plan.broken_notice,
    )
    plan.said, plan.said_on = [*plan.said, name], desk.today
