"""A provider that is out until the hours end: nothing stays open, nothing is sent twice."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from database.sql import Pool
from domain.case.state import Stage
from domain.policy.contact import Channel
from gateways.protocol import Gateway
from tests.support.gateways import Fault, failing_gateways
from tests.support.lives.life import RIPE, StartLife
from tests.support.lives.time_skipping import MOMENT


@pytest.fixture
def gateways(pool: Pool, faults: set[Fault]) -> Mapping[Channel, Gateway]:
    """The simulated providers, behind lines that a test cuts."""
    return failing_gateways(pool, faults)


ATTEMPTS = "SELECT template, status, outcome FROM contact_attempts ORDER BY reserved_at"


async def test_step_that_no_provider_took_is_failed_and_missed(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """The attempt ends with its reason, the case says so, and the next step is made."""
    faults.add(Fault.BUSY)
    life = await start_life(1)
    await life.skip_to(life.loan.at_days_past_due(2, hour=8))
    [attempt] = await life.fetch(ATTEMPTS)
    assert (attempt["status"], attempt["outcome"]) == ("failed", "not reached in time")
    refusals = (await life.status())["last_refusals"]
    assert {"LC-PROVIDER", "LC-MISSED"} <= {each["rule_id"] for each in refusals}
    [missed] = await life.fetch("SELECT * FROM contact_refusals WHERE rule_id = 'LC-MISSED'")
    assert missed["reason"].startswith("no lawful moment before ")
    assert missed["facts"] != "{}"
    faults.clear()
    await life.skip_to(life.loan.at_days_past_due(4))
    assert await life.contacts() == ["overdue_notice", "overdue_call"]
    assert await life.value("SELECT count(*) FROM simulated_outbox") == 1


async def test_provider_without_an_answer_leaves_an_unknown(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """It took the message and never said so: counted, and never sent again."""
    faults.add(Fault.LOSES_ANSWERS)
    life = await start_life(1)
    await life.skip_to(life.loan.at_days_past_due(2, hour=8))
    [attempt] = await life.fetch(ATTEMPTS)
    assert attempt["status"] == "unknown"
    assert await life.value("SELECT count(*) FROM simulated_outbox") == 1


async def test_invitation_goes_out_in_the_next_window(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """What may wait until tomorrow is sent tomorrow, once, as an attempt of its own."""
    faults.add(Fault.BUSY)
    life = await start_life(92, tried=True)
    await life.skip_to_stage(Stage.APPLICATION)
    await life.skip_to(life.loan.at_days_past_due(93, hour=7))
    faults.clear()
    await life.skip_to(life.loan.at_days_past_due(94, hour=7))
    attempts = await life.fetch(ATTEMPTS)
    tries = [each["status"] for each in attempts if each["template"] == "visit_invitation"]
    assert tries == ["failed", "sent"]
    assert await life.value("SELECT count(*) FROM simulated_outbox") == 1


async def test_hold_between_two_windows_does_not_use_up_the_message(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """The stage is taken up again and finds its first try failed: it goes on with the next."""
    faults.add(Fault.BUSY)
    life = await start_life(92, tried=True)
    await life.skip_to_stage(Stage.APPLICATION)
    await life.skip_to(life.loan.at_days_past_due(93, hour=7))
    await life.accepted("hold_placed", hold_id="H", reason="dispute")
    await life.skip(timedelta(days=1))
    faults.clear()
    await life.accepted("hold_released", hold_id="H")
    await life.skip_to(life.loan.at_days_past_due(95, hour=20))
    attempts = await life.fetch(ATTEMPTS)
    tries = [each["status"] for each in attempts if each["template"] == "visit_invitation"]
    assert tries == ["failed", "sent"]


async def test_closing_notice_is_sent_once_after_an_outage(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """Busy today, sent tomorrow, and the case ends."""
    life = await start_life(5)
    faults.add(Fault.BUSY)
    await life.pay()
    await life.skip_to(life.loan.at_days_past_due(6, hour=7))
    faults.clear()
    assert await life.outcome() == "cured"
    attempts = await life.fetch(ATTEMPTS)
    assert [each["status"] for each in attempts] == ["failed", "sent"]


async def test_notice_that_may_have_been_read_is_taken_back(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """Nobody knows whether it went out: nobody can confirm it, and the borrower is told."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.APPROVAL)
    faults.add(Fault.LOSES_ANSWERS)
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    await life.skip(timedelta(days=1))
    faults.clear()
    slot = await life.proposed()
    attempts = await life.fetch(ATTEMPTS)
    told = [each["template"] for each in attempts if each["template"].startswith("visit_a")]
    assert told == ["visit_appointment", "visit_appointment"]
    assert "visit_called_off" in await life.contacts()
    await life.accepted("appointment_confirmed", slot_id=slot["slot_id"])


async def test_reminder_of_a_visit_is_not_sent_after_it(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """An outage that outlasts the reminder's time costs the reminder, not the visit."""
    life = await start_life(RIPE, tried=True)
    await life.drive_to(Stage.APPOINTMENT)
    slot = await life.proposed()
    day = life.loan.on(datetime.fromisoformat(slot["start"])) + timedelta(days=1)
    afternoon = life.loan.local(day, 16)
    await life.accepted(
        "appointment_declined",
        slot_id=slot["slot_id"],
        reason="at work",
        preferred_times=[afternoon.isoformat()],
    )
    await life.confirm()
    await life.skip_to(afternoon - timedelta(hours=30))
    faults.add(Fault.BUSY)
    await life.skip_to(afternoon + MOMENT)
    status = await life.status()
    assert status["stage"] == Stage.VISIT
    await life.accepted("visit_checked_in", **life.check_in(status))
    faults.clear()
    await life.skip(timedelta(hours=1))
    attempts = await life.fetch(ATTEMPTS)
    assert {each["status"] for each in attempts if each["template"] == "visit_reminder"} == {
        "failed"
    }
    assert "LC-MISSED" in {refusal["rule_id"] for refusal in status["last_refusals"]}


async def test_closing_notice_waits_for_hours_that_were_asked_for_in_an_outage(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """What a rule refuses at the retry is sent when the rule allows it, and once."""
    faults.add(Fault.BUSY)
    life = await start_life(5)
    await life.pay()
    await life.skip_to(life.loan.at_days_past_due(5, hour=13))
    await life.pool.execute(
        """UPDATE borrowers SET agreed_hours = '[{"start": "18:00", "end": "20:00"}]'"""
    )
    await life.skip(timedelta(minutes=10))
    faults.clear()
    assert await life.outcome() == "cured"
    attempts = await life.fetch(ATTEMPTS)
    assert [(each["template"], each["status"]) for each in attempts] == [
        ("paid_notice", "failed"),
        ("paid_notice", "sent"),
    ]
    assert await life.value("SELECT rule_id FROM contact_refusals") == "LC-PREFERENCE"


async def test_closing_notice_waits_for_the_end_of_a_complaint(start_life: StartLife) -> None:
    """Who pays while they complain is left in peace, and then hears that nothing is overdue."""
    life = await start_life(5)
    await life.accepted("complaint_filed", complaint_id="C-1", about="tone", handler_id="H-1")
    await life.pay()
    await life.skip(timedelta(days=1))
    assert await life.contacts() == []
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1")
    assert await life.outcome() == "cured"
    assert await life.contacts() == ["paid_notice"]
