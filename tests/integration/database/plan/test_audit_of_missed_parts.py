"""The audit finds a plan that has outlived a missed part, and gives each grace that a run gives."""

from datetime import timedelta

import pytest

from database.audit import Audit
from database.sql import Connection
from tests.support.breaches.all_breaches import DISARM
from tests.support.record import Record

PART = 200_000
# Three parts, due on 2026-02-20, 2026-03-22 and 2026-04-21, of a record that ends on 2026-04-19;
# nothing paid, and no hold.
LATE = f"""
    DELETE FROM holds; DELETE FROM payments;
    UPDATE agreements SET signed_at = '2026-02-01', counted_after = 0, grace_days = 5;
    UPDATE agreement_instalments
    SET due_on = DATE '2026-02-20' + 30 * (number - 1), amount_minor = {PART};
"""  # noqa: S608
A_LONG_GRACE = "UPDATE agreements SET grace_days = 35;"


def _paid(day: str, reversed_on: str = "NULL") -> str:
    return (
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at,"  # noqa: S608
        f" reversed_at, source) VALUES ('X', 'L-1', {PART}, '{day}', '{day}', {reversed_on}, 'x');"
    )


def _held(ended: str, until: str) -> str:
    return (
        "INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at, released_at, until)"  # noqa: S608
        f" VALUES ('L-2', 'X', 'B-1', 'x', '2026-02-02', {ended}, {until});"
    )


MISSED = {
    "nothing paid": ("SELECT 1", "part 1 "),
    "the second not paid": (_paid("2026-02-19"), "part 2 "),
    "by its own grace, whatever the policy has": (
        "UPDATE policies SET body = jsonb_set(body, '{plan,grace_days,value}', '60');",
        "part 1 ",
    ),
    "by the policy's grace, where it has none": (
        "UPDATE agreements SET grace_days = NULL;",
        "part 1 ",
    ),
    "long after a hold": (_held("'2026-03-10'", "NULL"), "part 1 "),
    "owing what an earlier plan had counted": (
        "UPDATE agreements SET carried_minor = 5;",
        "part 1 ",
    ),
}
STILL_IN_TIME = {
    "by its own grace": "UPDATE agreements SET grace_days = 60;",
    "since the part before it was paid": _paid("2026-04-12"),
    "since the plan is in force again": "UPDATE agreements SET in_force_again_at = '2026-04-12';",
    "since it was signed": "UPDATE agreements SET signed_at = '2026-04-12';",
    "since a hold was released": A_LONG_GRACE + _held("'2026-03-10'", "NULL"),
    "since a hold ran out": A_LONG_GRACE + _held("NULL", "'2026-03-10'"),
    "since the case went on": (
        A_LONG_GRACE  # noqa: S608
        + "UPDATE collection_cases SET last_released_at = '2026-03-10';"
    ),
    "since a payment was taken back": A_LONG_GRACE + _paid("2026-02-19", "'2026-03-10'"),
}


@pytest.fixture
async def connection(connection: Connection) -> Connection:
    """To a record whose parts are late."""
    await connection.execute(DISARM)
    await connection.execute(LATE)
    return connection


async def _said_of_parts(connection: Connection, record: Record) -> list[str]:
    found = await Audit(connection).breaches_of("G10", record.now + timedelta(hours=1))
    return [each.what for each in found if "was missed" in each.what]


@pytest.mark.parametrize(("done", "part"), MISSED.values(), ids=MISSED)
async def test_missed_part_is_found(
    record: Record, connection: Connection, done: str, part: str
) -> None:
    """The next one, and no other."""
    await connection.execute(done)
    [said] = await _said_of_parts(connection, record)
    assert said.startswith(part)


@pytest.mark.parametrize("done", STILL_IN_TIME.values(), ids=STILL_IN_TIME)
async def test_part_in_its_grace_is_not_missed(
    record: Record, connection: Connection, done: str
) -> None:
    """Whatever begins a grace anew in a run does so for the audit."""
    await connection.execute(done)
    assert await _said_of_parts(connection, record) == []
