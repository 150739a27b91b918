"""What is called off at an awkward moment: who waits for it hears in time, and nobody else."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as
from tests.support.lives.points import checked_in, confirmed, crew_is_told, start_of_slot


async def test_payment_of_the_night_that_bounces_before_its_notice(life: Life) -> None:
    """The closing notice would have said that nobody comes: now it is said by itself."""
    await confirmed(life)
    slot = start_of_slot(await life.status())
    await life.skip_to(life.loan.local(life.loan.on(slot - timedelta(days=1)), 22, 30))
    await life.pay(payment_id="BOUNCES")
    await life.accepted("payment_reversed", payment_id="BOUNCES")
    await life.skip_to(slot)
    [told] = await sent_as(life, "visit_called_off")
    assert told["sent_at"] < slot
    assert "paid_notice" not in await life.contacts()


async def test_complaint_desk_hears_what_an_earlier_hold_has_called_off(life: Life) -> None:
    """The borrower was to hear of it after that hold, and now the complaint keeps them in peace."""
    await confirmed(life)
    await life.accepted("borrower_said", says="disputes")
    await life.accepted("complaint_filed", complaint_id="C-1", about="the visit")
    told = "SELECT body->>'visit_called_off' FROM staff_notices WHERE kind = 'complaint_to_answer'"
    await life.skip(timedelta(hours=1))
    assert await life.value(told) == "true"


async def test_who_has_the_crew_inside_is_not_told_that_nobody_comes(life: Life) -> None:
    """The lender takes the loan back in the middle of the visit."""
    await checked_in(life)
    await life.accepted("case_closed", outcome="written_off", reason="policy")
    assert await life.outcome() == "written_off"
    assert not await sent_as(life, "visit_called_off")


@pytest.mark.parametrize("who", ["borrower", "lender"])
async def test_no_is_heeded_while_the_reminder_waits(life: Life, who: str) -> None:
    """For the hours that the borrower has asked for: the crew does not wait for them, too."""
    await confirmed(life)
    hours = [{"start": "20:00", "end": "21:00"}]
    await life.accepted("contact_preferences_changed", agreed_hours=hours)
    status = await life.skip_until(
        lambda status: status["next_action"]["what"] == "visit_reminder by sms"
    )
    slot_id = status["visit"]["slot"]["slot_id"]
    if who == "borrower":
        await life.accepted("appointment_declined", slot_id=slot_id)
        await crew_is_told(life, slot_id, "declined by the borrower")
    else:
        await life.accepted("appointment_withdrawn", slot_id=slot_id, reason="ill")
        await crew_is_told(life, slot_id, "withdrawn by the lender")
    assert (await life.status())["stage"] == Stage.APPOINTMENT
    assert "visit_reminder" not in await life.contacts()
