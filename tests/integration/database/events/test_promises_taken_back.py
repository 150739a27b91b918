"""A promise that was kept by a payment which is taken back was not kept."""

from datetime import timedelta

import pytest

from database.case.promises import Promises
from domain.case.facts import PromiseStatus
from tests.support.recorder import NOW, Recorder
from tests.support.world import INSTALMENT

PROMISED = {"amount_minor": INSTALMENT // 2, "due_on": (NOW + timedelta(days=5)).date()}


async def _kept_promise(record: Recorder, paid_minor: int = INSTALMENT // 2) -> None:
    """Promised, paid, and written down as kept."""
    await record.accepted("promise_made", **PROMISED)
    await record.accepted("payment_received", payment_id="P-1", amount_minor=paid_minor)
    [promise] = await record.rows("SELECT promise_id, case_id FROM promises")
    await Promises(record.pool).resolve_promise(
        promise["case_id"], promise["promise_id"], PromiseStatus.KEPT, NOW
    )


async def _status(record: Recorder) -> str:
    [promise] = await record.rows("SELECT status FROM promises")
    return str(promise["status"])


async def test_the_payment_that_kept_it_is_taken_back(record: Recorder) -> None:
    """It is broken from then on, and other systems are told."""
    await _kept_promise(record)
    assert await _status(record) == "kept"
    await record.accepted("payment_reversed", payment_id="P-1")
    assert await _status(record) == "broken"
    told = await record.rows("SELECT type FROM news WHERE type LIKE 'promise.%' ORDER BY sequence")
    assert [each["type"] for each in told] == ["promise.made", "promise.kept", "promise.broken"]


@pytest.mark.parametrize(("days", "status"), [(6, "kept"), (7, "broken")])
async def test_what_was_paid_too_late_has_not_kept_it(
    record: Recorder, days: int, status: str
) -> None:
    """However late somebody looks."""
    await record.accepted("promise_made", **PROMISED)
    [promise] = await record.rows("SELECT promise_id, case_id FROM promises")
    at, verified = NOW + timedelta(days=days), NOW + timedelta(days=6, hours=1)
    await record.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at,"
        " source) SELECT 'P-1', loan_id, amount_minor, $1, $1, 'ledger' FROM promises",
        at,
    )
    await Promises(record.pool).resolve_promise(
        promise["case_id"], promise["promise_id"], PromiseStatus.KEPT, at, verified
    )
    assert await _status(record) == status


async def test_as_much_was_paid_again(record: Recorder) -> None:
    """Then it is kept, whichever payment is taken back."""
    await _kept_promise(record)
    await record.accepted("payment_received", payment_id="P-2", amount_minor=INSTALMENT // 2)
    await record.accepted("payment_reversed", payment_id="P-1")
    assert await _status(record) == "kept"


async def test_what_came_after_it_was_not_its_payment(record: Recorder) -> None:
    """Of a promise that an end as paid has kept, by less than was promised."""
    await _kept_promise(record, paid_minor=1000)
    later = NOW + timedelta(days=20)
    await record.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at,"
        " source) SELECT 'P-2', loan_id, 500, $1, $1, 'ledger' FROM promises",
        later,
    )
    await record.accepted("payment_reversed", payment_id="P-2")
    assert await _status(record) == "kept"
    await record.accepted("payment_reversed", payment_id="P-1")
    assert await _status(record) == "broken"
