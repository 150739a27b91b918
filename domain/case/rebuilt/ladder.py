"""How far the ladder was followed, from the record."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.calendar import opens
from domain.case.rebuilt.record import CaseRecord, ContactFate
from domain.case.state import Stage
from domain.events import PromiseMade
from domain.policy.policy import Policy

_STEPS = f"{Stage.EARLY_CONTACT}:"


def last_step(record: CaseRecord, now: datetime | None) -> str | None:
    """The last step that was taken or missed.

    In a case that is taken up again `now`, also one of an earlier day that is still reserved: what
    became of it is found out, and it is not made again.
    """
    steps = [
        name
        for name, contact in record.contacts_below(_STEPS)
        if contact.is_done
        or (
            contact.fate is ContactFate.RESERVED
            and now is not None
            and record.day_of(contact.at) < record.day_of(now)
        )
    ]
    return steps[-1] if steps else None


def ladder_followed_until(record: CaseRecord, policy: Policy) -> datetime:
    """Until when a run surely followed the ladder, or waited in silence for what was promised.

    Before that, a step of which there is nothing was not to be taken.
    """
    return max([record.opened_at, *_signs_of_life(record), *_silences(record, policy)])


def _signs_of_life(record: CaseRecord) -> Iterator[datetime]:
    for moment in (record.stage_entered_at, record.moments.last_released_at):
        if moment is not None:
            yield moment
    yield from (contact.at for _, contact in record.contacts_below(_STEPS))
    yield from (event.judged_at for event in record.events)


def _silences(record: CaseRecord, policy: Policy) -> Iterator[datetime]:
    """When each promise was to be verified."""
    grace = timedelta(days=policy.promise.grace_days.value + 1)
    hours = policy.contact.planned_hours.value
    for event in record.named(PromiseMade.name):
        due_on = date.fromisoformat(event.body["due_on"])
        yield opens(due_on + grace, hours, record.time_zone)
