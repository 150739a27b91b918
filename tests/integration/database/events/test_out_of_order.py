"""Events that come early, late, in another order, or that contradict what is on record."""

from datetime import timedelta

import pytest

from commands.ops.why import tell
from database.audit import Audit
from database.case.story import read_story
from tests.support.recorder import LOAN, NOW, PAYMENT, Recorder
from tests.support.world import INSTALMENT, Loan, insert_loan

EARLIER = NOW - timedelta(days=8)
OF_LEDGER = (
    "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
    " VALUES ($1, $2, $3, $4, $4, 'ledger')"
)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("payment_reversed", {"payment_id": "P-1"}), ("payment_received", PAYMENT)),
        (
            ("hold_released", {"hold_id": "H"}),
            ("hold_placed", {"hold_id": "H", "reason": "hardship"}),
        ),
        (
            ("complaint_resolved", {"complaint_id": "C", "upheld": False, "handler_id": "H"}),
            ("complaint_filed", {"complaint_id": "C", "about": "x", "due_at": NOW}),
        ),
        (
            ("complaint_extended", {"complaint_id": "C", "approver_id": "A", "due_at": NOW}),
            ("complaint_filed", {"complaint_id": "C", "about": "x", "due_at": NOW}),
        ),
    ],
)
async def test_half_before_its_other_half_may_come_again_under_its_id(
    record: Recorder, first: tuple[str, dict[str, object]], second: tuple[str, dict[str, object]]
) -> None:
    """Refused for now, each time; judged for good once the other half is there."""
    for _ in range(2):
        early = await record(first[0], event_id="half", **first[1])
        assert (early.accepted, early.may_come_again, early.repeated) == (False, True, False)
        assert early.reason is not None
        assert early.reason.endswith("send it again, under its id, after that")
    story = await read_story(record.pool, LOAN.loan_id)
    assert story is not None
    [told] = {each for entry in story.entries[:1] for each in tell(entry, story) if "rule" in each}
    assert told.strip() == "refused by rule LC-RECORD; only for now"
    await record.accepted(second[0], **second[1])
    again = await record(first[0], event_id="half", **first[1])
    assert (again.may_come_again, again.repeated) == (False, False)
    assert again.accepted is (first[0] != "complaint_extended")  # that one comes too late by now
    last = await record(first[0], event_id="half", **first[1])
    assert (last.accepted, last.repeated) == (again.accepted, True)


async def test_retry_of_an_early_half_answers_as_the_first_try(record: Recorder) -> None:
    """Also when the other half has come between the two."""
    first = await record("payment_reversed", event_id="e", receipt="r", payment_id="P-1")
    await record.accepted("payment_received", **PAYMENT)
    retried = await record("payment_reversed", event_id="e", receipt="r", payment_id="P-1")
    assert (retried.accepted, retried.reason) == (False, first.reason)
    assert retried.may_come_again
    assert len(await record.rows("SELECT 1 FROM case_events WHERE event_id = 'e'")) == 1


@pytest.mark.parametrize("amount_minor", [1, 999, 1001])
async def test_reversal_of_a_part_is_refused(record: Recorder, amount_minor: int) -> None:
    """It would take back the whole; with the payment's amount, or none, it is taken."""
    await record.accepted("payment_received", **PAYMENT)
    part = await record("payment_reversed", payment_id="P-1", amount_minor=amount_minor)
    assert part.reason == (
        "LC-RECORD: amount_minor: the payment is one of 1000, and reversed as a whole"
    )
    await record.accepted("payment_reversed", **PAYMENT)


async def test_transfer_may_pay_several_loans_of_one_borrower(record: Recorder) -> None:
    """A row for each, each reversed by itself; the same of another borrower is a mistake."""
    await insert_loan(record.pool, Loan(loan_id="L-2"))
    await insert_loan(record.pool, Loan(loan_id="L-3", borrower_id="B-3"))
    await record.pool.execute(OF_LEDGER, "P-1", "L-2", 500, NOW)
    await record.accepted("payment_received", **PAYMENT)
    await record.accepted("payment_reversed", payment_id="P-1")
    rows = await record.rows("SELECT loan_id, reversed_at IS NULL AS counts FROM payments")
    assert {row["loan_id"]: row["counts"] for row in rows} == {"L-1": False, "L-2": True}
    await record.pool.execute(OF_LEDGER, "P-3", "L-3", 500, NOW)
    foreign = await record("payment_received", payment_id="P-3", amount_minor=500)
    assert foreign.reason == "LC-RECORD: payment_id: known of another borrower"


