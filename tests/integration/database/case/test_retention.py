"""A life of one loan is erased: the audit is clean, the chain whole, and nobody is named."""

from datetime import timedelta

import pytest

from database.audit import Audit
from database.case.cases import Cases
from database.case.retention import Retention
from database.sql import Pool
from domain.case.facts import Outcome
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)
YEARS = timedelta(days=6 * 366)
CANARY = "Canary"


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case that has ended, of a person whose name, number and address cannot be overlooked."""
    case_id = await open_case(LOAN)
    await pool.execute("UPDATE borrowers SET full_name = 'Canary'")
    await pool.execute("UPDATE phones SET number = 'Canary ' || phone_id, written = NULL")
    await pool.execute("UPDATE addresses SET line = 'Canary', region = 'Canary'")
    record = Record(pool, policy, LOAN, case_id)
    await record.write()
    await record.deliver("hold_placed", hold_id="H-9", reason="Canary", refusal="LC-TEST: no")
    await Cases(pool).close_case(case_id, Outcome.WRITTEN_OFF, record.now, lambda: record.now)
    await pool.execute("UPDATE loans SET status = 'written_off'")
    await pool.execute("UPDATE holds SET released_at = $1 WHERE released_at IS NULL", record.now)
    return record


async def _named_in(pool: Pool) -> set[str]:
    """The tables and columns that hold a canary, in whatever type."""
    columns = await pool.fetch(
        "SELECT table_name, column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
    )
    found = set()
    for table, column in columns:
        count = await pool.fetchval(
            f"SELECT count(*) FROM {table} WHERE {column}::text ~ $1",  # noqa: S608 names of ours
            f"{CANARY}|{CANARY.encode().hex()}",  # bytes are shown in hexadecimal
        )
        if count:
            found.add(f"{table}.{column}")
    return found


async def _erase_all(record: Record) -> int:
    now = record.now + YEARS
    kept = Retention(record.pool)
    return sum([await kept.erase(past, now) for past in await kept.past_periods(now)])


async def test_nobody_is_named_and_the_audit_still_runs(record: Record) -> None:
    """Each kind is erased once; the chain holds, and a second run changes nothing."""
    assert {"borrowers.full_name", "contact_attempts.said"} <= await _named_in(record.pool)
    before = await Audit(record.pool).broken(record.now + YEARS)
    links = await record.pool.fetchval("SELECT count(*) FROM evidence WHERE kind <> 'agreements'")
    assert await _erase_all(record) == 3
    assert await _named_in(record.pool) == set()
    assert await Audit(record.pool).broken(record.now + YEARS) == before
    assert links == await record.pool.fetchval(
        "SELECT count(*) FROM evidence WHERE kind <> 'agreements'"
    )
    assert await _erase_all(record) == 0


@pytest.mark.parametrize(
    "stop",
    [
        "UPDATE holds SET released_at = NULL, until = NULL",
        "UPDATE loans SET status = 'in_legal'",
        "UPDATE collection_cases SET closed_at = NULL, outcome = NULL",
    ],
)
async def test_what_stops_erasure(record: Record, stop: str) -> None:
    """A hold in force, the legal desk, an open case."""
    await record.pool.execute(stop)
    assert await _erase_all(record) == 0
    assert "borrowers.full_name" in await _named_in(record.pool)


async def test_nothing_is_erased_before_its_time(record: Record) -> None:
    """Five years, by the shipped policy."""
    assert await Retention(record.pool).past_periods(record.now + YEARS / 2) == []
