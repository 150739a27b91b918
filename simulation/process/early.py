"""Early contact and legal review, as `workflows/stages/` has them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from domain.case.facts import Outcome
from domain.case.ladder import (
    PlannedStep,
    end_of_day,
    ladder_of,
    missed_before,
    missed_steps,
    next_look,
    next_step,
)
from domain.case.notices import NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.case.visit_need import is_too_old, stage_after_contact
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from simulation.process.contacting import contact, intent_of, pursue
from simulation.process.desk import Desk, StageStoppedError, Steps
from simulation.process.promises import wait_for_promise


def contact_early(desk: Desk) -> Steps[Stage]:
    """Take the ladder's steps one by one; a promise to pay is waited for in silence."""
    followed_until = desk.now
    while True:
        if desk.facts.promises and desk.case.visit is None:
            yield from wait_for_promise(desk, desk.facts.promises[0])
            followed_until = desk.now
        elif (stage := stage_after_contact(desk.situation)) is not None:
            return stage
        else:
            yield from _record_missed(desk, missed_steps(desk.situation, followed_until))
            followed_until = yield from _follow_ladder(desk)


def _follow_ladder(desk: Desk) -> Steps[datetime]:
    """Take the next step, or wait for it. Answers until when the ladder was followed as it is."""
    before = desk.situation
    try:
        yield from _take_next_step(desk)
    except StageStoppedError:
        yield from _record_missed_before(desk, before)
        raise
    goes_on = not desk.facts.promises and stage_after_contact(desk.situation) is None
    if goes_on and ladder_of(desk.situation) == ladder_of(before):
        return before.now
    yield from _record_missed_before(desk, before)
    return desk.now


def _record_missed_before(desk: Desk, before: Situation) -> Steps[None]:
    yield from _record_missed(desk, missed_before(before, desk.situation))


def _record_missed(desk: Desk, missed: Sequence[PlannedStep]) -> Steps[None]:
    for planned in missed:
        yield from _take(desk, planned, by=planned.until)


def _take_next_step(desk: Desk) -> Steps[None]:
    planned, look_at = next_step(desk.situation), next_look(desk.situation)
    if planned is None or look_at < planned.at:
        yield from _until_news(desk, look_at)
        return
    if (yield from _until_news(desk, planned.at)):
        return
    yield from _take(desk, planned, by=end_of_day(desk.situation, planned))


def _take(desk: Desk, planned: PlannedStep, *, by: datetime) -> Steps[None]:
    step = planned.step
    yield from contact(
        desk,
        f"{Stage.EARLY_CONTACT}:{planned.key}",
        step.channel,
        step.template,
        step.purpose,
        by=by,
    )
    desk.case.last_step = planned.key


def _until_news(desk: Desk, at: datetime) -> Steps[bool]:
    """Wait for a moment; True when the case has changed in the meantime."""
    before = desk.facts
    return (yield from desk.until(lambda: desk.facts is not before, at))


def review_legally(desk: Desk) -> Steps[Stage]:
    """Give the legal desk time to decide otherwise, then hand the case over."""
    ends_at = desk.begin(desk.in_days(desk.policy.aftercare.legal_review_days.value))
    case = desk.case
    if case.reviewed_for_its_age is None:
        case.reviewed_for_its_age = is_too_old(desk.situation)
        case.reviewed_since = desk.today

    def is_back() -> bool:
        return bool(case.reviewed_for_its_age) and not is_too_old(desk.situation)

    while True:
        began_at = desk.now
        try:
            while desk.facts.promises:
                yield from wait_for_promise(desk, desk.facts.promises[0])
        finally:
            case.stage_ends_at = ends_at + (desk.now - began_at)
        ends_at = case.stage_ends_at
        if not case.reminders and not is_back():
            yield from _say_last_word(desk, ends_at, unless=is_back)
        if not (
            yield from desk.until_sure(lambda: bool(desk.facts.promises) or is_back(), ends_at)
        ):
            case.closed_as = Outcome.HANDED_TO_LEGAL
            return Stage.LEGAL_REVIEW
        if not desk.facts.promises:
            return Stage.EARLY_CONTACT


def _say_last_word(desk: Desk, ends_at: datetime, unless: Callable[[], bool]) -> Steps[None]:
    key = desk.case.key_of_review(desk.facts.overdue_since)
    desk.note("notice", NoticeKind.REVIEW_WANTED.value, key)
    intent = intent_of(desk, key, Channel.SMS, Template.LEGAL_NOTICE, Purpose.COLLECTION)
    yield from pursue(desk, intent, Pursuit(ends_at, unless=unless))
    desk.case.reminders = 1