async def test_later_said_wish_binds_in_whatever_order_they_come(record: Recorder) -> None:
    """Field by field: of an older one counts what was not said again since."""
    name = "contact_preferences_changed"
    await record.accepted(name, blocked_channels=["sms", "visit"])
    older = await record(name, said_at=EARLIER, blocked_channels=[])
    assert older.reason is not None
    assert older.reason.startswith("LC-TIME: occurred_at: another wish was said later, at ")
    await record.accepted(
        name, said_at=EARLIER, blocked_channels=["call"], blocked_phone_ids=["B-1-p2"]
    )
    [wished] = await record.rows("SELECT blocked_channels FROM borrowers")
    assert wished["blocked_channels"] == ["sms", "visit"]
    assert await record.rows("SELECT phone_id FROM phones WHERE blocked_at IS NOT NULL") == [
        {"phone_id": "B-1-p2"}
    ]
    await record.accepted(name, blocked_channels=[])  # said at the same time: the last one counts


async def test_older_adoption_does_not_undo_a_later_one(record: Recorder) -> None:
    """The case would be pinned to the policy of last week."""
    [pinned] = await record.rows("SELECT policy_version FROM collection_cases")
    await record.accepted("policy_adopted", **pinned)
    older = await record("policy_adopted", said_at=EARLIER, **pinned)
    assert older.reason == "LC-TIME: occurred_at: another policy was adopted later"


async def test_what_the_ledger_wrote_with_an_earlier_time_counts_for_a_promise(
    record: Recorder,
) -> None:
    """What came in after the promise, whatever time stands in the row."""
    await record.pool.execute(OF_LEDGER, "before", "L-1", 70, NOW + timedelta(hours=2))
    await record.accepted("promise_made", amount_minor=5, due_on=str(NOW.date()))
    await record.pool.execute(OF_LEDGER, "after", "L-1", 300, NOW - timedelta(hours=2))
    verdict = await record.accepted("payment_received", payment_id="after", amount_minor=300)
    assert verdict.facts is not None
    assert [promise.paid_minor for promise in verdict.facts.promises] == [300]


async def test_complaint_is_filed_when_it_was_filed(record: Recorder) -> None:
    """The days of its answer and of its extension count from then."""
    await record.accepted(
        "complaint_filed", said_at=EARLIER, complaint_id="C", about="x", due_at=NOW
    )
    assert await record.rows("SELECT filed_at FROM complaints") == [{"filed_at": EARLIER}]


async def test_hold_is_recorded_whatever_is_in_the_tables(record: Recorder) -> None:
    """Where no facts can be made of them, the answer has none."""
    await record.pool.execute("UPDATE borrowers SET time_zone = 'Mars/Olympus'")
    verdict = await record.accepted("hold_placed", hold_id="H", reason="hardship")
    assert verdict.facts is None
    assert len(await record.rows("SELECT 1 FROM holds")) == 1


async def test_amounts_without_measure_are_no_reason_not_to_record(record: Recorder) -> None:
    """The sum is as large as a sum can be."""
    await record.pool.execute("UPDATE loans SET part_paid_minor = NULL")
    verdict = await record.accepted("hold_placed", hold_id="H", reason="hardship")
    assert verdict.facts is not None
    assert verdict.facts.arrears_minor == 2 * INSTALMENT


async def test_wish_said_by_a_clock_that_runs_ahead_is_overtaken(record: Recorder) -> None:
    """Nothing was said later than it was heard of: what came after it binds, also to the audit."""
    ahead = NOW + timedelta(minutes=5)
    await record.accepted("contact_preferences_changed", said_at=ahead, blocked_channels=["sms"])
    await record.accepted("contact_preferences_changed", blocked_channels=[])
    assert await record.pool.fetchval("SELECT blocked_channels FROM borrowers") == []
    assert await Audit(record.pool).broken(NOW + timedelta(hours=1)) == []
