"""The scan on a real Postgres: every overdue loan once, whatever crashes."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from activities.scan_activities import ScanSummary, scan_overdue
from database.case.cases import Cases
from database.case.scan import Cursor, Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.case.facts import Outcome
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.case_starters import FakeStarter
from tests.support.world import INSTALMENT, Loan, insert_loan

LOAN = Loan()
NOW = LOAN.at_days_past_due(5)


class Scanner:
    """A scan with a starter, as the worker runs it."""

    def __init__(self, pool: Pool, policy: Policy) -> None:
        self.pool, self.starter = pool, FakeStarter()
        self.scan = Scan(pool)
        self.cases = Cases(pool)
        self._policy = policy
        self.reports: list[ScanSummary] = []

    async def run(self, now: datetime = NOW, cursor: Cursor | None = None) -> ScanSummary:
        return await scan_overdue(
            self.scan,
            self.starter,
            self._policy.version,
            lambda: now,
            ScanSummary(cursor=cursor or Cursor()),
            lambda summary: self.reports.append(summary.model_copy()),
        )

    async def run_cases(self) -> None:
        """The workflows that were started take their cases up."""
        rows = await self.pool.fetch("SELECT case_id FROM collection_cases")
        for row in rows:
            await self.cases.take_up_case(row["case_id"])


@pytest.fixture
async def scanner(pool: Pool, policy: Policy) -> Scanner:
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    return Scanner(pool, policy)


async def test_each_overdue_loan_is_started_once(scanner: Scanner) -> None:
    """The second pass finds the case running; loans that are not overdue stay away."""
    await insert_loan(scanner.pool, LOAN)
    await insert_loan(scanner.pool, replace(LOAN, loan_id="L-paid", paid_minor=INSTALMENT))
    assert (await scanner.run()).started == 1
    await scanner.run_cases()
    summary = await scanner.run()
    assert (summary.started, summary.already_running) == (0, 1)
    assert scanner.starter.started == ["L-1"]


async def test_instalment_due_today_is_not_overdue(scanner: Scanner) -> None:
    """The case is opened on the day after."""
    await insert_loan(scanner.pool, LOAN)
    due = LOAN.first_due_on
    assert (await scanner.run(LOAN.local(due, 23, 59))).started == 0
    assert (await scanner.run(LOAN.local(due + timedelta(days=1), 0))).started == 1


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
async def test_day_is_that_of_the_borrower(scanner: Scanner, zone: str) -> None:
    """Midnight anywhere on earth, from UTC+14 to UTC-11."""
    loan = replace(LOAN, zone=zone)
    await insert_loan(scanner.pool, loan)
    midnight = loan.local(loan.first_due_on + timedelta(days=1), 0)
    assert (await scanner.run(midnight - timedelta(seconds=1))).started == 0
    assert (await scanner.run(midnight)).started == 1


async def test_loan_without_a_clock_is_passed_over_and_named(scanner: Scanner) -> None:
    """Whatever stands for a time zone in the table, all other loans are started."""
    await insert_loan(scanner.pool, LOAN)
    lost = replace(LOAN, loan_id="L-lost", borrower_id="B-lost")
    await insert_loan(scanner.pool, lost)
    await scanner.pool.execute(
        "UPDATE borrowers SET time_zone = 'Atlantis/Nowhere' WHERE borrower_id = 'B-lost'"
    )
    summary = await scanner.run()
    assert (summary.started, summary.skipped, summary.without_clock) == (1, 1, ["L-lost"])


async def test_pages_go_on_after_the_last_row(scanner: Scanner) -> None:
    """Seven loans, three a page, several of the same day: each once, and restartable anywhere."""
    scanner.scan = Scan(scanner.pool, page_size=3)
    for number in range(7):
        first = LOAN.first_due_on - timedelta(days=number // 2)
        await insert_loan(scanner.pool, Loan(f"L-{number}", f"B-{number}", first_due_on=first))
    assert (await scanner.run()).started == 7
    assert len(scanner.reports) == 3
    assert len(set(scanner.starter.started)) == 7

    await scanner.run_cases()
    summary = await scanner.run(cursor=scanner.reports[0].cursor)
    assert summary.already_running == 4


async def test_next_pass_heals_a_crash_between_case_and_start(scanner: Scanner) -> None:
    """A start that failed is counted, and its case is started by the next pass."""
    for number in (1, 2):
        await insert_loan(scanner.pool, Loan(f"L-{number}", f"B-{number}"))
    scanner.starter.fails_for = {"L-2"}
    summary = await scanner.run()
    assert (summary.started, summary.failed) == (1, 1)
    assert await scanner.pool.fetchval("SELECT count(*) FROM collection_cases") == 2

    scanner.starter.fails_for = set()
    summary = await scanner.run()
    assert scanner.starter.started == ["L-1", "L-2"]
    assert (summary.started, summary.already_running) == (1, 1)
    assert await scanner.pool.fetchval("SELECT count(*) FROM collection_cases") == 2


async def _begin(scanner: Scanner) -> str:
    """A case of the one overdue loan."""
    await insert_loan(scanner.pool, LOAN)
    await scanner.run()
    case_id: str = await scanner.pool.fetchval("SELECT case_id FROM collection_cases")
    return case_id


async def _end(scanner: Scanner, outcome: Outcome) -> str:
    """A case that has ended; of a paid one, the payment is reversed afterwards."""
    case_id = await _begin(scanner)
    await scanner.run_cases()
    amount = 12 * INSTALMENT if outcome is Outcome.SETTLED else INSTALMENT
    if outcome.is_paid:
        await scanner.pool.execute(
            "INSERT INTO payments VALUES ('P', 'L-1', $1, 'payment', $2, $2, NULL, 'test')",
            amount,
            NOW,
        )
    by_money = Outcome.CURED if outcome is Outcome.PLAN_COMPLETED else outcome  # there is no plan
    await scanner.cases.close_case(case_id, by_money, NOW, lambda: NOW)
    await scanner.pool.execute("UPDATE collection_cases SET outcome = $1", outcome)
    await scanner.cases.finish_case(case_id)
    scanner.starter = FakeStarter()
    return case_id


@pytest.mark.parametrize("outcome", [Outcome.CURED, Outcome.SETTLED, Outcome.PLAN_COMPLETED])
async def test_paid_end_is_reopened_by_a_reversal(scanner: Scanner, outcome: Outcome) -> None:
    """The same case, with the same id, is open and started again."""
    case_id = await _end(scanner, outcome)
    assert (await scanner.run()).started == 0
    await scanner.pool.execute("UPDATE payments SET reversed_at = $1", NOW)
    assert (await scanner.run()).started == 1
    [row] = await scanner.pool.fetch("SELECT * FROM collection_cases")
    assert (row["case_id"], row["closed_at"], row["outcome"]) == (case_id, None, None)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if not outcome.is_paid])
async def test_other_ends_stay(scanner: Scanner, outcome: Outcome) -> None:
    """A loan that was handed over, written off, transferred or withdrawn is left alone."""
    await _end(scanner, outcome)
    assert (await scanner.run()).started == 0
    assert await scanner.pool.fetchval("SELECT outcome FROM collection_cases") == outcome


async def test_end_that_comes_late_is_of_what_was_due_when_it_was_decided(
    scanner: Scanner,
) -> None:
    """The database was away until the next instalment fell due: that is a case of its own."""
    case_id = await _begin(scanner)
    await scanner.pool.execute(
        "INSERT INTO payments VALUES ('P', 'L-1', $1, 'payment', $2, $2, NULL, 'test')",
        INSTALMENT,
        NOW,
    )
    later = NOW + timedelta(days=31)
    assert await scanner.cases.close_case(case_id, Outcome.CURED, NOW, lambda: later) is None
    assert await scanner.cases.close_case(case_id, Outcome.CURED, NOW, lambda: later) is None
    [case] = await scanner.pool.fetch("SELECT outcome, closed_at FROM collection_cases")
    assert tuple(case) == ("cured", later)


async def test_end_is_not_written_down_once_its_payment_is_reversed(scanner: Scanner) -> None:
    """The answer is what is owed now; the case stays open."""
    case_id = await _begin(scanner)
    facts = await scanner.cases.close_case(case_id, Outcome.CURED, NOW, lambda: NOW)
    assert facts is not None
    assert facts.arrears_minor == INSTALMENT
    assert await scanner.pool.fetchval("SELECT closed_at FROM collection_cases") is None


async def test_reopened_case_goes_on_counting_its_visits(scanner: Scanner) -> None:
    """Their numbers are part of their ids, which must not come again."""
    case_id = await _end(scanner, Outcome.CURED)
    await scanner.pool.execute(
        "INSERT INTO visits (visit_id, case_id, loan_id, address_id, status, applicant,"
        " applicant_id, requested_at, visit_code, ended_at)"
        " VALUES ('V-1', $1, 'L-1', 'B-1-a1', 'expired', 'borrower', 'B-1', $2, '0', $2)",
        case_id,
        NOW,
    )
    assert (await scanner.cases.take_up_case(case_id)).applications == 1


async def _in_collection(scanner: Scanner) -> bool:
    found: bool = await scanner.pool.fetchval("SELECT in_collection FROM loans")
    return found


async def test_loan_with_a_case_that_runs_is_not_looked_at_again(scanner: Scanner) -> None:
    """Only its number is asked for; whoever closes or removes the case brings it back."""
    case_id = await _begin(scanner)
    assert not await _in_collection(scanner)  # a workflow that was never taken up is not trusted
    await scanner.run_cases()
    assert await _in_collection(scanner)
    async for page in scanner.scan.open_cases(Cursor(), "never asked", NOW):
        raise AssertionError(page)

    await scanner.pool.execute("UPDATE collection_cases SET started_at = NULL")
    assert not await _in_collection(scanner)
    await scanner.cases.take_up_case(case_id)
    await scanner.pool.execute("DELETE FROM collection_cases")
    assert not await _in_collection(scanner)
