"""The clocks of Postgres against this process' own, for the zones where borrowers live."""

from datetime import UTC, datetime, timedelta

import pytest

from database.sql import Pool
from database.zone_check import Clock, compare_clocks, differing_zones
from tests.support.world import Loan, insert_loan

NOW = datetime(2026, 11, 29, 5, 30, tzinfo=UTC)


async def test_zones_that_both_have_alike_need_no_word(pool: Pool) -> None:
    """Singapore keeps its clock all year; so does Shanghai."""
    await insert_loan(pool, Loan())
    await insert_loan(pool, Loan("L-2", "B-2", zone="Asia/Singapore"))
    assert await differing_zones(pool, NOW) == []


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Mars/Olympus", "time zone Mars/Olympus of a borrower is none of a place that we know"),
        ("CET", "time zone CET of a borrower is none of a place that we know"),
    ],
)
async def test_zone_that_is_no_place_is_named(pool: Pool, zone: str, said: str) -> None:
    """However it came into the table, and beside others that are good."""
    await insert_loan(pool, Loan())
    await insert_loan(pool, Loan("L-2", "B-2"))
    await pool.execute("UPDATE borrowers SET time_zone = $1 WHERE borrower_id = 'B-2'", zone)
    assert await differing_zones(pool, NOW) == [said]


def test_zone_that_the_server_does_not_know_is_named() -> None:
    """It is none of those that it answered for."""
    said = "time zone Asia/Shanghai of a borrower is none that Postgres knows"
    assert compare_clocks(["Asia/Shanghai"], []) == [said]


def test_first_moment_that_differs_is_told_by_both_clocks() -> None:
    """An older zone data base of the server sees no change of the clock where a law made one."""
    before = Clock("Asia/Shanghai", NOW, datetime(2026, 11, 29, 13, 30))  # noqa: DTZ001
    later = NOW + timedelta(weeks=1)
    after = Clock("Asia/Shanghai", later, datetime(2026, 12, 6, 14, 30))  # noqa: DTZ001
    [said] = compare_clocks(["Asia/Shanghai"], [before, after])
    assert said.startswith(
        "time zone Asia/Shanghai: 2026-12-06T05:30Z is 13:30 to this process and 14:30 to Postgres"
    )
