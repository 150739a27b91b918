"""What can happen at any moment: the borrower is left in peace, or the case comes to its end."""

from datetime import datetime

from temporalio import workflow

from activities.case_activities import CaseActivities, CaseEnd
from activities.contact_activities import ContactStatus
from activities.legal_activities import LegalActivities
from domain.case import Slot, Stage, VisitState
from domain.contact import Purpose
from domain.debt import Outcome
from domain.policy import Channel
from workflows.complaint_desk import next_reminder_at, tell_complaint_desk
from workflows.desk import Desk, FreshRunNeededError, NextAction
from workflows.options import DATABASE
from workflows.visit_ends import (
    end_offered_agreement,
    end_visit,
    forget_appointment,
    free_crew,
    release_crew,
    stand_down,
    tell_called_off,
)

CLOSING_TEMPLATES = {
    Outcome.CURED: "paid_notice",
    Outcome.SETTLED: "settled_notice",
    Outcome.PLAN_COMPLETED: "plan_completed_notice",
}
CREW_IS_OUT = (Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT)
CLOSING_NOTICE_DAYS = 3  # later it would only confuse
LOOK_AGAIN_DAYS = 7


async def leave_in_peace(desk: Desk) -> None:
    """Sleep through a hold on the borrower, also one that stands on another loan.

    The case goes on where it was: its deadline moves on by the time that was held, and what was
    missed is skipped.
    """
    called_off = await _call_off_appointment(desk)
    desk.case.waiting_for = "hold_released"
    desk.publish()
    told: set[str] = set()
    while desk.situation.is_on_hold and not desk.is_over:
        await tell_complaint_desk(desk, told, called_off)
        called_off = None
        await _rest_until_news(desk)
        if desk.history_is_long:
            raise FreshRunNeededError
    desk.case.last_released_at = desk.now
    if (visit := desk.case.visit) is not None and visit.slot is not None and not visit.checked_in:
        await _go_back_to_appointment(desk, visit)


async def _call_off_appointment(desk: Desk) -> Slot | None:
    """The crew is told. What it may have begun offline before the hold, it may still tell us."""
    visit = desk.case.visit
    if visit is None or visit.slot is None or visit.outcome is not None:
        return None
    slot = visit.slot
    if not visit.checked_in and desk.now < slot.start:
        await _go_back_to_appointment(desk, visit)
    else:
        await free_crew(desk, visit, keeps_appointment=True)
    await stand_down(desk, visit, slot, "on hold")
    return slot


async def _go_back_to_appointment(desk: Desk, visit: VisitState) -> None:
    await forget_appointment(desk, visit)
    await desk.enter(Stage.APPOINTMENT)


async def _rest_until_news(desk: Desk) -> None:
    known, began_at = desk.facts, desk.now
    look_at, what = min(_moments_of_interest(desk))
    has_news = await desk.rest(
        lambda: desk.facts is not known or not desk.situation.is_on_hold,
        look_at,
        what,
        f"on hold: {', '.join(desk.situation.hold_reasons)}",
    )
    if desk.case.stage_ends_at is not None:
        desk.case.stage_ends_at += desk.now - began_at
    if not has_news:
        await desk.look_again()  # a hold of another loan ends without a word to this one


def _moments_of_interest(desk: Desk) -> list[tuple[datetime, str]]:
    ends = [hold.until for hold in desk.facts.holds if hold.until is not None]
    look_at = min([desk.in_days(LOOK_AGAIN_DAYS), *(end for end in ends if end > desk.now)])
    moments = [(look_at, "see whether the hold has ended")]
    if (remind_at := next_reminder_at(desk)) is not None:
        moments.append((remind_at, "remind the complaint desk"))
    return moments


async def end_case(desk: Desk) -> Outcome | None:
    """Call off what is under way, close the case, and say so once.

    Answers with the outcome, or None when a reversed payment has reopened the case meanwhile.
    """
    outcome = desk.case.closed_as or desk.facts.outcome_if_paid()
    if outcome is None:
        return None
    await _call_off(desk, outcome)
    await workflow.execute_activity_method(
        CaseActivities.close_case,
        CaseEnd(case_id=desk.case.case_id, outcome=outcome),
        summary=f"the end: {outcome}",
        **DATABASE,
    )
    if outcome is Outcome.HANDED_TO_LEGAL:
        await _hand_over(desk)
    desk.case.enter(Stage.ENDED, desk.now)
    desk.case.waiting_for = "closing_notice" if outcome.is_paid else "nothing"
    desk.next_action = NextAction(what="end", at=desk.now, why=outcome)
    desk.publish()
    if outcome.is_paid and await _is_reversed_before_notice(desk, outcome):
        desk.case.plan = None
        desk.learn(
            await workflow.execute_activity_method(
                CaseActivities.reopen_case, desk.case.case_id, **DATABASE
            )
        )
        await desk.enter(Stage.EARLY_CONTACT)
        return None
    await tell_complaint_desk(desk, set())  # to be answered all the same
    return outcome


async def _hand_over(desk: Desk) -> None:
    """Put the whole case into one file; the legal desk checks what it is given by its hash."""
    sha256 = await workflow.execute_activity_method(
        LegalActivities.build_legal_package,
        desk.case.case_id,
        summary="the file for the legal desk",
        **DATABASE,
    )
    await desk.notify("legal-package", "legal", "legal_package_ready", sha256=sha256)


async def _call_off(desk: Desk, outcome: Outcome) -> None:
    """A visit under way is called off; its crew is told, and so is the borrower.

    Who has paid reads it in the closing notice.
    """
    if desk.case.stage in CREW_IS_OUT:
        reason = f"the case has ended: {outcome}"
        await release_crew(desk, reason, tell_borrower=not outcome.is_paid)
        await tell_called_off(desk, at_any_rate=True)
    if (visit := desk.case.visit) is not None:
        status = "completed" if visit.checked_in else "called_off"
        await end_visit(desk, status, f"the case has ended: {outcome}")
    plan = desk.case.plan_at_hand
    if plan is not None and not plan.in_force:
        desk.case.next_plan = None
        await end_offered_agreement(desk, "withdrawn")
    if not outcome.is_paid:
        desk.case.plan = None


async def _is_reversed_before_notice(desk: Desk, outcome: Outcome) -> bool:
    """Send the one closing notice, in the morning if need be, unless the payment is reversed."""
    hours = desk.policy.contact.hours_of(Channel.SMS).value
    last = desk.in_days(CLOSING_NOTICE_DAYS)
    at = desk.next_moment(desk.now, hours, last)

    def is_reversed() -> bool:
        return desk.facts.outcome_if_paid() is None

    while at < last:
        if await desk.rest(is_reversed, at, "send the closing notice", f"{outcome}"):
            return True
        key = f"closing:{outcome}:{desk.today}"
        template = CLOSING_TEMPLATES[outcome]
        result = await desk.try_contact(desk.intent(key, Channel.SMS, template, Purpose.CLOSING))
        if result is None:
            at = desk.next_moment(desk.in_hours(1), hours, last)
        elif result.status is ContactStatus.REFUSED and result.retry_at is not None:
            at = result.retry_at
        else:
            break
    return is_reversed()
