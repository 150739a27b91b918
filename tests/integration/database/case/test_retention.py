"""A year of one loan is erased: the audit is clean, the chain whole, and nobody is named."""

from datetime import timedelta
from pathlib import Path

import pytest

from database.audit import Audit
from database.case.retention import Retention
from database.event_record import Events
from database.sql import Pool
from domain.case.events.without_case import IncomingEvent
from domain.policy.policy import Policy
from tests.support.erased.columns import columns, named_in, plant
from tests.support.erased.year import CANARY, Year
from tests.support.world import Loan, OpenCase, event

LOAN = Loan(phones=2)
YEARS = timedelta(days=6 * 366)
MIGRATION = Path(__file__).parents[4] / "database/migrations/0027-erased-wholly.sql"


@pytest.fixture
async def year(pool: Pool, policy: Policy, open_case: OpenCase) -> Year:
    """A case that has ended after a year."""
    year = Year(pool, policy, LOAN, await open_case(LOAN))
    await year.write()
    return year


async def _erase_all(year: Year) -> int:
    now = year.now + YEARS
    kept = Retention(year.pool)
    return sum([await kept.erase(past, now) for past in await kept.past_periods(now)])


async def _whole_record(pool: Pool) -> dict[str, list[str]]:
    """Every row of every table that is somebody's."""
    tables = {table for table, _, _ in await columns(pool)} | {"evidence", "erasures", "loans"}
    return {
        table: [
            row["row"]
            for row in await pool.fetch(
                f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY 1"  # noqa: S608
            )
        ]
        for table in tables
    }


async def test_nobody_is_named_and_the_audit_still_runs(year: Year) -> None:
    """A year of every kind of row: each kind is erased once, and the chain gets no new link."""
    spans = "SELECT max(received_at) - min(received_at) FROM case_events"
    assert await year.pool.fetchval(spans) > timedelta(days=350)
    assert {"borrowers.full_name", "contact_attempts.said", "inbox.answer"} <= await named_in(
        year.pool, CANARY
    )
    assert await Audit(year.pool).broken(year.now + YEARS) == []
    links = "SELECT count(*) FROM evidence WHERE kind <> 'agreements'"
    before = await year.pool.fetchval(links)
    assert await _erase_all(year) == 3
    assert await named_in(year.pool, CANARY) == set()
    assert await Audit(year.pool).broken(year.now + YEARS) == []
    assert await year.pool.fetchval(links) == before
    rules = await year.pool.fetch("SELECT kind, rule_id FROM erasures ORDER BY kind")
    assert [tuple(row) for row in rules] == [
        ("agreement", "LC-RETENTION-AGREEMENT"),
        ("contact", "CN-15"),
        ("person", "LC-RETENTION-PERSON"),
    ]


async def test_no_column_is_forgotten(year: Year) -> None:
    """Whatever could hold something of a person is filled, and is empty afterwards.

    A table or a column that is added is among them by itself.
    """
    for table in {table for table, _, _ in await columns(year.pool)}:
        rows = await year.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608
        assert rows, f"{table}: the year has no row of it"
    await plant(year.pool, CANARY)
    planted = {f"{table}.{column}" for table, column, _ in await columns(year.pool)}
    assert planted <= await named_in(year.pool, CANARY)
    assert await _erase_all(year) == 3
    assert await named_in(year.pool, CANARY) == set()


async def test_second_run_changes_nothing(year: Year) -> None:
    """Neither the command's, nor what it does by itself."""
    assert await _erase_all(year) == 3
    before = await _whole_record(year.pool)
    assert await _erase_all(year) == 0
    for kind in ("contact", "agreement", "person"):
        await year.pool.execute(f"SELECT erase_{kind}('B-1')")
    assert await _whole_record(year.pool) == before


async def test_chain_holds_where_more_is_personal_than_before(year: Year) -> None:
    """The rows whose personal part is drawn otherwise are linked again, both ways."""
    apply, rollback = MIGRATION.read_text("utf-8").split("-- migrate: rollback")
    for migration in (rollback, apply):
        await year.pool.execute(migration)
        assert await Audit(year.pool).breaches_of("G15", year.now) == []
    assert await _erase_all(year) == 3
    assert await Audit(year.pool).breaches_of("G15", year.now) == []


@pytest.mark.parametrize(
    "stop",
    [
        "UPDATE holds SET released_at = NULL, until = NULL",
        "UPDATE loans SET status = 'in_legal'",
        "UPDATE collection_cases SET closed_at = NULL, outcome = NULL",
        "UPDATE collection_cases SET is_ending = true",
    ],
)
async def test_what_stops_erasure(year: Year, stop: str) -> None:
    """A hold in force, the legal desk, an open case, an end that is not finished."""
    await year.pool.execute(stop)
    assert await _erase_all(year) == 0
    assert "borrowers.full_name" in await named_in(year.pool, CANARY)


async def test_nothing_is_erased_before_its_time(year: Year) -> None:
    """Five years, by the shipped policy."""
    assert await Retention(year.pool).past_periods(year.now + YEARS / 2) == []


async def test_what_waits_at_the_door_is_judged_before_anything_is_erased(year: Year) -> None:
    """It was taken in, and its effect is yet to come, however long ago the case has ended."""
    now = year.now + YEARS
    await year.pool.execute("UPDATE inbox SET answer = NULL")
    held_by = {past.held_by for past in await Retention(year.pool).past_periods(now)}
    assert held_by == {"an event waits at the door"}


async def test_what_is_heard_after_an_erasure_is_erased_in_its_own_time(year: Year) -> None:
    """A complaint about a loan at rest, years later."""
    await _erase_all(year)
    heard_at = year.now + YEARS + timedelta(days=30)
    incoming = IncomingEvent(
        "complaint_filed",
        event(heard_at, event_id="late", complaint_id="C-late", about="an old matter"),
        "r-late",
    )
    verdict = await Events(year.pool).record_without_case(
        LOAN.loan_id, incoming, year.policy, lambda: heard_at
    )
    assert verdict.accepted
    await year.pool.execute("UPDATE holds SET released_at = $1", heard_at)
    assert await Retention(year.pool).past_periods(heard_at + timedelta(days=365)) == []
    past = await Retention(year.pool).past_periods(heard_at + YEARS)
    assert {(each.kind, each.ended_at) for each in past} == {
        (kind, heard_at) for kind in ("agreement", "contact", "person")
    }
