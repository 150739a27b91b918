"""The audit: silent on a record that the real code wrote, and loud on each planted breach."""

from datetime import timedelta

import pytest

from database.audit import CHECKS, Audit
from database.sql import Connection
from tests.support.breaches.all_breaches import BREACHES, DISARM
from tests.support.record import Record
from tests.support.world import Loan

LOAN = Loan()
LATER = timedelta(hours=1)
NOON = LOAN.at_days_past_due(95, hour=12)


async def test_record_of_the_real_code_is_clean(record: Record) -> None:
    """Contacts, a refusal, every kind of event, a visit and an agreement: nothing to say."""
    assert await Audit(record.pool).broken(record.now + LATER) == []
    tables = ("contact_attempts", "contact_refusals", "case_events", "visits", "agreements")
    for table in tables:
        assert await record.pool.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608


@pytest.mark.parametrize(("guarantee", "plant", "said"), BREACHES.values(), ids=BREACHES)
async def test_planted_breach_is_found_and_shown(
    record: Record, connection: Connection, guarantee: str, plant: str, said: str
) -> None:
    """By the guarantee that it breaks, with the row and what is wrong with it."""
    await connection.execute(DISARM)
    await connection.execute(plant)
    found = await Audit(connection).breaches_of(guarantee, record.now + LATER)
    assert found
    assert all(violation.subject for violation in found)
    assert any(said in str(violation) for violation in found), found


async def test_nothing_is_held_against_us_before_its_time(connection: Connection) -> None:
    """An audit of a moment knows nothing of what was done later."""
    await connection.execute("UPDATE contact_attempts SET facts = NULL")
    await connection.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as at the end of a transaction
    assert await Audit(connection).broken(LOAN.at_days_past_due(94)) == []


@pytest.mark.parametrize(("rule", "days"), [("null", 2), ('{"value": 1}', 2), ('{"value": 5}', 6)])
async def test_end_may_take_as_long_as_its_policy_leaves_for_the_last_message(
    connection: Connection, rule: str, days: int
) -> None:
    """And a day more; two days at least, as of a policy without the rule."""
    await connection.execute(DISARM)
    await connection.execute(
        "UPDATE policies SET body = jsonb_set(body, '{visit,call_off_days}', $1)", rule
    )
    await connection.execute(
        "UPDATE case_events SET name = 'case_closed', accepted = true, received_at = $1", NOON
    )
    for late, found in ((timedelta(seconds=-1), False), (timedelta(0), True)):
        breaches = await Audit(connection).breaches_of("G9", NOON + timedelta(days=days) + late)
        assert any("case_closed" in str(each) for each in breaches) is found


def test_every_guarantee_has_a_breach() -> None:
    """A check that nothing was planted for proves nothing."""
    assert {guarantee for guarantee, _, _ in BREACHES.values()} == set(CHECKS)
