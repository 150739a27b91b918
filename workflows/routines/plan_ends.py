"""How a plan in force goes on from part to part, and what happens when one is missed."""

from typing import Literal

from domain.case.plan_care import missed_at
from domain.case.state import Stage
from domain.messages.templates import Template
from domain.plan.progress import OpenPart
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.plan_care import care_until, has_moved, plan_in_force
from workflows.routines.visit_ends import end_signed_agreement, end_visit

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
    desk.case.broken_plan_id, desk.case.plan = plan_in_force(desk).plan_id, None
    desk.case.broken_plans += 1
    await end_signed_agreement(desk, AgreementStatus.BROKEN)
    if desk.case.visit is not None:
        desk.case.visits += 1
        await end_visit(desk, VisitStatus.COMPLETED, "the first part was not paid")
    await desk.look_again()
    overdue_too_long = desk.situation.days_past_due > desk.policy.visit.until_days_past_due.value
    if overdue_too_long or desk.case.broken_plans >= desk.policy.plan.broken_plans.value:
        return Stage.LEGAL_REVIEW
    return Stage.EARLY_CONTACT


async def tell_plan_broken(desk: CaseDesk) -> None:
    """Tell the borrower, once, that their plan has ended and what is owed now.

    A collection message like any other: it counts, and waits for a day on which it may be sent.
    """
    if desk.case.broken_plan_id is None:
        return
    await contact(
        desk,
        f"{desk.case.broken_plan_id}:broken",
        Channel.SMS,
        Template.PLAN_BROKEN,
        Purpose.COLLECTION,
        by=desk.now + desk.policy.plan.broken_notice,
    )
    desk.case.broken_plan_id = None
