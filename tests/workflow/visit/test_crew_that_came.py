"""A crew that has come was not called off, has reported what it reported, and its visit counts."""

import json
from datetime import datetime, timedelta
from typing import Any

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.points import at_the_hour, checked_in, start_of_slot

CAME = "crew_came"
FILED = {"complaint_id": "C-1", "about": "tone"}
ANSWER = {"complaint_id": "C-1", "upheld": False, "handler_id": "H-1"}


async def _notices(life: Life, kind: str) -> list[Json]:
    return await life.fetch("SELECT body::text AS body FROM staff_notices WHERE kind = $1", kind)


async def _negotiate_again(life: Life) -> None:
    await life.drive_to(Stage.AGREEMENT)
    plan = (await life.offered())["plan"]
    await life.accepted("agreement_declined", agreement_id=plan["agreement_id"])
    await life.skip(timedelta(hours=20))


async def test_complaint_during_a_visit_says_of_no_appointment_that_it_is_off(life: Life) -> None:
    """The crew is told to leave; whoever answers has nothing to tell of an appointment."""
    await checked_in(life)
    await life.accepted("complaint_filed", **FILED)
    [told] = await _notices(life, "complaint_to_answer")
    assert "visit_called_off" not in told["body"]
    assert len(await _notices(life, "appointment_called_off")) == 1


async def test_complaint_after_a_visit_calls_nothing_off(life: Life) -> None:
    """The crew was there and has left: it waits for another word of theirs."""
    await _negotiate_again(life)
    await life.accepted("complaint_filed", **FILED)
    [told] = await _notices(life, "complaint_to_answer")
    assert "visit_called_off" not in told["body"]
    assert await _notices(life, "appointment_called_off") == []
    assert (await life.accepted("complaint_resolved", **ANSWER))["stage"] == Stage.VISIT


async def test_who_has_reported_is_not_asked_whether_they_came(life: Life) -> None:
    """Of no other plan nothing was heard: the visit ends, and nobody looks for its crew."""
    await _negotiate_again(life)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["ended_reason"] == "no plan: no other was agreed on in time"
    assert await _notices(life, "visit_unreported") == []


async def test_visit_that_a_payment_cut_short_counts(life: Life) -> None:
    """Also in the case that is open again because the payment bounced at night."""
    await checked_in(life)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23))
    await life.pay(payment_id="BOUNCES")
    status = await life.accepted("payment_reversed", payment_id="BOUNCES")
    assert status["stage"] == Stage.EARLY_CONTACT
    assert (await life.ended_visit())[
        "status"
    ] == "completed"  # compared with its record at the end


async def _complained_of(life: Life) -> Json:
    """Ten minutes into its hour, and nothing was heard of the crew; answers as before it."""
    await at_the_hour(life)
    status = await life.status()
    await life.skip(timedelta(minutes=10))
    await life.accepted("complaint_filed", **FILED)
    [told] = await _notices(life, "complaint_to_answer")
    assert '"visit_called_off": true' in told["body"]
    return status


def _came(life: Life, status: Json, **body: Any) -> Json:
    """Its check-in, at the hour of the appointment, whenever it is sent."""
    at = start_of_slot(status).isoformat()
    return life.check_in(status, **{"occurred_at": at, **body})


async def test_crew_whose_check_in_comes_during_a_hold_is_to_leave(life: Life) -> None:
    """It counts, for it had begun; the borrower is in peace from now on, and the desk hears so."""
    status = await _complained_of(life)
    unknown = _came(life, status, identity_verified=False, event_id="first")
    first = await life.deliver("visit_checked_in", **unknown)
    answer = await life.deliver("visit_checked_in", **_came(life, status))
    again = await life.deliver("visit_checked_in", **unknown)
    for each in (first, answer, again):
        assert (each["accepted"], each["instruction"]) == (True, "stand_down")
    assert answer["reason"].startswith("LC-HOLD: ")
    await life.accepted("visit_reported", visit_id=status["visit"]["visit_id"], outcome="refused")
    [told] = await life.fetch(
        "SELECT audience, body::text FROM staff_notices WHERE kind = $1", CAME
    )
    assert told["audience"] == "complaint_desk"
    body = json.loads(told["body"])
    assert datetime.fromisoformat(body.pop("visit_starts_at")) == start_of_slot(status)
    assert body == {
        "loan_id": life.loan.loan_id,
        "complaint_id": "C-1",
        "visit_id": status["visit"]["visit_id"],
    }


async def test_crew_that_met_nobody_was_there_too(life: Life) -> None:
    """Its report is all that is heard of it."""
    status = await _complained_of(life)
    visit_id = status["visit"]["visit_id"]
    await life.accepted("visit_reported", visit_id=visit_id, outcome="not_present")
    assert len(await _notices(life, CAME)) == 1


async def test_desk_hears_that_a_crew_came_also_after_its_answer(life: Life) -> None:
    """What it has said of it to the borrower was wrong. Nobody has to leave any more."""
    status = await _complained_of(life)
    await life.accepted("complaint_resolved", **ANSWER)
    answer = await life.deliver("visit_checked_in", **_came(life, status))
    assert (answer["accepted"], answer["instruction"]) == (True, "go_on")
    assert len(await _notices(life, CAME)) == 1


async def test_nobody_is_told_of_a_crew_that_was_not_called_off(life: Life) -> None:
    """The desk was told nothing else; and a hold that is no complaint has none."""
    await checked_in(life)
    await life.accepted("complaint_filed", **FILED)
    assert await _notices(life, CAME) == []


async def test_check_in_that_is_sent_again_is_answered_for_now(life: Life) -> None:
    """The first answer was lost on its way, and a hold has come."""
    await at_the_hour(life)
    body = life.check_in(await life.status(), event_id="lost")
    assert (await life.deliver("visit_checked_in", **body))["instruction"] == "go_on"
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    assert (await life.deliver("visit_checked_in", **body))["instruction"] == "stand_down"
