"""Legal review: the last stage of collection, with a last word to the borrower."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from temporalio import workflow

from domain.case.facts import Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.pursuit import Pursuit
from domain.case.state import Stage
from domain.case.visit_need import is_too_old
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.desk.stops import StageStoppedError
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.promises import wait_for_promise
from workflows.routines.staff_notices import notify_staff

# A run of before asks for the age each time the stage is taken up, also after a payment, and
# begins the stage anew with each promise.
REVIEW_REMEMBERS_WHY = "review-remembers-why"
# In a run of before a hold takes the time that a promise has had away again.
STOPS_KEEP_PROMISED_TIME = "stops-keep-promised-time"


async def review_legally(desk: CaseDesk) -> Literal[Stage.LEGAL_REVIEW, Stage.EARLY_CONTACT]:
    """Give the legal desk time to decide otherwise, then hand the case over.

    A promise is waited for first, and puts the end off by its time. A part payment that brings
    the case back below the limit of days past due brings it back to contact.
    """
    days = desk.policy.aftercare.legal_review_days.value
    ends_at = await desk.begin("case_closed", desk.in_days(days))
    case, remembers_why = desk.case, workflow.patched(REVIEW_REMEMBERS_WHY)
    if case.reviewed_for_its_age is None:
        case.reviewed_for_its_age = is_too_old(desk.situation)
        case.reviewed_since = desk.today

    def is_back() -> bool:
        return bool(case.reviewed_for_its_age) and not is_too_old(desk.situation)

    while True:
        ends_at = await _wait_for_promises(desk, ends_at, moves=remembers_why)
        if not case.reminders and not (remembers_why and is_back()):
            await _say_last_word(desk, ends_at, unless=lambda: remembers_why and is_back())
        if not remembers_why:
            case.reviewed_for_its_age = is_too_old(desk.situation)
        if not await desk.until_sure(
            lambda: bool(desk.facts.promises) or is_back(),
            ends_at,
            "hand the case over",
            "the legal desk may decide otherwise",
        ):
            case.closed_as = Outcome.HANDED_TO_LEGAL
            return Stage.LEGAL_REVIEW
        if not desk.facts.promises:
            return Stage.EARLY_CONTACT
        if not remembers_why:
            return Stage.LEGAL_REVIEW


async def _wait_for_promises(desk: CaseDesk, ends_at: datetime, *, moves: bool) -> datetime:
    """In silence; answers when the stage ends then."""
    began_at = desk.now
    try:
        while desk.facts.promises:
            await wait_for_promise(desk, desk.facts.promises[0])
    except StageStoppedError:
        if moves and workflow.patched(STOPS_KEEP_PROMISED_TIME):
            desk.case.stage_ends_at = ends_at + (desk.now - began_at)
        raise
    if not moves or desk.now == began_at:
        return ends_at
    desk.case.stage_ends_at = ends_at + (desk.now - began_at)
    await desk.keep_moments()
    return desk.case.stage_ends_at


async def _say_last_word(desk: CaseDesk, ends_at: datetime, unless: Callable[[], bool]) -> None:
    key = desk.case.key_of_review(desk.facts.overdue_since)
    await notify_staff(desk, key, Audience.LEGAL, NoticeKind.REVIEW_WANTED)
    intent = intent_of(desk, key, Channel.SMS, Template.LEGAL_NOTICE, Purpose.COLLECTION)
    await pursue(desk, intent, Pursuit(ends_at, unless=unless))
    desk.case.reminders = 1
