"""A small world for tests: a borrower with a loan, its case, crews, and the events systems send."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from database.case.cases import Cases
from database.case.scan import Cursor, Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.calendar import add_months
from domain.policy.policy import Policy
from policies.reader import fingerprint

ZONE = "Asia/Shanghai"
INSTALMENT = 100_000
OpenCase = Callable[..., Awaitable[str]]


@dataclass
class Loan:
    """A loan of 12 monthly instalments of 1,000.00 CNY, none paid."""

    loan_id: str = "L-1"
    borrower_id: str = "B-1"
    first_due_on: date = date(2026, 1, 10)
    paid_minor: int = 0
    phones: int = 1
    confirmed: bool = True  # their numbers, by the lender's own check
    instalments: int = 12
    zone: str = ZONE

    @property
    def address_id(self) -> str:
        return f"{self.borrower_id}-a1"

    def local(self, day: date, hour: int = 12, minute: int = 0) -> datetime:
        """An hour of a day on the borrower's clock."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(self.zone))

    def on(self, moment: datetime) -> date:
        """The date of a moment on the borrower's calendar."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

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
    if loan.confirmed:
        await pool.execute(
            "INSERT INTO phone_confirmations SELECT phone_id, 'origination', $2 FROM phones"
            " WHERE borrower_id = $1 AND relation = 'self' ON CONFLICT DO NOTHING",
            loan.borrower_id,
            loan.at_days_past_due(-300),
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
            "INSERT INTO payments VALUES ($1, $2, $3, 'opening', $4, $4, NULL, 'tape')",
            f"{loan.loan_id}-opening",
            loan.loan_id,
            loan.paid_minor,
            loan.local(loan.first_due_on, 0),
        )


async def insert_earlier_contacts(
    pool: Pool, loan: Loan, case_id: str, policy_version: str, messages: int = 2, calls: int = 1
) -> None:
    """Messages and calls of the last weeks, so that a visit is the next thing to try."""
    channels = ["sms"] * messages + ["call"] * calls
    await pool.executemany(
        "INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id,"
        " phone_id, channel, template, purpose, reserved_at, sent_at, status, policy_version,"
        " policy_sha256, facts)"
        " VALUES ($1, $1, $2, $3, $4, $5, $6, 'overdue_notice', 'collection', $7, $7, 'sent', $8,"
        " (SELECT sha256 FROM policies WHERE version = $8), '{\"earlier\": true}')",
        [
            (
                f"{case_id}:earlier-{number}",
                case_id,
                loan.loan_id,
                loan.borrower_id,
                f"{loan.borrower_id}-p1",
                channel,
                loan.at_days_past_due(number + 1, hour=10),
                policy_version,
            )
            for number, channel in enumerate(channels)
        ],
    )


async def insert_crew(pool: Pool, members: int = 3) -> None:
    """Collectors who can visit."""
    await pool.executemany(
        "INSERT INTO crew_members VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [(f"C-{number}", f"外勤{number}") for number in range(1, members + 1)],
    )


async def open_case_of(loan: Loan, pool: Pool, policy: Policy, days_past_due: int = 5) -> str:
    """Put a loan in and open its case, as the scan does; answers with the case's id."""
    now = loan.at_days_past_due(days_past_due)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now)
    await insert_crew(pool)
    await insert_loan(pool, loan)
    async for _ in Scan(pool).open_cases(Cursor(), policy.version, now):
        pass
    case_id: str = await pool.fetchval(
        "SELECT case_id FROM collection_cases WHERE loan_id = $1", loan.loan_id
    )
    await Cases(pool).take_up_case(case_id)
    return case_id


def event(now: datetime, **body: Any) -> dict[str, Any]:
    """An event as another system sends it."""
    return {"occurred_at": now.isoformat(), "source": "test", **body}
