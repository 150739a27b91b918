"""A crew that has come was not called off, has reported what it reported, and its visit counts."""

from datetime import timedelta

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.points import checked_in

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
