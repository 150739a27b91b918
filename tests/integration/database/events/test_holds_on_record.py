"""Holds on record: which one a release ends, and which it leaves in force."""

import pytest

from tests.support.recorder import NOW, Recorder
from tests.support.world import Loan, insert_loan

HOLD = {"hold_id": "H-1", "reason": "dispute"}
SAME, FOREIGN = Loan("L-2"), Loan("L-3")
PLACE = (
    "INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at)"
    " VALUES ($1, 'H-1', 'B-1', 'deceased', $2)"
)
IN_FORCE = "SELECT loan_id FROM holds WHERE released_at IS NULL ORDER BY 1"


@pytest.fixture
async def other(record: Recorder) -> Recorder:
    """Beside a loan of the same lender, and one of another."""
    for loan in (SAME, FOREIGN):
        await insert_loan(record.pool, loan)
    await record.pool.execute("UPDATE loans SET lender = 'another' WHERE loan_id = 'L-3'")
    return record


async def in_force(record: Recorder) -> list[str]:
    return [row["loan_id"] for row in await record.rows(IN_FORCE)]


async def test_hold_is_placed_and_released_once(record: Recorder) -> None:
    """The second time there is nothing to do, and the reason says so."""
    verdict = await record.accepted("hold_placed", **HOLD)
    assert verdict.facts is not None
    assert [hold.reason for hold in verdict.facts.holds] == ["dispute"]
    assert (await record("hold_placed", **HOLD)).reason == (
        "LC-RECORD: hold_id: this hold was placed before"
    )
    verdict = await record.accepted("hold_released", hold_id="H-1")
    assert verdict.facts is not None
    assert not verdict.facts.holds
    for hold_id in ("H-1", "unknown"):
        assert not (await record("hold_released", hold_id=hold_id)).accepted


async def test_hold_of_another_loan_is_released_by_its_name(other: Recorder) -> None:
    """A hold is the borrower's, and the case that it was placed in may have ended."""
    await other.pool.execute(PLACE, SAME.loan_id, NOW)
    await other.accepted("hold_released", hold_id="H-1")
    assert await in_force(other) == []


async def test_release_said_twice_ends_no_hold_of_the_same_name(other: Recorder) -> None:
    """Another loan's is another hold, which the household still needs."""
    await other.accepted("hold_placed", **HOLD)
    await other.pool.execute(PLACE, SAME.loan_id, NOW)
    await other.accepted("hold_released", hold_id="H-1")
    again = await other("hold_released", hold_id="H-1")
    assert again.reason == "LC-RECORD: hold_id: no such hold is in force on this loan"
    assert await in_force(other) == ["L-2"]


async def test_hold_of_another_lender_is_not_released(other: Recorder) -> None:
    """Who sends of one lender's loans does not speak for another."""
    await other.pool.execute(PLACE, FOREIGN.loan_id, NOW)
    assert (await other("hold_released", hold_id="H-1")).may_come_again
    assert await in_force(other) == ["L-3"]


async def test_release_before_its_hold_may_come_again_whatever_another_loan_had(
    other: Recorder,
) -> None:
    """A hold of the same name that has ended elsewhere is not the one that is meant."""
    await other.pool.execute(PLACE, SAME.loan_id, NOW)
    await other.pool.execute("UPDATE holds SET released_at = $1", NOW)
    assert (await other("hold_released", hold_id="H-1", event_id="half")).may_come_again
    await other.accepted("hold_placed", **HOLD)
    await other.accepted("hold_released", hold_id="H-1", event_id="half")


async def test_hold_that_has_lapsed_is_not_meant(other: Recorder) -> None:
    """Of two of one name, the one in force is."""
    await insert_loan(other.pool, Loan("L-4"))
    for loan_id in ("L-2", "L-4"):
        await other.pool.execute(PLACE, loan_id, NOW)
    await other.pool.execute("UPDATE holds SET until = $1 WHERE loan_id = 'L-4'", NOW)
    await other.accepted("hold_released", hold_id="H-1")
    assert await in_force(other) == ["L-4"]


async def test_release_that_may_mean_two_holds_asks_which(other: Recorder) -> None:
    """It ends neither."""
    await insert_loan(other.pool, Loan("L-4"))
    for loan_id in ("L-2", "L-4"):
        await other.pool.execute(PLACE, loan_id, NOW)
    asked = await other("hold_released", hold_id="H-1")
    reason = "LC-RECORD: hold_id: several loans have one: name the loan it was placed on"
    assert asked.reason == reason
    assert await in_force(other) == ["L-2", "L-4"]
