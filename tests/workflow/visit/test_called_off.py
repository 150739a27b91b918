"""Appointments that the lender calls off, and how a borrower checks who comes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError

from domain.case.state import Stage
from temporal.names import TASK_QUEUE, VISITOR_CHECK
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life


async def _called_off(life: Life) -> list[str]:
    """What the borrower was told of appointments that are off."""
    rows = await life.fetch(
        "SELECT o.text FROM contact_attempts a"
        " JOIN simulated_outbox o ON o.reference = a.attempt_id"
        " WHERE a.template = 'visit_called_off' ORDER BY a.reserved_at"
    )
    return [row["text"] for row in rows]


def _local(life: Life, slot: Json) -> str:
    start = datetime.fromisoformat(slot["start"])
    return f"{start.astimezone(life.loan.at_days_past_due(0).tzinfo):%Y-%m-%d %H:%M}"


async def test_withdrawn_appointments_use_up_no_round(life: Life) -> None:
    """The crew is free, the borrower is told each time; their three proposals are still made."""
    await life.drive_to(Stage.APPOINTMENT)
    slots = []
    for _ in range(4):
        slot = await life.proposed()
        slots.append(slot)
        await life.refused("appointment_withdrawn", "LC-APPOINTMENT", slot_id="another")
        await life.accepted("appointment_withdrawn", slot_id=slot["slot_id"], reason="ill")
        await life.refused("appointment_withdrawn", "LC-APPOINTMENT", slot_id=slot["slot_id"])
    status = await life.skip_until(lambda status: bool(status["visit"].get("notice_sent")))
    assert (status["visit"]["rounds"], status["visit"]["withdrawals"]) == (1, 4)
    assert await life.booked_crew() == 2
    texts = await _called_off(life)
    assert len(texts) == len({slot["slot_id"] for slot in slots}) == 4
    for text, slot in zip(texts, slots, strict=True):
        assert _local(life, slot) in text
    reasons = await life.fetch(
        "SELECT body FROM staff_notices WHERE kind = 'appointment_called_off'"
    )
    assert len(reasons) == 4
    assert all("withdrawn by the lender" in row["body"] for row in reasons)


async def test_confirmed_appointment_is_withdrawn(life: Life) -> None:
    """Before the crew departs: another time is proposed, and the visit can still take place."""
    status = await life.drive_to(Stage.PREPARATION)
    slot = status["visit"]["slot"]
    status = await life.accepted("appointment_withdrawn", slot_id=slot["slot_id"])
    assert status["stage"] == Stage.APPOINTMENT
    await life.confirm()
    assert (await life.status())["visit"]["slot"]["slot_id"] != slot["slot_id"]
    assert [_local(life, slot) in text for text in await _called_off(life)] == [True]
    await life.skip_to_stage(Stage.VISIT)
    await life.refused("appointment_withdrawn", "LC-STAGE", slot_id=slot["slot_id"])


async def test_slot_nobody_was_told_of_is_withdrawn_in_silence(life: Life) -> None:
    """There is nothing to take back."""
    await life.drive_to(Stage.APPROVAL)
    night = life.loan.local(life.loan.on(await life.now()), 21)
    await life.skip_to(night)  # the notice waits for the morning
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    status = await life.skip_until(lambda status: bool(status["visit"].get("slot")))
    assert not status["visit"]["notice_sent"]
    await life.accepted("appointment_withdrawn", slot_id=status["visit"]["slot"]["slot_id"])
    await life.proposed()
    assert await _called_off(life) == []


async def test_borrower_who_declines_is_not_told(life: Life) -> None:
    """They said so themselves."""
    await life.drive_to(Stage.APPOINTMENT)
    slot = await life.proposed()
    await life.accepted("appointment_declined", slot_id=slot["slot_id"])
    await life.proposed()
    assert await _called_off(life) == []


async def test_proposal_without_an_answer_is_taken_back_aloud(life: Life) -> None:
    """Each of the three, also the last one."""
    await life.drive_to(Stage.APPOINTMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert len(await _called_off(life)) == 3


@pytest.mark.parametrize("is_complaint", [True, False], ids=["complaint", "hold"])
async def test_hold_calls_off_in_silence(life: Life, *, is_complaint: bool) -> None:
    """Who complained hears of it with the answer; others are told once the hold is over."""
    status = await life.drive_to(Stage.PREPARATION)
    if is_complaint:
        await life.accepted("complaint_filed", complaint_id="C-1", about="tone")
    else:
        await life.accepted("hold_placed", hold_id="H-1", reason="dispute")
    assert (await life.status())["visit"]["slot"] is None
    await life.skip(timedelta(days=1))
    assert await _called_off(life) == []
    if is_complaint:
        await life.accepted(
            "complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1"
        )
    else:
        await life.accepted("hold_released", hold_id="H-1")
    assert (await life.proposed())["slot_id"] != status["visit"]["slot"]["slot_id"]
    assert len(await _called_off(life)) == (0 if is_complaint else 1)


# Visitor checks


async def _ask(life: Life, number: int, *question: object) -> Any:
    with life.env.auto_time_skipping_disabled():
        return await life.env.client.execute_workflow(
            VISITOR_CHECK,
            args=question,
            id=f"visitor-check-{life.loan.loan_id}-{number}",
            task_queue=TASK_QUEUE,
            execution_timeout=timedelta(minutes=1),
        )


async def test_borrower_checks_who_comes(life: Life) -> None:
    """Before the visit, during it, and when it has been called off."""
    status = await life.drive_to(Stage.PREPARATION)
    question = {
        "visit_code": await life.value("SELECT visit_code FROM visits"),
        "badge_id": status["visit"]["slot"]["badge_ids"][0],
        "caller": "hotline-1",
    }
    later = await _ask(life, 1, question)
    assert later == {"answer": "expected_later", "retry_at": None}
    stranger = await _ask(life, 2, question | {"badge_id": "C-99"})
    assert stranger == {"answer": "not_ours", "retry_at": None}
    await life.skip_to(datetime.fromisoformat(status["visit"]["slot"]["start"]))
    assert (await _ask(life, 3, question))["answer"] == "expected_now"
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute")
    assert (await _ask(life, 4, question))["answer"] == "called_off"
    assert await life.value("SELECT count(*) FROM visitor_checks") == 4


async def test_question_of_any_shape_is_answered_or_refused(life: Life) -> None:
    """By its field, at once; nothing is left running, nothing on record."""
    question = {"visit_code": "000000", "badge_id": "C-1", "caller": "hotline-1"}
    shapes: list[tuple[object, ...]] = [
        (),
        (None,),
        (7,),
        ([question],),
        ({"visit_code": 1},),
        (question | {"caller": "+86 000 0000 0001"},),
    ]
    for number, shape in enumerate(shapes):
        with pytest.raises(WorkflowFailureError) as failed:
            await _ask(life, number, *shape)
        assert isinstance(failed.value.cause, ApplicationError)
        assert failed.value.cause.type == "BadQuestion"
    with pytest.raises(WorkflowFailureError):
        await _ask(life, 90, question, question)
    assert await life.value("SELECT count(*) FROM visitor_checks") == 0
