"""Legal review: the last stage of collection, with a last word to the borrower."""

from domain.case import Stage
from domain.contact import Purpose
from domain.debt import Outcome
from domain.policy import Channel
from workflows.desk import Desk


async def review_legally(desk: Desk) -> Stage:
    """Give the legal desk time to decide otherwise, then hand the case over."""
    ends_at = desk.begin("case_closed", desk.in_days(desk.policy.aftercare.legal_review_days.value))
    key = f"{Stage.LEGAL_REVIEW}:{desk.facts.overdue_since}"
    if not desk.case.reminders:
        await desk.notify(key, "legal", "review_wanted")
        await desk.contact(key, Channel.SMS, "legal_notice", Purpose.COLLECTION, by=ends_at)
        desk.case.reminders = 1
    await desk.reach(ends_at, "hand the case over", "the legal desk may decide otherwise")
    desk.case.closed_as = Outcome.HANDED_TO_LEGAL
    desk.case.closed_reason = "legal review has ended"
    return Stage.LEGAL_REVIEW
