"""What an accepted event changes on the record, and what the record itself refuses."""

import json
from datetime import datetime

import pytest

from tests.support.recorder import NOW, PAYMENT, Recorder
from tests.support.world import INSTALMENT

COMPLAINT = {"complaint_id": "C-1", "about": "too many calls"}


async def test_payment_known_from_the_ledger_is_only_a_knock(record: Recorder) -> None:
    """The ledger wrote it itself: accepted, counted once; with another amount it is refused."""
    await record.pool.execute(
        "INSERT INTO payments VALUES ('P-1', 'L-1', 1000, 'payment', $1, $1, NULL, 'ledger')", NOW
    )
    await record.accepted("payment_received", **PAYMENT)
    verdict = await record("payment_received", payment_id="P-1", amount_minor=999)
    assert verdict.reason == "LC-RECORD: payment_id: known with another amount"


async def test_reversal_takes_the_payment_back_once(record: Recorder) -> None:
    """Unknown, foreign and reversed payments cannot be reversed; the arrears are back."""
    await record.accepted("payment_received", payment_id="P", amount_minor=INSTALMENT)
    verdict = await record.accepted("payment_reversed", payment_id="P")
    assert verdict.facts is not None
    assert verdict.facts.arrears_minor == 2 * INSTALMENT
    for payment_id in ("P", "unknown"):
        verdict = await record("payment_reversed", payment_id=payment_id)
        assert not verdict.accepted
    again = await record("payment_received", payment_id="P", amount_minor=INSTALMENT)
    assert again.reason == "LC-RECORD: payment_id: this payment was reversed"


async def test_complaint_holds_until_it_is_resolved(record: Recorder) -> None:
    """Its hold comes and goes with it."""
    verdict = await record.accepted("complaint_filed", due_at=NOW, **COMPLAINT)
    assert verdict.facts is not None
    assert [hold.reason for hold in verdict.facts.holds] == ["complaint"]
    assert not (await record("complaint_filed", due_at=NOW, **COMPLAINT)).accepted
    verdict = await record.accepted(
        "complaint_resolved", complaint_id="C-1", upheld=True, handler_id="H-1"
    )
    assert verdict.facts is not None
    assert not verdict.facts.holds
    assert not (
        await record("complaint_resolved", complaint_id="C-1", upheld=True, handler_id="H-1")
    ).accepted
    assert not (
        await record("complaint_resolved", complaint_id="unknown", upheld=True, handler_id="H-1")
    ).accepted


async def test_contact_person_who_refuses_is_left_alone_for_good(record: Recorder) -> None:
    """Under every entry of the number; the borrower's own refusal is an answer like any other."""
    await record.pool.execute(
        "INSERT INTO phones (phone_id, borrower_id, number, relation) VALUES"
        " ('q1', 'B-1', '+86 1', 'contact_person'), ('q2', 'B-1', '+86 1', 'contact_person'),"
        " ('q3', 'B-1', '+86 2', 'contact_person')"
    )
    await record.pool.execute(
        "INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id,"
        " phone_id, channel, template, purpose, reserved_at, sent_at, status, policy_version)"
        " SELECT 'A-' || phone_id, phone_id, case_id, 'L-1', 'B-1', phone_id, 'call',"
        " 'locate_call', 'locate', $1, $1, 'sent', policy_version"
        " FROM collection_cases, phones WHERE phone_id IN ('q1', 'q2', 'B-1-p1')",
        NOW,
    )
    for phone_id, outcome in (("q1", "refused"), ("B-1-p1", "refused"), ("q2", "invalid_number")):
        await record.accepted("call_finished", attempt_id=f"A-{phone_id}", outcome=outcome)
    phones = await record.rows("SELECT phone_id, status FROM phones ORDER BY phone_id")
    statuses = {phone["phone_id"]: phone["status"] for phone in phones}
    assert statuses == {
        "B-1-p1": "usable",
        "B-1-p2": "usable",
        "q1": "refused",
        "q2": "refused",
        "q3": "usable",
    }


async def test_preferences_are_all_or_nothing(record: Recorder) -> None:
    """One unknown number refuses the event, and nothing of it has taken effect."""
    hours = [{"start": "18:00", "end": "20:00", "until": NOW.isoformat()}]
    await record.accepted(
        "contact_preferences_changed",
        blocked_channels=["call"],
        blocked_phone_ids=["B-1-p2"],
        agreed_hours=hours,
    )
    verdict = await record(
        "contact_preferences_changed", blocked_phone_ids=["B-1-p1", "somebody-else"]
    )
    assert verdict.reason == "LC-RECORD: blocked_phone_ids: not this borrower's: somebody-else"
    [person] = await record.rows("SELECT * FROM borrowers")
    assert person["blocked_channels"] == ["call"]
    [agreed] = json.loads(person["agreed_hours"])
    assert agreed["start"] == "18:00:00"
    assert datetime.fromisoformat(agreed["until"]) == NOW
    blocked = await record.rows("SELECT phone_id FROM phones WHERE blocked_at IS NOT NULL")
    assert blocked == [{"phone_id": "B-1-p2"}]


