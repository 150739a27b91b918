"""One question to the contact rules, and its two answers."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from domain.contact.facts import ContactFacts
from domain.messages.templates import Template
from domain.policy.contact import Channel, ContactPolicy, Purpose
from domain.policy.policy import Policy


class Allowed(BaseModel):
    """Contact is allowed now, on this number; and until then, if nothing happens."""

    phone_id: str
    until: datetime | None = None
    instead: Template | None = None  # what is said there before it is known who answers


class Refused(BaseModel):
    """Contact is refused by a rule; `retry_at` is None when waiting does not help."""

    rule_id: str
    reason: str
    retry_at: datetime | None = None


Decision = Allowed | Refused


class Question(NamedTuple):
    """May this be done? `policies` are the pinned one, and the current one if it is another."""

    channel: Channel
    purpose: Purpose
    facts: ContactFacts
    policies: list[Policy]
    template: Template | None = None  # what is to be said; None stands for any debt detail

    def day(self, moment: datetime) -> date:
        """The borrower's own date."""
        return moment.astimezone(ZoneInfo(self.facts.time_zone)).date()

    def begins(self, day: date) -> datetime:
        """The instant at which a day begins for the borrower."""
        return datetime.combine(day, time(), ZoneInfo(self.facts.time_zone)).astimezone(UTC)

    def in_force(self, day: date) -> Iterator[ContactPolicy]:
        """The policies that bind on a day: the pinned one always, the current one in its time."""
        for number, policy in enumerate(self.policies):
            if number == 0 or policy.is_in_effect(day):
                yield policy.contact

    def next_change(self, moment: datetime) -> datetime | None:
        """When, after a moment, a policy, a rule or a wish of the borrower begins or ends."""
        today = self.day(moment)
        wishes = (wish.until for wish in self.facts.agreed_hours if wish.until is not None)
        days = (self.begins(day) for day in self._days_of_change() if day > today)
        return min((change for change in (*wishes, *days) if change > moment), default=None)

    def _days_of_change(self) -> Iterator[date]:
        for policy in self.policies:
            for dated in (policy, *policy.contact.rules()):
                if dated.effective_from is not None:
                    yield dated.effective_from
                if dated.effective_until is not None:
                    yield dated.effective_until + timedelta(days=1)


def latest(refusals: Iterable[Refused]) -> Refused | None:
    """Of several refusals the one that lasts longest: it decides."""
    return max(refusals, key=lambda refused: _sorts(refused.retry_at), default=None)


def earliest(refusals: Iterable[Refused]) -> Refused | None:
    """Of several refusals, any of which may end, the one that ends first."""
    return min(refusals, key=lambda refused: _sorts(refused.retry_at), default=None)


def _sorts(retry_at: datetime | None) -> tuple[bool, float]:
    return (True, 0.0) if retry_at is None else (False, retry_at.timestamp())
