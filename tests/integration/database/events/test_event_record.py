"""The record of events: effects exactly once, refusals with a reason."""

import asyncio

import pytest

from commands.command_line import CommandError
from commands.ops.send import require_one_meaning
from database.event_record import Events
from tests.support.recorder import LOAN, NOW, PAYMENT, Recorder
from tests.support.world import INSTALMENT, event


async def test_retried_write_answers_as_the_first(record: Recorder) -> None:
    """The same receipt is the same delivery: accepted, counted once, not called repeated."""
    verdicts = [
        await record("payment_received", receipt="r", event_id="e", **PAYMENT) for _ in range(3)
    ]
    assert [(verdict.accepted, verdict.repeated) for verdict in verdicts] == [(True, False)] * 3
    assert await record.rows("SELECT amount_minor FROM payments") == [{"amount_minor": 1000}]


async def test_repeated_event_counts_once(record: Recorder) -> None:
    """Another receipt for the same event id is a repetition, and is told the first answer."""
    await record.accepted("payment_received", event_id="e", **PAYMENT)
    again = await record("payment_received", event_id="e", payment_id="P-2", amount_minor=5)
    assert (again.accepted, again.repeated) == (True, True)
    assert len(await record.rows("SELECT * FROM payments")) == 1

    await record("policy_adopted", event_id="f", policy_version="unknown")
    refused = await record("payment_reversed", event_id="f", payment_id="P-1")
    assert (refused.accepted, refused.repeated) == (False, True)
    assert len(await record.rows("SELECT * FROM case_events")) == 2


async def test_two_tries_at_once_answer_alike(record: Recorder) -> None:
    """A retry that overtakes a slow first try waits for it and answers as it did."""
    verdicts = await asyncio.gather(
        *(record("payment_received", receipt="r", event_id="e", **PAYMENT) for _ in range(5))
    )
    assert [(verdict.accepted, verdict.repeated) for verdict in verdicts] == [(True, False)] * 5
    assert len(await record.rows("SELECT * FROM payments")) == 1


async def test_facts_follow_the_event(record: Recorder) -> None:
    """The answer says what is owed now."""
    verdict = await record.accepted("payment_received", payment_id="P", amount_minor=INSTALMENT)
    assert verdict.facts is not None
    assert verdict.facts.arrears_minor == INSTALMENT
    assert str(verdict.facts.overdue_since) == "2026-02-10"


async def test_contradiction_with_the_record_is_a_refusal(record: Recorder) -> None:
    """A constraint that says no becomes a reason, and never an endless retry."""
    visit_id = await record.visit()
    await record.pool.execute("UPDATE visits SET notice_sent_at = NULL")
    verdict = await record("appointment_confirmed", visit_id=visit_id, slot_id="S-1")
    assert not verdict.accepted
    assert verdict.reason is not None
    assert verdict.reason.startswith("LC-RECORD: contradicts the record (visits_")
    verdict = await record(
        "visit_requested",
        visit_id=visit_id,
        applicant="borrower",
        applicant_id="B-1",
        address_id=LOAN.address_id,
    )
    assert verdict.reason == "LC-RECORD: contradicts the record (visits_pkey)"


async def test_refused_event_has_no_effect(record: Recorder) -> None:
    """What the case's state refuses is written down with its reason, and nothing else changes."""
    verdict = await record("payment_received", refusal="LC-STAGE: not now", **PAYMENT)
    assert verdict.reason == "LC-STAGE: not now"
    assert not await record.rows("SELECT * FROM payments")
    [row] = await record.rows("SELECT accepted, reason, body FROM case_events")
    assert (row["accepted"], row["reason"]) == (False, "LC-STAGE: not now")
    assert "P-1" in row["body"]


async def test_another_event_under_an_id_is_told_from_the_same_again(record: Recorder) -> None:
    """Who sends by hand is told that nothing of it is taken, and what differs."""
    await record.accepted("payment_received", event_id="e", **PAYMENT)
    events, body = Events(record.pool), event(NOW, event_id="e", **PAYMENT)
    await require_one_meaning(events, LOAN.loan_id, {"name": "payment_received", **body})
    for name, changes, differs in (
        ("payment_received", {"amount_minor": 2000}, "amount_minor"),
        ("payment_reversed", {}, "name"),
    ):
        other = {"name": name, **body, **changes}
        if name == "payment_reversed":
            del other["amount_minor"]
        with pytest.raises(CommandError, match=rf"^event_id: e was taken .* another {differs};"):
            await require_one_meaning(events, LOAN.loan_id, other)
