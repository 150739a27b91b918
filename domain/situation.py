"""Everything a decision may look at: the case, what the database says, the policy and the time."""

from datetime import date, datetime
from typing import NamedTuple

from domain.case import CaseState
from domain.debt import CaseFacts
from domain.policy import Policy


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

    @property
    def days_past_due(self) -> int:
        return self.facts.days_past_due(self.now)

    @property
    def hold_reasons(self) -> list[str]:
        """Why the borrower is left in peace right now; empty when nothing holds."""
        return sorted({hold.reason for hold in self.facts.holds if hold.is_in_force(self.now)})

    @property
    def is_on_hold(self) -> bool:
        return bool(self.hold_reasons)