async def test_wish_that_is_not_given_stays(record: Recorder) -> None:
    """A borrower who names their hours has not taken back the number they had blocked."""
    await record.accepted(
        "contact_preferences_changed", blocked_channels=["call"], blocked_phone_ids=["B-1-p2"]
    )
    await record.accepted(
        "contact_preferences_changed", agreed_hours=[{"start": "18:00", "end": "20:00"}]
    )
    [person] = await record.rows("SELECT * FROM borrowers")
    assert person["blocked_channels"] == ["call"]
    assert len(json.loads(person["agreed_hours"])) == 1
    assert await record.rows("SELECT 1 FROM phones WHERE blocked_at IS NOT NULL")
    await record.accepted("contact_preferences_changed", blocked_phone_ids=[], agreed_hours=[])
    [person] = await record.rows("SELECT * FROM borrowers")
    assert (person["blocked_channels"], person["agreed_hours"]) == (["call"], "[]")
    assert not await record.rows("SELECT 1 FROM phones WHERE blocked_at IS NOT NULL")


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("connected", "usable"), ("invalid_number", "invalid"), ("wrong_person", "wrong_person")],
)
async def test_call_outcome_marks_the_number(record: Recorder, outcome: str, status: str) -> None:
    """A number that is not the borrower's is not used again; an outcome is taken once."""
    await record.pool.execute(
        "INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id,"
        " phone_id, channel, template, purpose, reserved_at, sent_at, status, policy_version)"
        " SELECT 'A-1', 'k', case_id, loan_id, 'B-1', 'B-1-p1', 'call', 'overdue_call',"
        " 'collection', $1, $1, 'sent', policy_version FROM collection_cases",
        NOW,
    )
    await record.accepted("call_finished", attempt_id="A-1", outcome=outcome, duration_s=30)
    for attempt_id in ("A-1", "unknown"):
        assert not (await record("call_finished", attempt_id=attempt_id, outcome="busy")).accepted
    [phone] = await record.rows("SELECT status FROM phones WHERE phone_id = 'B-1-p1'")
    assert phone["status"] == status


async def test_unknown_policy_is_not_adopted(record: Recorder) -> None:
    """Only a stored version can be pinned."""
    verdict = await record("policy_adopted", policy_version="cn-none")
    assert verdict.reason == "LC-RECORD: policy_version: no such policy is stored"


@pytest.mark.parametrize("asked", [{"filming_consent": False}, {}], ids=["refused", "not asked"])
async def test_way_of_a_visit_is_on_record(record: Recorder, asked: dict[str, bool]) -> None:
    """Each event leaves its time and its people in the visit's row, and what was answered there."""
    visit_id = await record.visit()
    await record.accepted("appointment_confirmed", visit_id=visit_id, slot_id="S-1")
    await record.accepted(
        "visit_checked_in",
        visit_id=visit_id,
        badge_ids=["C-1", "C-2"],
        identity_verified=True,
        entry_consent=False,
        recording_id="R-1",
        **asked,
    )
    await record.accepted("visit_reported", visit_id=visit_id, outcome="wrong_address")
    [visit] = await record.rows("SELECT * FROM visits")
    assert (visit["status"], visit["applicant_id"], visit["approver_id"]) == (
        "checked_in",
        "K-1",
        "A-1",
    )
    assert (visit["entry_consent"], visit["outcome"]) == (False, "wrong_address")
    assert visit["filming_consent"] == asked.get("filming_consent")
    [came] = await record.rows("SELECT body FROM case_events WHERE name = 'visit_checked_in'")
    assert ("filming_consent" in json.loads(came["body"])) == bool(asked)
    assert len(visit["visit_code"]) == 6
    assert await record.rows("SELECT status FROM addresses") == [{"status": "wrong"}]


async def test_waiver_is_no_payment_that_bounces(record: Recorder) -> None:
    """What a plan has waived ends with its plan alone."""
    await record.pool.execute(
        "INSERT INTO payments VALUES ('G:waiver', 'L-1', 5, 'waiver', $1, $1, NULL, 'x')", NOW
    )
    verdict = await record("payment_reversed", payment_id="G:waiver")
    assert verdict.reason == "LC-RECORD: payment_id: a waiver, which ends with its plan alone"
