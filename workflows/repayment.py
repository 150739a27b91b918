"""Repayment: from due date to due date; in between, and while the plan is honoured, silence."""

from datetime import datetime, timedelta

from domain.calendar import opens, stable_moment
from domain.case import Stage
from domain.contact import Purpose
from domain.plan import Part
from domain.policy import Channel
from workflows.desk import Desk
from workflows.plan import require_plan
from workflows.visit_ends import end_agreement, end_visit


async def guide_first_payment(desk: Desk) -> Stage:
    """Tell the borrower exactly how to pay the first part, and wait until it has arrived."""
    part = _next_part(desk)
    if part is None or part.number > 1:
        return Stage.CLOSING_VISIT
    desk.begin("payment_received", _end_of_grace(desk, part))
    if not desk.case.reminders:
        await desk.contact(
            f"{require_plan(desk).plan_id}:how-to-pay",
            Channel.SMS,
            "how_to_pay",
            Purpose.REPAYMENT,
            by=_end_of_grace(desk, part),
        )
        desk.case.reminders = 1
    if await _is_paid(desk, part):
        return Stage.CLOSING_VISIT
    return await _break_plan(desk)


async def close_visit(desk: Desk) -> Stage:
    """Tell the borrower what follows: the next date and amount, the hotline, where to complain."""
    desk.begin("closing_notice", desk.in_days(2))
    if _next_part(desk) is not None:
        await desk.contact(
            f"{require_plan(desk).plan_id}:closing",
            Channel.SMS,
            "visit_closing",
            Purpose.REPAYMENT,
            by=desk.in_days(2),
        )
    if desk.case.visit is not None:
        desk.case.visits += 1
        await end_visit(desk, "completed", "agreement signed, first part paid")
    return Stage.REPAYMENT


async def follow_repayment(desk: Desk) -> Stage:
    """Remind before each due date, verify after it; a missed part has a grace period."""
    while (part := _next_part(desk)) is not None:
        desk.begin("payment_received", _end_of_grace(desk, require_plan(desk).plan.parts[-1]))
        hours = desk.policy.contact.planned_hours.value
        remind_on = part.due_on - timedelta(days=desk.policy.plan.reminder_days.value)
        remind_at = stable_moment(desk.case.place, remind_on, hours, desk.facts.time_zone)
        if desk.case.reminders < part.number and not await _is_paid_by(desk, part, remind_at):
            await desk.contact(
                f"{require_plan(desk).plan_id}:part-{part.number}",
                Channel.SMS,
                "part_reminder",
                Purpose.REPAYMENT,
                by=opens(part.due_on + timedelta(days=1), hours, desk.facts.time_zone),
            )
            desk.case.reminders = part.number
        if not await _is_paid(desk, part):
            return await _break_plan(desk)
    # Everything is paid: the facts say so, and the next wait ends the case.
    await desk.look_again()
    await desk.reach(desk.in_days(1), "see the plan completed")
    return Stage.REPAYMENT


def _next_part(desk: Desk) -> Part | None:
    return require_plan(desk).plan.next_part(desk.facts.plan_paid_minor)


def _end_of_grace(desk: Desk, part: Part) -> datetime:
    """When a part counts as missed. Time under a hold gives a new grace period."""
    grace = timedelta(days=desk.policy.plan.grace_days.value)
    hours = desk.policy.contact.planned_hours.value
    ends_at = opens(part.due_on + grace + timedelta(days=1), hours, desk.facts.time_zone)
    released_at = desk.case.last_released_at
    return ends_at if released_at is None else max(ends_at, released_at + grace)


async def _is_paid(desk: Desk, part: Part) -> bool:
    return await _is_paid_by(desk, part, _end_of_grace(desk, part))


async def _is_paid_by(desk: Desk, part: Part, at: datetime) -> bool:
    due_minor = sum(
        each.amount_minor for each in require_plan(desk).plan.parts if each.number <= part.number
    )
    return await desk.until(
        lambda: desk.facts.plan_paid_minor >= due_minor,
        at,
        f"verify part {part.number}",
        f"part {part.number} is due on {part.due_on}",
    )


async def _break_plan(desk: Desk) -> Stage:
    """A broken plan returns to contact, or goes to legal review when it was the last."""
    await end_agreement(desk, "broken")
    desk.case.plan = None
    desk.case.broken_plans += 1
    if desk.case.visit is not None:
        await end_visit(desk, "completed", "the first part was not paid")
    await desk.look_again()
    overdue_too_long = desk.situation.days_past_due > desk.policy.visit.until_days_past_due.value
    if overdue_too_long or desk.case.broken_plans >= desk.policy.plan.broken_plans.value:
        return Stage.LEGAL_REVIEW
    return Stage.EARLY_CONTACT
