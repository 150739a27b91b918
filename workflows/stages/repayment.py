"""Repayment: from due date to due date; in between, and while the plan is honoured, silence."""

from domain.case.plan_care import missed_at
from domain.case.state import Stage
from domain.messages.templates import Template
from domain.plan.progress import OpenPart
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from workflows.desk.desk import Desk
from workflows.routines.plan_care import care_until, has_moved, open_part, plan_in_force
from workflows.routines.visit_ends import end_signed_agreement, end_visit


async def guide_first_payment(desk: Desk) -> Stage:
    """Tell the borrower exactly how to pay the first part, and help until it has arrived."""
    part = open_part(desk)
    if desk.case.next_plan is not None:
        return Stage.PLAN
    if part is None or part.number > 1:
        return Stage.CLOSING_VISIT
    desk.begin("payment_received", missed_at(plan_in_force(desk), part, desk.situation))
    if not await _wait_for_part(desk, part):
        return await _break_plan(desk)
    return Stage.CLOSING_VISIT if desk.case.next_plan is None else Stage.PLAN


async def close_visit(desk: Desk) -> Stage:
    """Tell the borrower what follows: the next date and amount, the hotline, where to complain."""
    desk.begin("closing_notice", desk.now + desk.policy.visit.closing)
    if desk.case.visit is None:
        return Stage.REPAYMENT
    if open_part(desk) is not None:
        await desk.contact(
            f"{plan_in_force(desk).plan_id}:closing",
            Channel.SMS,
            Template.VISIT_CLOSING,
            Purpose.REPAYMENT,
            by=desk.now + desk.policy.visit.closing,
        )
    desk.case.visits += 1
    await end_visit(desk, VisitStatus.COMPLETED, "agreement signed, first part paid")
    return Stage.REPAYMENT


async def follow_repayment(desk: Desk) -> Stage:
    """Remind before each due date, verify after it; a missed part has a grace period."""
    while (part := open_part(desk)) is not None:
        last = part.model_copy(update={"due_on": plan_in_force(desk).plan.parts[-1].due_on})
        desk.begin("payment_received", missed_at(plan_in_force(desk), last, desk.situation))
        if not await _wait_for_part(desk, part):
            return await _break_plan(desk)
        if desk.case.next_plan is not None:
            return Stage.PLAN
    # Everything is paid: the facts say so, and the next wait ends the case; a day is a backstop.
    await desk.look_again()
    await desk.reach(desk.in_days(1), "see the plan completed")
    return Stage.REPAYMENT


async def _wait_for_part(desk: Desk, part: OpenPart) -> bool:
    """Wait for a part, or for another plan to be asked for; False when the part is missed."""
    return await care_until(
        desk,
        lambda: desk.case.next_plan is not None or has_moved(desk, part),
        lambda: missed_at(plan_in_force(desk), part, desk.situation),
        f"verify part {part.number}",
        f"part {part.number} is due on {part.due_on}",
    )


async def _break_plan(desk: Desk) -> Stage:
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


async def tell_plan_broken(desk: Desk) -> None:
    """Tell the borrower, once, that his plan has ended and what is owed now.

    A collection message like any other: it counts, and waits for a day on which it may be sent.
    """
    if desk.case.broken_plan_id is None:
        return
    await desk.contact(
        f"{desk.case.broken_plan_id}:broken",
        Channel.SMS,
        Template.PLAN_BROKEN,
        Purpose.COLLECTION,
        by=desk.now + desk.policy.plan.broken_notice,
    )
    desk.case.broken_plan_id = None
