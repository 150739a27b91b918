"""A small world for tests: a borrower with a loan, crews, and the events systems send."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from database.sql import Pool
from domain.plan import add_months

ZONE = "Asia/Shanghai"
INSTALMENT = 100_000


@dataclass
class Loan:
    """A loan of 12 monthly instalments of 1,000.00 CNY, none paid."""

    loan_id: str = "L-1"
    borrower_id: str = "B-1"
    first_due_on: date = date(2026, 1, 10)
    paid_minor: int = 0
    phones: int = 1
    instalments: int = 12
    zone: str = ZONE

    @property
    def address_id(self) -> str:
        return f"{self.borrower_id}-a1"

    def local(self, day: date, hour: int = 12, minute: int = 0) -> datetime:
        """An hour of a day on the borrower's clock."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(self.zone))

    def at_days_past_due(self, days: int, hour: int = 8) -> datetime:
        """A moment, counted from the first due date."""
        return self.local(self.first_due_on + timedelta(days=days), hour)


async def insert_loan(pool: Pool, loan: Loan) -> None:
    """Put a loan and its borrower on record."""
    await pool.execute(
        "INSERT INTO borrowers VALUES ($1, '借款人', 'zh', $2) ON CONFLICT DO NOTHING",
        loan.borrower_id,
        loan.zone,
    )
    for number in range(1, loan.phones + 1):
        await pool.execute(
            "INSERT INTO phones VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            f"{loan.borrower_id}-p{number}",
            loan.borrower_id,
            f"+86 000 0000 000{number}",
            number,
        )
    await pool.execute(
        "INSERT INTO addresses VALUES ($1, $2, '示例路 1 号', 'TEST') ON CONFLICT DO NOTHING",
        loan.address_id,
        loan.borrower_id,
    )
    await pool.execute(
        "INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,"
        " annual_rate_percent, term_months) VALUES ($1, $2, 'test-lender', 'CNY', $3, 12, $4)",
        loan.loan_id,
        loan.borrower_id,
        INSTALMENT * loan.instalments,
        loan.instalments,
    )
    await pool.executemany(
        "INSERT INTO loan_instalments VALUES ($1, $2, $3, $3, $4)",
        [
            (loan.loan_id, number + 1, add_months(loan.first_due_on, number), INSTALMENT)
            for number in range(loan.instalments)
        ],
    )
    if loan.paid_minor:
        await pool.execute(
            "INSERT INTO payments VALUES ($1, $2, $3, 'opening', $4, $4, 'tape')",
            f"{loan.loan_id}-opening",
            loan.loan_id,
            loan.paid_minor,
            loan.local(loan.first_due_on, 0),
        )


async def insert_crew(pool: Pool, count_: int = 3) -> None:
    """Collectors who can visit."""
    await pool.executemany(
        "INSERT INTO crew_members VALUES ($1, $2)",
        [(f"C-{number}", f"外勤{number}") for number in range(1, count_ + 1)],
    )


@dataclass
class Sender:
    """Builds events as other systems send them, each with an id of its own."""

    now: datetime
    source: str = "test"
    _numbers: Any = field(default_factory=lambda: count(1))

    def __call__(self, **body: Any) -> dict[str, Any]:
        return {
            "event_id": f"e-{next(self._numbers)}",
            "occurred_at": self.now.isoformat(),
            "source": self.source,
            **body,
        }
