"""From the confirmed appointment to the report: whatever comes in between is settled at once.

At each of the points a payment, a complaint, a hold, or a withdrawal arrives. The crew is told, the
borrower is told, the crew's time is free again, and nothing is left waiting.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Json, Life

Point = Callable[[Life], Awaitable[None]]


async def _confirmed(life: Life) -> None:
    await life.drive_to(Stage.PREPARATION)


async def _reminded(life: Life) -> None:
    await _confirmed(life)
    await life.skip_until(lambda status: bool(status["visit"]["prepared"]))


async def _departed(life: Life) -> None:
    await _confirmed(life)
    await life.skip_to_stage(Stage.VISIT)


async def _at_the_hour(life: Life) -> None:
    await _departed(life)
    await life.skip_to(_start(await life.status()) + timedelta(minutes=5))


async def _checked_in(life: Life) -> None:
    await _departed(life)
    await life.skip_to(_start(await life.status()) + timedelta(minutes=5))
    await life.accepted("visit_checked_in", **life.check_in(await life.status()))


BEFORE_THE_DOOR = (_confirmed, _reminded, _departed, _at_the_hour)
POINTS = (*BEFORE_THE_DOOR, _checked_in)


def _start(status: Json) -> datetime:
    return datetime.fromisoformat(status["visit"]["slot"]["start"])


async def _crew_is_told(life: Life, slot_id: str, reason: str) -> None:
    """Once, with the reason; and its time is free again."""
    notices = await life.fetch(
        "SELECT body->>'reason' AS reason FROM staff_notices"
        " WHERE kind = 'appointment_called_off' AND body->>'slot_id' = $1",
        slot_id,
    )
    assert notices == [{"reason": reason}]
    assert not await life.fetch(
        "SELECT * FROM visit_crew WHERE slot_id = $1 AND released_at IS NULL", slot_id
    )


@pytest.mark.parametrize("point", POINTS)
async def test_payment(life: Life, point: Point) -> None:
    """The case ends; the closing notice says that appointments are cancelled."""
    await point(life)
    slot_id = (await life.status())["visit"]["slot"]["slot_id"]
    await life.pay()
    assert await life.outcome() == "cured"
    await _crew_is_told(life, slot_id, "the case has ended: cured")
    assert (await life.contacts())[-1] == "paid_notice"
    [visit] = await life.fetch("SELECT * FROM visits")
    assert visit["status"] == ("completed" if point is _checked_in else "called_off")
    assert visit["ended_at"] is not None


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("is_complaint", [True, False], ids=["complaint", "hold"])
async def test_complaint_or_hold(life: Life, point: Point, is_complaint: bool) -> None:
    """Nothing is sent; who answers the complaint says that nobody comes. Then it goes on."""
    await point(life)
    slot_id = (await life.status())["visit"]["slot"]["slot_id"]
    contacts = await life.contacts()
    if is_complaint:
        await life.accepted("complaint_filed", complaint_id="C-1", about="the visit")
    else:
        await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=2))
    await _crew_is_told(life, slot_id, "on hold")
    assert await life.contacts() == contacts
    if is_complaint:
        [told] = await life.fetch(
            "SELECT body->>'visit_called_off' AS off FROM staff_notices"
            " WHERE kind = 'complaint_to_answer'"
        )
        assert told == {"off": "true"}
        await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False)
    else:
        await life.accepted("hold_released", hold_id="H-1")
    status = await life.status()
    if point is _checked_in:  # the report may still come
        assert (status["stage"], status["waiting_for"]) == (Stage.VISIT, "visit_reported")
    else:
        assert status["stage"] == Stage.APPOINTMENT
        assert (await life.proposed())["slot_id"] != slot_id


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
    await _crew_is_told(life, visit["slot"]["slot_id"], reason)
    [record] = await life.fetch("SELECT status, ended_reason FROM visits")
    assert record == {"status": ends_as, "ended_reason": reason}
    told = (await life.contacts()).count("visit_called_off")
    # Once the hour has come there is nothing to wait for any more: he was told by the crew.
    assert told == (0 if point is _at_the_hour else 1)
    assert status["next_action"]["at"] is not None
    await life.refused("visit_checked_in", "LC-STAGE", **life.check_in({"visit": visit}))
    await life.refused("visit_requested", "LC-VISIT-COOLING", **life.application())


@pytest.mark.parametrize("point", BEFORE_THE_DOOR[:2])
async def test_appointment_withdrawn_by_the_lender(life: Life, point: Point) -> None:
    """A crew member is ill: another time is proposed, and no round is used up."""
    await point(life)
    slot_id = (await life.status())["visit"]["slot"]["slot_id"]
    await life.accepted("appointment_withdrawn", slot_id=slot_id, reason="ill")
    await _crew_is_told(life, slot_id, "withdrawn by the lender")
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
    await life.accepted("visit_approved", approver_id="A-2")
    assert (await life.proposed())["slot_id"] != slot_id
    assert await life.value("SELECT count(*) FROM visit_approvals WHERE ended_at IS NULL") == 1


async def test_approval_for_an_address_that_is_gone_ends_the_visit(life: Life) -> None:
    """There is nothing that could be approved anew."""
    await _confirmed(life)
    await life.pool.execute("UPDATE addresses SET status = 'wrong'")
    await life.accepted("promise_made", amount_minor=1, due_on=str(life.loan.on(await life.now())))
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    [visit] = await life.fetch("SELECT status, ended_reason FROM visits")
    assert visit["status"] == "called_off"
    assert "address" in visit["ended_reason"]


async def test_crew_that_was_offline_had_begun_before_the_hold(life: Life) -> None:
    """Its check-in arrives during the hold and counts; one after the hold began does not."""
    await _at_the_hour(life)
    status, came_at = await life.status(), await life.now()
    await life.skip(timedelta(minutes=10))
    await life.accepted("complaint_filed", complaint_id="C-1", about="noise")
    await life.skip(timedelta(minutes=10))
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")
    assert answer["reason"].startswith("LC-HOLD: ")
    await life.accepted(
        "visit_checked_in", **life.check_in(status, occurred_at=came_at.isoformat())
    )
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False)
    status = await life.status()
    assert (status["stage"], status["waiting_for"]) == (Stage.VISIT, "visit_reported")
    await life.agree()


@pytest.mark.parametrize("outcome", ["not_present", "unsafe", "wrong_address"])
async def test_report_that_arrives_during_a_hold_still_counts(life: Life, outcome: str) -> None:
    """Nobody was met, and a hold came: after it the case goes where the report leads."""
    await _at_the_hour(life)
    visit_id = (await life.status())["visit"]["visit_id"]
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.accepted("visit_reported", visit_id=visit_id, outcome=outcome)
    await life.accepted("hold_released", hold_id="H-1")
    expected = Stage.LEGAL_REVIEW if outcome == "unsafe" else Stage.EARLY_CONTACT
    assert (await life.status())["stage"] == expected
    assert await life.booked_crew() == 0


async def test_wish_for_no_visits_calls_the_visit_off(life: Life) -> None:
    """It binds from then on, whatever was arranged."""
    await _confirmed(life)
    visit = (await life.status())["visit"]
    status = await life.accepted("contact_preferences_changed", blocked_channels=["visit"])
    assert (status["stage"], status["visit"]) == (Stage.EARLY_CONTACT, {})
    await _crew_is_told(life, visit["slot"]["slot_id"], "the borrower wants no visit")
    await life.refused("visit_checked_in", "LC-STAGE", **life.check_in({"visit": visit}))


async def test_withdrawal_during_a_hold_ends_the_visit_at_once(life: Life) -> None:
    """Nobody is contacted for it."""
    await _confirmed(life)
    visit_id = (await life.status())["visit"]["visit_id"]
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    status = await life.accepted("visit_withdrawn", visit_id=visit_id, withdrawn_by_id="B-1")
    assert status["visit"] == {}
    assert await life.value("SELECT status FROM visits") == "withdrawn"
    assert status["waiting_for"] == "hold_released"


async def test_borrower_hears_after_a_hold_that_his_visit_was_off(life: Life) -> None:
    """During it nothing is sent; and it is told only while he could still be waiting."""
    await _confirmed(life)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.accepted("hold_released", hold_id="H-1")
    await life.proposed()
    assert (await life.contacts()).count("visit_called_off") == 1


async def test_part_payment_that_only_the_ledger_knows_of_voids_the_approval_at_the_door(
    life: Life,
) -> None:
    """The check-in reads it, and the crew stands down."""
    await _at_the_hour(life)
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
