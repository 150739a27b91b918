"""A hold: the borrower is left in peace, and the case goes on where it was."""

from datetime import datetime

from temporalio import workflow

from domain.case.state import Slot, Stage, VisitState
from domain.case.visit_standing import has_begun, may_have_begun
from workflows.desk.case_desk import CaseDesk
from workflows.desk.stops import FreshRunNeededError
from workflows.interruptions.visit_doubts import settle_doubts
from workflows.routines.complaint_notices import next_reminder_at, tell_complaint_handlers
from workflows.routines.visit_ends import (
    forget_appointment,
    keep_appointment_without_crew,
    stand_down,
)

CREWS_INSIDE_CAME = "crews-inside-came"  # a run of before says that they were called off
REPORTED_AFTER_HOLD = "reported-after-hold"  # a run of before proposes another appointment at once


async def wait_out_hold(desk: CaseDesk) -> None:
    """Sleep through a hold on the borrower, also one that stands on another loan.

    The case goes on where it was: its deadline moves on by the time that was held, and what was
    missed is skipped. A visit whose hour had come before the hold may still be reported, for as
    long as if there had been none.
    """
    called_off = await _call_off_appointment(desk)
    if desk.case.held_since is None:
        desk.case.held_since = desk.now
        await desk.keep_moments()
    told: set[str] = set()
    while desk.situation.is_on_hold and not desk.is_over:
        if desk.visit_is_in_doubt:
            await desk.enter(await settle_doubts(desk))
        _show_hold(desk)
        visit = desk.case.visit
        has_come = visit is not None and has_begun(visit)  # since; the desk hears of what is so
        # Or an earlier hold did, and the borrower has not heard of it yet.
        called_off = called_off or desk.case.called_off_slot
        await tell_complaint_handlers(desk, told, None if has_come else called_off)
        called_off = None
        await _rest_until_news(desk)
        if desk.history_is_long:
            raise FreshRunNeededError
    waits_for_report = may_have_begun(desk.situation) and workflow.patched(REPORTED_AFTER_HOLD)
    _end_hold(desk, moves=not waits_for_report)
    await desk.keep_moments()
    visit = desk.case.visit
    if waits_for_report or visit is None or visit.slot is None or has_begun(visit):
        return
    await _go_back_to_appointment(desk, visit)


def _end_hold(desk: CaseDesk, *, moves: bool) -> None:
    """The deadline moves on by the time that was held, unless nothing was waited for but a word
    of what had happened before: no hold keeps that from us.
    """
    case = desk.case
    if moves and case.stage_ends_at is not None and case.held_since is not None:
        case.stage_ends_at += desk.now - case.held_since
    case.held_since, case.last_released_at = None, desk.now
    case.ladder_followed_until = None  # in peace, and not forgotten


def _show_hold(desk: CaseDesk) -> None:
    if desk.case.waiting_for != "hold_released":
        desk.case.waiting_for = "hold_released"
        desk.publish()


async def _call_off_appointment(desk: CaseDesk) -> Slot | None:
    """The crew is told. What it may have begun offline before the hold, it may still tell us."""
    visit = desk.case.visit
    if visit is None or visit.slot is None or visit.outcome is not None:
        return None
    slot = visit.slot
    if visit.checked_in and workflow.patched(CREWS_INSIDE_CAME):
        # The crew is told to leave, once; nobody is told that it does not come.
        if not visit.negotiations:
            await keep_appointment_without_crew(visit)
            await stand_down(desk, visit, slot, "on hold")
        return None
    if not visit.checked_in and desk.now < slot.start:
        await _go_back_to_appointment(desk, visit)
    else:
        await keep_appointment_without_crew(visit)
    await stand_down(desk, visit, slot, "on hold")
    return slot


async def _go_back_to_appointment(desk: CaseDesk, visit: VisitState) -> None:
    """Who complained hears of it with the answer; others once the hold is over."""
    has_complained = bool(desk.facts.complaints)
    await forget_appointment(desk, visit, tell_borrower=not has_complained)
    await desk.enter(Stage.APPOINTMENT)


async def _rest_until_news(desk: CaseDesk) -> None:
    known = desk.facts
    look_at, what = min(_moments_of_interest(desk))
    has_news = await desk.rest(
        lambda: desk.facts is not known or not desk.situation.is_on_hold,
        look_at,
        what,
        f"on hold: {', '.join(desk.situation.hold_reasons)}",
    )
    if not has_news:
        await desk.look_again()  # a hold of another loan ends without a word to this one


def _moments_of_interest(desk: CaseDesk) -> list[tuple[datetime, str]]:
    ends = [hold.until for hold in desk.facts.holds if hold.until is not None]
    latest = desk.now + desk.policy.aftercare.hold_look
    look_at = min([latest, *(end for end in ends if end > desk.now)])
    moments = [(look_at, "see whether the hold has ended")]
    if (remind_at := next_reminder_at(desk)) is not None:
        moments.append((remind_at, "remind the complaint desk"))
    return moments
