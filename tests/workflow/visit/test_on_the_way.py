"""From the confirmed appointment to the report: whatever comes in between is settled at once.

At each of the points a payment, a complaint, a hold, or a withdrawal arrives. The crew is told, the
borrower is told, the crew's time is free again, and nothing is left waiting.
"""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.points import (
    POINTS,
    Point,
    at_the_hour,
    checked_in,
    confirmed,
    crew_is_told,
)


@pytest.mark.parametrize("point", POINTS)
async def test_payment(life: Life, point: Point) -> None:
    """The case ends; the closing notice says that appointments are cancelled."""
    await point(life)
    slot_id = (await life.status())["visit"]["slot"]["slot_id"]
    await life.pay()
    assert await life.outcome() == "cured"
    await crew_is_told(life, slot_id, "the case has ended: cured")
    assert (await life.contacts())[-1] == "paid_notice"
    [visit] = await life.fetch("SELECT * FROM visits")
    assert visit["status"] == ("completed" if point is checked_in else "called_off")
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
    await crew_is_told(life, slot_id, "on hold")
    assert await life.contacts() == contacts
    if is_complaint:
        [told] = await life.fetch(
            "SELECT body->>'visit_called_off' AS off FROM staff_notices"
            " WHERE kind = 'complaint_to_answer'"
        )
        assert told == {"off": None if point is checked_in else "true"}  # a crew inside has come
        await life.accepted(
            "complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1"
        )
    else:
        await life.accepted("hold_released", hold_id="H-1")
    status = await life.status()
    if point is checked_in:  # the report may still come
        assert (status["stage"], status["waiting_for"]) == (Stage.VISIT, "visit_reported")
    elif point is at_the_hour:  # they may have come, offline
        assert (status["stage"], status["waiting_for"]) == (Stage.VISIT, "visit_checked_in")
        await life.skip_to_stage(Stage.EARLY_CONTACT)
        assert (await life.ended_visit())["status"] == "missed"
    else:
        assert status["stage"] == Stage.APPOINTMENT
        assert (await life.proposed())["slot_id"] != slot_id


async def test_crew_that_was_offline_had_begun_before_the_hold(life: Life) -> None:
    """Its check-in arrives during the hold and counts; one after the hold began does not."""
    await at_the_hour(life)
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
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1")
    status = await life.status()
    assert (status["stage"], status["waiting_for"]) == (Stage.VISIT, "visit_reported")
    await life.agree()
    assert await life.offered()


@pytest.mark.parametrize("outcome", ["not_present", "unsafe", "wrong_address"])
async def test_report_that_arrives_during_a_hold_still_counts(life: Life, outcome: str) -> None:
    """Nobody was met, and a hold came: after it the case goes where the report leads."""
    await at_the_hour(life)
    visit_id = (await life.status())["visit"]["visit_id"]
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.accepted("visit_reported", visit_id=visit_id, outcome=outcome)
    await life.accepted("hold_released", hold_id="H-1")
    expected = Stage.LEGAL_REVIEW if outcome == "unsafe" else Stage.EARLY_CONTACT
    assert (await life.status())["stage"] == expected
    assert await life.booked_crew() == 0


async def test_borrower_hears_after_a_hold_that_his_visit_was_off(life: Life) -> None:
    """During it nothing is sent; and it is told only while they could still be waiting."""
    await confirmed(life)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.accepted("hold_released", hold_id="H-1")
    await life.proposed()
    assert (await life.contacts()).count("visit_called_off") == 1
