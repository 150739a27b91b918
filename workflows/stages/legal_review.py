"""Legal review: the last stage of collection, with a last word to the borrower."""

from typing import Literal

from domain.case.facts import Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Stage
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import contact
from workflows.routines.promises import wait_for_promise
from workflows.routines.staff_notices import notify_staff


async def review_legally(desk: CaseDesk) -> Literal[Stage.LEGAL_REVIEW, Stage.EARLY_CONTACT]:
    """Give the legal desk time to decide otherwise, then hand the case over.

    A promise is waited for first. A part payment that brings the case back below the limit of
    days past due brings it back to contact.
    """
    ends_at = await desk.begin(
        "case_closed", desk.in_days(desk.policy.aftercare.legal_review_days.value)
    )
    key = f"{Stage.LEGAL_REVIEW}:{desk.facts.overdue_since}"
    while desk.facts.promises:
        await wait_for_promise(desk, desk.facts.promises[0])
    if not desk.case.reminders:
        await notify_staff(desk, key, Audience.LEGAL, NoticeKind.REVIEW_WANTED)
        last_word = Template.LEGAL_NOTICE
        await contact(desk, key, Channel.SMS, last_word, Purpose.COLLECTION, by=ends_at)
        desk.case.reminders = 1
    came_for_its_age = _is_too_old(desk)
    if await desk.until_sure(
        lambda: bool(desk.facts.promises) or (came_for_its_age and not _is_too_old(desk)),
        ends_at,
        "hand the case over",
        "the legal desk may decide otherwise",
    ):
        return Stage.LEGAL_REVIEW if desk.facts.promises else Stage.EARLY_CONTACT
    desk.case.closed_as = Outcome.HANDED_TO_LEGAL
    return Stage.LEGAL_REVIEW


def _is_too_old(desk: CaseDesk) -> bool:
    return desk.situation.days_past_due > desk.policy.visit.until_days_past_due.value
