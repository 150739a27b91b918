"""A visit in doubt on the way: withdrawn, not wished for, or approved for something else."""

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.points import BEFORE_THE_DOOR, Point, at_the_hour, confirmed, crew_is_told


@pytest.mark.parametrize("point", BEFORE_THE_DOOR)
@pytest.mark.parametrize(
    ("name", "body", "reason", "ends_as"),
    [
        (
            "approval_withdrawn",
            {"approver_id": "A-1"},
            "the approval was withdrawn",
            "called_off",
        ),
        (
            "visit_withdrawn",
            {"withdrawn_by_id": "K-1"},
            "the application was withdrawn",
            "withdrawn",
        ),
    ],
    ids=["approval withdrawn", "application withdrawn"],
)
async def test_withdrawal(
    life: Life, point: Point, name: str, body: Json, reason: str, ends_as: str
) -> None:
    """The visit ends, the borrower reads that nobody comes, and contact goes on after a pause."""
    await point(life)
    visit = (await life.status())["visit"]
    status = await life.accepted(name, visit_id=visit["visit_id"], **body)
    assert (status["stage"], status["visit"]) == (Stage.EARLY_CONTACT, {})
    await crew_is_told(life, visit["slot"]["slot_id"], reason)
    [record] = await life.fetch("SELECT status, ended_reason FROM visits")
    assert record == {"status": ends_as, "ended_reason": reason}
    told = (await life.contacts()).count("visit_called_off")
    # Once the hour has come there is nothing to wait for any more: they were told by the crew.
    assert told == (0 if point is at_the_hour else 1)
    assert status["next_action"]["at"] is not None
    await life.refused("visit_checked_in", "LC-STAGE", **life.check_in({"visit": visit}))
    await life.refused("visit_requested", "LC-VISIT-COOLING", **life.application())


@pytest.mark.parametrize("point", BEFORE_THE_DOOR[:2])
async def test_appointment_withdrawn_by_the_lender(life: Life, point: Point) -> None:
    """A crew member is ill: another time is proposed, and no round is used up."""
    await point(life)
    slot_id = (await life.status())["visit"]["slot"]["slot_id"]
    await life.accepted("appointment_withdrawn", slot_id=slot_id, reason="ill")
    await crew_is_told(life, slot_id, "withdrawn by the lender")
    assert (await life.proposed())["slot_id"] != slot_id
    assert "visit_called_off" in await life.contacts()


@pytest.mark.parametrize("point", BEFORE_THE_DOOR)
async def test_amount_that_has_changed_voids_the_approval(life: Life, point: Point) -> None:
    """Half of it is paid: another approval is asked for, and then another appointment."""
    await point(life)
    visit = (await life.status())["visit"]
    await life.pay(await life.arrears() // 2)
    status = await life.skip_to_stage(Stage.APPROVAL)
    assert status["visit"]["approval"] is None
    slot_id = visit["slot"]["slot_id"]
    [notice] = await life.fetch(
        "SELECT body->>'reason' AS reason FROM staff_notices WHERE kind = 'appointment_called_off'"
    )
    assert "were approved" in notice["reason"]
    [void] = await life.fetch("SELECT * FROM visit_approvals")
    assert void["ended_because"] == notice["reason"]
    assert await life.booked_crew() == 0
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-2")
    assert (await life.proposed())["slot_id"] != slot_id
    assert await life.value("SELECT count(*) FROM visit_approvals WHERE ended_at IS NULL") == 1


async def test_approval_for_an_address_that_is_gone_ends_the_visit(life: Life) -> None:
    """There is nothing that could be approved anew."""
    await confirmed(life)
    await life.pool.execute("UPDATE addresses SET status = 'wrong'")
    await life.accepted("promise_made", amount_minor=1, due_on=str(life.loan.on(await life.now())))
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    [visit] = await life.fetch("SELECT status, ended_reason FROM visits")
    assert visit["status"] == "called_off"
    assert "address" in visit["ended_reason"]


async def test_wish_for_no_visits_calls_the_visit_off(life: Life) -> None:
    """It binds from then on, whatever was arranged."""
    await confirmed(life)
    visit = (await life.status())["visit"]
    status = await life.accepted("contact_preferences_changed", blocked_channels=["visit"])
    assert (status["stage"], status["visit"]) == (Stage.EARLY_CONTACT, {})
    await crew_is_told(life, visit["slot"]["slot_id"], "the borrower wants no visit")
    await life.refused("visit_checked_in", "LC-STAGE", **life.check_in({"visit": visit}))


async def test_withdrawal_during_a_hold_ends_the_visit_at_once(life: Life) -> None:
    """Nobody is contacted for it."""
    await confirmed(life)
    visit_id = (await life.status())["visit"]["visit_id"]
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    status = await life.accepted("visit_withdrawn", visit_id=visit_id, withdrawn_by_id="B-1")
    assert status["visit"] == {}
    assert await life.value("SELECT status FROM visits") == "withdrawn"
    assert status["waiting_for"] == "hold_released"


async def test_part_payment_that_only_the_ledger_knows_of_voids_the_approval_at_the_door(
    life: Life,
) -> None:
    """The check-in reads it, and the crew stands down."""
    await at_the_hour(life)
    status = await life.status()
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ('P-0', 'L-1', $1, $2, $2, 'ledger')",
        await life.arrears() // 2,
        await life.now(),
    )
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")
    assert answer["reason"].startswith("LC-VISIT-APPROVAL-VOID: ")
    await life.skip_to_stage(Stage.APPROVAL)
