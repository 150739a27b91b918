"""A recording that was missing when a call was reported can be brought later, by the same event."""

import pytest

from database.audit import Audit
from tests.support.recorder import NOW, Recorder

CALL = {"attempt_id": "A-1", "outcome": "connected", "duration_s": 60, "identity_confirmed": True}
TALK = {"call_id": "K-1", "phone_id": "B-1-p1", "duration_s": 60, "identity_confirmed": True}
OF_CALL = "SELECT outcome, duration_s, recording_id FROM contact_attempts"
OF_TALK = "SELECT duration_s, recording_id FROM conversations"


@pytest.fixture
async def called(record: Recorder) -> Recorder:
    """A call of the case that waits for its outcome."""
    await record.pool.execute(
        "INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id,"
        " phone_id, channel, template, purpose, reserved_at, sent_at, status, policy_version)"
        " SELECT 'A-1', 'A-1', case_id, 'L-1', 'B-1', 'B-1-p1', 'call', 'overdue_call',"
        " 'collection', $1, $1, 'sent', policy_version FROM collection_cases",
        NOW,
    )
    return record


async def _without_recording(record: Recorder) -> list[str]:
    found = await Audit(record.pool).broken(NOW)
    return [each.what for each in found if "recording" in each.what]


async def test_call_is_whole_once_its_recording_is_there(called: Recorder) -> None:
    """The audit misses it until then; what was said of the call stays."""
    await called.accepted("call_finished", **CALL)
    assert len(await _without_recording(called)) == 1
    await called.accepted("call_finished", **CALL | {"duration_s": 0, "recording_id": "R-1"})
    assert await called.rows(OF_CALL) == [
        {"outcome": "connected", "duration_s": 60, "recording_id": "R-1"}
    ]
    assert await _without_recording(called) == []


@pytest.mark.parametrize(
    "again", [{}, {"outcome": "refused", "recording_id": "R-1"}], ids=["nothing new", "other"]
)
async def test_nothing_else_is_said_of_a_call_again(
    called: Recorder, again: dict[str, object]
) -> None:
    """Neither the same without a recording, nor another outcome."""
    await called.accepted("call_finished", **CALL)
    assert not (await called("call_finished", **CALL | again)).accepted


async def test_recording_is_brought_once(called: Recorder) -> None:
    """Another one would take the place of what the complaint desk may have heard."""
    await called.accepted("call_finished", **CALL | {"recording_id": "R-1"})
    assert not (await called("call_finished", **CALL | {"recording_id": "R-2"})).accepted


async def test_conversation_is_whole_once_its_recording_is_there(record: Recorder) -> None:
    """Of a call that the borrower made."""
    await record.accepted("call_received", **TALK)
    assert not (await record("call_received", **TALK)).accepted
    await record.accepted("call_received", **TALK | {"duration_s": 0, "recording_id": "R-1"})
    assert await record.rows(OF_TALK) == [{"duration_s": 60, "recording_id": "R-1"}]
    assert not (await record("call_received", **TALK | {"recording_id": "R-2"})).accepted


@pytest.mark.parametrize("outcome", ["wrong_person", "connected"])
async def test_report_says_more_than_the_receipt_that_came_first(
    called: Recorder, outcome: str
) -> None:
    """A receipt knows only that somebody answered: who it was, the platform says, once."""
    await called.pool.execute(
        "UPDATE contact_attempts SET outcome = 'connected', outcome_at = $1", NOW
    )
    await called.accepted("call_finished", attempt_id="A-1", outcome=outcome)
    assert [row["outcome"] for row in await called.rows(OF_CALL)] == [outcome]
    assert not (await called("call_finished", attempt_id="A-1", outcome="no_answer")).accepted
    used = await called.rows("SELECT status FROM phones WHERE phone_id = 'B-1-p1'")
    assert used == [{"status": "wrong_person" if outcome == "wrong_person" else "usable"}]


async def test_report_of_a_call_of_the_last_case_counts(called: Recorder) -> None:
    """A platform reports at night; by then the loan may be overdue anew."""
    await called.pool.execute(
        "INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,"
        " closed_at, outcome, stage) SELECT 'L-1:0', loan_id, overdue_since - 31, policy_version,"
        " opened_at - interval '31 days', opened_at, 'cured', 'ended' FROM collection_cases;"
        " UPDATE contact_attempts SET case_id = 'L-1:0'"
    )
    await called.accepted("call_finished", attempt_id="A-1", outcome="wrong_person")
    [used] = await called.rows("SELECT status FROM phones WHERE phone_id = 'B-1-p1'")
    assert used["status"] == "wrong_person"
    assert not [each for each in await Audit(called.pool).broken(NOW) if each.guarantee == "G9"]
