"""A hold or a complaint in any stage: nobody is contacted, then the case goes on where it was."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import STAGES, StartLife, start_in
from tests.support.lives.parts import due_of
from tests.support.world import Loan

# A visit has had its time to be reported by then, and is over.
AFTER_HOLD = {Stage.PREPARATION: Stage.APPOINTMENT, Stage.VISIT: Stage.EARLY_CONTACT}


@pytest.mark.parametrize("stage", STAGES)
async def test_hold_pauses_any_stage(start_life: StartLife, stage: Stage) -> None:
    """Nobody is contacted while it lasts; then the case goes on where it was, without a burst."""
    life = await start_in(start_life, stage)
    held = timedelta(days=4)  # longer than an agreement is open, shorter than to its first part
    # What the stage begins with has been sent: the legal notice at the case's own moment.
    await life.skip(timedelta(hours=9 if stage is Stage.LEGAL_REVIEW else 2))
    before = await life.status()
    contacts = await life.contacts()

    status = await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    assert (status["waiting_for"], status["holds"][0]["reason"]) == ("hold_released", "hardship")
    await life.skip(held)
    assert await life.contacts() == contacts
    assert await life.booked_crew() == (2 if before["visit"].get("checked_in") else 0)

    status = await life.accepted("hold_released", hold_id="H-1")
    assert status["stage"] == AFTER_HOLD.get(stage, stage)
    await life.skip(timedelta(days=1))
    # Of an appointment that is yet to come they hear that it is off, before they hear of the next.
    most = 2 if status["stage"] == Stage.APPOINTMENT else 1
    assert len(await life.contacts()) <= len(contacts) + most
    if stage in (Stage.APPLICATION, Stage.PLAN, Stage.AGREEMENT, Stage.LEGAL_REVIEW):
        moved = _next_at(await life.status()) - _next_at(before)
        assert timedelta(0) <= moved - held < timedelta(minutes=1)
    if status["stage"] == Stage.APPOINTMENT:  # goes on with another proposal
        slot = await life.proposed()
        assert slot["slot_id"].endswith("slot-2")


def _next_at(status: dict[str, dict[str, str]]) -> datetime:
    return datetime.fromisoformat(status["next_action"]["at"])


async def test_hold_with_an_end_date_ends_by_itself(start_life: StartLife) -> None:
    """Without a release, contact goes on the day after `until`."""
    life = await start_life(5)
    until = life.loan.at_days_past_due(28)
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute", until=until.isoformat())
    await life.skip_to(until + timedelta(minutes=1))
    assert await life.contacts() == []
    await life.skip_to(life.loan.at_days_past_due(31))
    assert await life.contacts() == ["overdue_notice"]  # of day 30; 7, 15 and 20 are skipped
    assert (await life.status())["holds"] == []


async def test_hold_whose_end_has_passed_is_refused(start_life: StartLife) -> None:
    """It would protect nobody: who sent it hears so, and the case goes on."""
    life = await start_life(5)
    until = life.loan.at_days_past_due(4).isoformat()
    await life.refused("hold_placed", "LC-TIME", hold_id="H-1", reason="dispute", until=until)
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]


async def test_message_of_a_stage_is_not_lost_to_a_hold_in_the_night(
    start_life: StartLife,
) -> None:
    """Signed at night, held at once and released: the borrower is still told how to pay."""
    life = await start_in(start_life, Stage.AGREEMENT)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23))
    await life.sign()
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute")
    await life.skip(timedelta(hours=1))
    await life.accepted("hold_released", hold_id="H-1")
    await life.skip(timedelta(days=1))
    assert (await life.contacts()).count("how_to_pay") == 1


async def test_payment_during_a_hold_ends_the_case(start_life: StartLife) -> None:
    """A paid case does not wait for its hold; the notice is not sent against the hold."""
    life = await start_life(5)
    await life.accepted("hold_placed", hold_id="H-1", reason="insolvency")
    await life.pay()
    assert await life.outcome() == "cured"
    assert await life.contacts() == []
    assert await life.value("SELECT rule_id FROM contact_refusals") == "LC-HOLD"


async def test_complaints_stop_contact_until_each_is_resolved(start_life: StartLife) -> None:
    """Each has a deadline and a handler of its own; the last one resolved ends the silence."""
    life = await start_life(5)
    await life.accepted("complaint_filed", complaint_id="C-1", about="too many calls")
    await life.skip(timedelta(days=1))
    await life.accepted("complaint_filed", complaint_id="C-2", about="rude")
    await life.skip(timedelta(days=3))
    notices = await life.fetch(
        "SELECT kind FROM staff_notices WHERE audience = 'complaint_desk' ORDER BY created_at"
    )
    assert len(notices) == 2
    dues = await life.fetch("SELECT answer_due_at - filed_at AS days FROM complaints")
    assert {round(due["days"] / timedelta(days=1), 3) for due in dues} == {15}

    status = await life.accepted(
        "complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1"
    )
    assert status["waiting_for"] == "hold_released"
    await life.skip_to(life.loan.at_days_past_due(14))
    assert await life.contacts() == []
    status = await life.accepted(
        "complaint_resolved", complaint_id="C-2", upheld=True, handler_id="H-1"
    )
    assert status["waiting_for"] == "next_contact"
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_call"]


async def test_hold_that_was_slept_through_gives_its_grace(start_life: StartLife) -> None:
    """It stood on another loan and ended before this case looked: the part is not missed."""
    life = await start_life(92, tried=True)
    today = life.loan.on(await life.now())
    other = await start_life(5, Loan("L-2", first_due_on=today - timedelta(days=5)))
    status = await life.drive_to(Stage.REPAYMENT)
    due_on = due_of(status, 2)
    await life.skip_to(life.loan.local(due_on + timedelta(days=3)))
    await other.accepted("hold_placed", hold_id="H-1", reason="bereavement")
    await life.skip_to(life.loan.local(due_on + timedelta(days=6), 1))
    await other.accepted("hold_released", hold_id="H-1")
    await life.skip_to(life.loan.local(due_on + timedelta(days=10)))
    assert (await life.status())["broken_plans"] == 0
    await life.skip_to(life.loan.local(due_on + timedelta(days=12)))
    assert (await life.status())["broken_plans"] == 1
