"""What people say by themselves comes on record, from whichever of their loans it is sent."""

from typing import Any

import pytest

from database.sql import Pool
from tests.support.recorder import LOAN, NOW, Recorder
from tests.support.world import Loan, OpenCase


@pytest.fixture
async def tell(pool: Pool, open_case: OpenCase) -> Recorder:
    """Events of a case."""
    return Recorder(pool, await open_case(LOAN))


async def test_text_of_a_reply_need_not_stand_in_the_event(tell: Recorder) -> None:
    """What a person wrote is kept for people, and is in no history."""
    verdict = await tell("reply_received", reply_id="R-1")
    assert "LC-RECORD" in str(verdict.reason)  # it may come again once the text is there
    await tell.pool.execute(
        "INSERT INTO replies VALUES ('R-1', 'B-1-p1', '请明天再打', $1, NULL, NULL)", NOW
    )
    await tell.accepted("reply_received", reply_id="R-1")
    [reply] = await tell.rows("SELECT read_as, read_at FROM replies")
    assert (reply["read_as"], reply["read_at"]) == ("for_people", NOW)
    [phone, _] = await tell.rows("SELECT status FROM phones ORDER BY phone_id")
    assert phone["status"] == "usable"
    verdict = await tell("reply_received", reply_id="R-1")
    assert "was read before" in str(verdict.reason)


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("phone_reported", {"status": "wrong_person"}),
        ("phone_confirmed", {"by": "app"}),
        ("reply_received", {"reply_id": "R-1", "text": "N"}),
        ("call_received", {"call_id": "I-1"}),
    ],
)
async def test_number_of_another_borrower_is_refused(
    tell: Recorder, open_case: OpenCase, name: str, body: dict[str, Any]
) -> None:
    """It would silence somebody who has said nothing."""
    await open_case(Loan(loan_id="L-9", borrower_id="B-9"))
    verdict = await tell(name, phone_id="B-9-p1", **body)
    assert not verdict.accepted
    assert "not of this borrower" in str(verdict.reason)


@pytest.mark.parametrize(
    ("says", "until", "reason"),
    [
        ("disputes", None, "dispute"),
        ("cannot_pay", None, "hardship"),
        ("call_later", "2026-03-01T18:00:00+08:00", "call_later"),
    ],
)
async def test_what_the_borrower_says_is_a_hold(
    tell: Recorder, says: str, until: str | None, reason: str
) -> None:
    """It ends as any other does."""
    await tell.accepted("borrower_said", event_id="said-1", says=says, until=until)
    [hold] = await tell.rows("SELECT hold_id, reason, until FROM holds")
    assert (hold["hold_id"], hold["reason"]) == ("said:said-1", reason)
    assert (hold["until"] is None) == (until is None)
    await tell.accepted("hold_released", hold_id="said:said-1")


async def test_conversation_is_on_record_once(tell: Recorder) -> None:
    """With its recording, and from a number that nobody may know."""
    await tell.accepted("call_received", call_id="I-1", duration_s=60, recording_id="R-1")
    verdict = await tell("call_received", call_id="I-1")
    assert "is on record" in str(verdict.reason)
    [held] = await tell.rows("SELECT borrower_id, phone_id, recording_id FROM conversations")
    assert held == {"borrower_id": "B-1", "phone_id": None, "recording_id": "R-1"}


async def test_stranger_under_one_loan_is_one_under_the_other(
    tell: Recorder, open_case: OpenCase
) -> None:
    """Numbers are the borrower's, not the loan's."""
    other = await open_case(Loan(loan_id="L-2"))
    await Recorder(tell.pool, other).accepted("phone_reported", phone_id="B-1-p1", status="invalid")
    [phone, _] = await tell.rows("SELECT status, status_at FROM phones ORDER BY phone_id")
    assert (phone["status"], phone["status_at"]) == ("invalid", NOW)


async def test_second_entry_of_a_number_that_wants_no_contact_is_refused_too(
    tell: Recorder,
) -> None:
    """Whatever a later tape calls it."""
    await tell.accepted("phone_reported", phone_id="B-1-p1", status="refused")
    await tell.pool.execute(
        "INSERT INTO phones (phone_id, borrower_id, number)"
        " SELECT 'again', borrower_id, number FROM phones WHERE phone_id = 'B-1-p1'"
    )
    [phone] = await tell.rows("SELECT status FROM phones WHERE phone_id = 'again'")
    assert phone["status"] == "refused"


async def test_wish_that_places_no_hold_is_refused(record: Recorder) -> None:
    """Another hold has its name, and has ended: nobody is told that they are left in peace."""
    await record.accepted("hold_placed", hold_id="said:x", reason="dispute")
    await record.accepted("hold_released", hold_id="said:x")
    verdict = await record("borrower_said", event_id="x", says="cannot_pay")
    assert verdict.reason == "LC-RECORD: event_id: a hold named said:x was placed before"
