"""The record of events: effects exactly once, refusals with a reason."""

import asyncio
from datetime import timedelta

import pytest

from tests.support.recorder import LOAN, NOW, PAYMENT, Recorder
from tests.support.world import INSTALMENT


def refused_for(fields: str) -> str:
    """What the sender of another event under a used id is told."""
    return (
        f"LC-RECORD: event_id: was used before, with another {fields};"
        " another event needs an id of its own"
    )


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
    said_at = NOW + timedelta(minutes=5)
    again = await record("payment_received", event_id="e", said_at=said_at, **PAYMENT)
    assert (again.accepted, again.repeated) == (True, True)
    assert len(await record.rows("SELECT * FROM payments")) == 1

    adopted = {"event_id": "f", "policy_version": "unknown"}
    first = await record("policy_adopted", **adopted)
    refused = await record("policy_adopted", **adopted)
    assert (refused.accepted, refused.repeated) == (False, True)
    assert refused.reason == first.reason
    assert len(await record.rows("SELECT * FROM case_events")) == 2


@pytest.mark.parametrize(
    ("name", "body", "differs"),
    [
        ("payment_received", PAYMENT | {"amount_minor": 2000}, "amount_minor"),
        ("payment_received", {"payment_id": "P-2", "amount_minor": 5}, "payment_id, amount_minor"),
        ("payment_reversed", {"payment_id": "P-1"}, "name"),
    ],
)
async def test_another_event_under_an_id_is_refused(
    record: Recorder, name: str, body: dict[str, object], differs: str
) -> None:
    """Nothing of it is on record, and its sender does not hear that it was accepted."""
    await record.accepted("payment_received", event_id="e", **PAYMENT)
    other = await record(name, event_id="e", **body)
    assert (other.accepted, other.repeated) == (False, True)
    assert other.reason == refused_for(differs)
    assert len(await record.rows("SELECT * FROM case_events")) == 1


@pytest.mark.parametrize("zone", ["+08:00", "+00:00"])
async def test_same_moment_in_another_zone_is_the_same_event(record: Recorder, zone: str) -> None:
    """However it is written."""
    hour = "20" if zone == "+08:00" else "12"
    hold = {"event_id": "e", "hold_id": "H", "reason": "dispute"}
    await record.accepted("hold_placed", **hold, until="2027-01-01T20:00:00+08:00")
    again = await record("hold_placed", **hold, until=f"2027-01-01T{hour}:00:00{zone}")
    assert again.accepted
    more = await record("hold_placed", **hold)
    assert more.reason == refused_for("until")


async def test_what_is_written_only_where_it_is_said_is_compared(record: Recorder) -> None:
    """A second report that knows who answered is another one."""
    await record.accepted("call_received", event_id="e", call_id="K", phone_id="B-1-p1")
    other = await record(
        "call_received", event_id="e", call_id="K", phone_id="B-1-p1", identity_confirmed=True
    )
    assert other.reason == refused_for("identity_confirmed")


async def test_what_was_erased_since_is_the_same_again(record: Recorder) -> None:
    """Nobody can tell any more what it said."""
    await record.accepted("payment_received", event_id="e", **PAYMENT)
    erased = "UPDATE case_events SET body = body - 'payment_id'"
    await record.pool.execute(f"ALTER TABLE case_events DISABLE TRIGGER USER; {erased}")
    again = await record("payment_received", event_id="e", **PAYMENT | {"payment_id": "P-2"})
    assert (again.accepted, again.repeated) == (True, True)


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
