"""The audit: silent on a record that the real code wrote, and loud on each planted breach."""

from datetime import timedelta

import pytest

from database.audit import CHECKS, Audit, Violation
from database.sql import SQL, Pool
from domain.policy import Policy
from tests.integration.breaches import BREACHES, DISARM
from tests.integration.conftest import OpenCase
from tests.integration.record import Record
from tests.world import Loan

LOAN = Loan(phones=2)


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case with everything a case can have; its borrower has another loan."""
    await open_case(Loan(loan_id="L-2"))
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    return record


async def _audit(record: Record) -> list[Violation]:
    return await Audit(record.pool).broken(record.now + timedelta(hours=1))


async def test_record_of_the_real_code_is_clean(record: Record) -> None:
    """Contacts, a refusal, every kind of event, a visit and an agreement: nothing to say."""
    assert await _audit(record) == []
    tables = ("contact_attempts", "contact_refusals", "case_events", "visits", "agreements")
    for table in tables:
        assert await record.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608


@pytest.mark.parametrize(("guarantee", "plant", "said"), BREACHES.values(), ids=BREACHES)
async def test_planted_breach_is_found_and_shown(
    record: Record, guarantee: str, plant: str, said: str
) -> None:
    """By the guarantee that it breaks, with the row and what is wrong with it."""
    await record.pool.execute(DISARM)
    await record.pool.execute(plant)
    found = [violation for violation in await _audit(record) if violation.guarantee == guarantee]
    assert found
    assert all(violation.subject for violation in found)
    assert any(said in str(violation) for violation in found), found


async def test_nothing_is_held_against_us_before_its_time(record: Record) -> None:
    """An audit of a moment knows nothing of what was done later."""
    await record.pool.execute("UPDATE contact_attempts SET facts = NULL")
    before = await Audit(record.pool).broken(LOAN.at_days_past_due(94))
    assert before == []


def test_every_guarantee_has_a_breach_and_every_statement_is_used() -> None:
    """A statement that nobody runs, or that nothing was planted for, proves nothing."""
    assert {guarantee for guarantee, _, _ in BREACHES.values()} == set(CHECKS)
    run = {query for queries in CHECKS.values() for query in queries}
    named = {name.removesuffix("_cursor") for name in SQL.available_queries}
    assert run == {name for name in named if name.startswith("audit_")}
