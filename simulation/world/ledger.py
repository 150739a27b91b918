"""What is owed of one loan, as the database reckons it: payments cover the oldest first."""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from domain.calendar import add_months


class Account(Protocol):
    """What a case asks of a loan. Amounts in minor units."""

    def overdue_since(self) -> date | None:
        """The due date of the oldest unpaid instalment, also where that is yet to come."""

    def arrears(self, today: date) -> int:
        """What is overdue on a day."""

    def outstanding(self) -> int:
        """What is not paid of the whole loan."""

    def pay(self, amount_minor: int) -> None:
        """Take a payment in."""

    def put_off(self, as_of: date, until: date) -> None:
        """Move what falls due from a day on to after another, as a signed plan does."""

    def take_back(self) -> None:
        """Let everything fall due as it did before a plan put it off."""


class FixedDebt:
    """A debt of which nothing is paid, and whose next instalments nobody asks for."""

    def __init__(self, since: date | None, arrears_minor: int, outstanding_minor: int) -> None:
        self._since, self._arrears, self._outstanding = since, arrears_minor, outstanding_minor

    def overdue_since(self) -> date | None:
        return self._since

    def arrears(self, today: date) -> int:
        return self._arrears if self._since is not None and self._since < today else 0

    def outstanding(self) -> int:
        return self._outstanding

    def pay(self, amount_minor: int) -> None:
        raise NotImplementedError("nobody pays in a forecast")

    def put_off(self, as_of: date, until: date) -> None:
        """What falls due is not asked for."""

    def take_back(self) -> None:
        """What falls due is not asked for."""


class Ledger:
    """Equal instalments by date, and what was paid of them.

    `tolerance_minor` is the largest shortfall that counts as rounding.
    """

    def __init__(
        self, dues: Sequence[date], instalment_minor: int, paid_minor: int, tolerance_minor: int
    ) -> None:
        self.dues = list(dues)
        self.instalment_minor = instalment_minor
        self.paid_minor = paid_minor
        self._tolerance = tolerance_minor
        self._before_plan: list[date] | None = None

    def pay(self, amount_minor: int) -> None:
        """Take a payment in; what is more than the whole loan is not taken."""
        self.paid_minor += min(amount_minor, self._total() - self.paid_minor)

    def overdue_since(self) -> date | None:
        covered = self._covered()
        return self.dues[covered] if covered < len(self.dues) else None

    def arrears(self, today: date) -> int:
        since = self.overdue_since()
        if since is None or since >= today:
            return 0
        fallen_due = bisect_left(self.dues, today)
        return max(fallen_due * self.instalment_minor - self.paid_minor, 0)

    def outstanding(self) -> int:
        missing = self._total() - self.paid_minor
        return missing if missing > self._tolerance else 0

    def put_off(self, as_of: date, until: date) -> None:
        self._before_plan = self._before_plan or self.dues
        later = [due for due in self.dues if due >= as_of]
        if later and later[0] <= until:
            months = 12 * (until.year - later[0].year) + until.month - later[0].month
            months += add_months(later[0], months) <= until
            kept = self.dues[: len(self.dues) - len(later)]
            self.dues = kept + [add_months(due, months) for due in later]

    def take_back(self) -> None:
        self.dues, self._before_plan = self._before_plan or self.dues, None

    def _covered(self) -> int:
        return (self.paid_minor + self._tolerance) // self.instalment_minor

    def _total(self) -> int:
        return self.instalment_minor * len(self.dues)
