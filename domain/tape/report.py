"""What an import did: the counts, and a finding for whatever needs a person's eye."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from domain.debt.status import LoanStatus
from domain.tape.encoding import UTF_8
from domain.tape.row import TapeRow


class Outcome(StrEnum):
    """What became of a row; each row has exactly one."""

    IMPORTED = "imported"
    UNCHANGED = "unchanged"  # the same facts were there already
    DIFFERS = "differs"  # the loan was there with other facts, which are kept
    REJECTED = "rejected"


class Kind(StrEnum):
    """Why a finding is reported."""

    REJECTED = "rejected"
    DIFFERS = "differs"
    BORROWER_DIFFERS = "borrower_differs"  # the loan is taken, the borrower stays as kept
    DISAGREEMENT = "disagreement"  # reported status against schedule
    COMPLETED = "completed"  # the borrower's, which was missing, is kept now
    HELD = "held"  # the loan is taken, and waits on hold until a person has released it


class Finding(NamedTuple):
    """One thing to look at. Never holds a name, a phone number or an address."""

    line: int
    loan_id: str | None
    kind: Kind
    field: str
    reason: str

    def __str__(self) -> str:
        loan = f" {self.loan_id}" if self.loan_id else ""
        return f"line {self.line}:{loan} {self.kind}: {self.field}: {self.reason}"


@dataclass
class ImportReport:
    """The counts of an import; days past due as of today, which is what the scan acts on."""

    rows: int = 0
    outcomes: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))
    disagreements: int = 0
    borrowers_differ: int = 0
    held: int = 0
    overdue: int = 0
    min_days_past_due: int | None = None
    max_days_past_due: int | None = None
    as_of: set[date] = field(default_factory=set)
    ignored_columns: list[str] = field(default_factory=list)
    encoding: str = UTF_8

    @property
    def is_clean(self) -> bool:
        """Whether every row was taken as it stands, or was there already."""
        taken = self.outcomes[Outcome.IMPORTED] + self.outcomes[Outcome.UNCHANGED]
        return taken == self.rows and not self.held and not self.borrowers_differ

    def count(self, outcome: Outcome) -> None:
        self.rows += 1
        self.outcomes[outcome] += 1

    def count_loan(self, row: TapeRow, since: timedelta) -> None:
        """Note a loan that is in the database as the tape says, `since` the tape's day."""
        days = row.days_past_due(since)
        if days == 0 or row.status is not LoanStatus.ACTIVE:
            return
        self.overdue += 1
        self.min_days_past_due = min(days, self.min_days_past_due or days)
        self.max_days_past_due = max(days, self.max_days_past_due or days)

    def as_json(self) -> dict[str, Any]:
        """The counts under the names that machines read."""
        return {
            "rows": self.rows,
            **{str(outcome): count for outcome, count in self.outcomes.items()},
            "disagreements": self.disagreements,
            "held": self.held,
            "overdue": self.overdue,
            "min_days_past_due": self.min_days_past_due,
            "max_days_past_due": self.max_days_past_due,
            "as_of": [day.isoformat() for day in sorted(self.as_of)],
            "borrowers_differ": self.borrowers_differ,
            "ignored_columns": self.ignored_columns,
            "encoding": self.encoding,
        }
