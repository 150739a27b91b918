"""Everything a decision may look at: the case, what the database says, the policy and the time."""

from datetime import date, datetime
from typing import NamedTuple

from domain.case.facts import CaseFacts
from domain.case.state import CaseState
from domain.local_time import HoursOfDay
from domain.policy.contact import Channel
from domain.policy.policy import Policy


class Situation(NamedTuple):
    """One case at one moment of business time."""

    case: CaseState
    facts: CaseFacts
    policy: Policy
    now: datetime

    @property
    def today(self) -> date:
        """The date on the borrower's own calendar."""
        return self.facts.local(self.now).date()

    def happened_at(self, said: datetime) -> datetime:
        """When something said to have happened did: a clock that is ahead does not move it on."""
        return min(said, self.now)

    @property
    def days_past_due(self) -> int:
        return self.facts.days_past_due(self.now)

    def planned_hours(self, channel: Channel, day: date) -> HoursOfDay:
        """When, on a day, the borrower is to be reached: within the hours they agreed to, if any.

        Where those lie outside the planned hours, whatever is permitted of them.
        """
        contact = self.policy.contact
        wishes = [wish.hours for wish in self.facts.agreed_hours if wish.is_in_force(self.now)]
        planned, permitted = contact.planned_hours.value, contact.hours_of(channel, day).value
        shared = (wish.common_with(span) for span in (planned, permitted) for wish in wishes)
        return next((hours for hours in shared if hours is not None), planned)

    @property
    def hold_reasons(self) -> list[str]:
        """Why the borrower is left in peace right now; empty when nothing holds."""
        return sorted({hold.reason for hold in self.facts.holds if hold.is_in_force(self.now)})

    @property
    def is_on_hold(self) -> bool:
        return bool(self.hold_reasons)
