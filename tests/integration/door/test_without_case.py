"""Events of a loan without an open case: what is the loan's or the borrower's has its effect."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from database.audit import Audit
from database.sql import Pool
from domain.case.events.table import EVENT_TABLE
from domain.policy.policy import Policy
from door.contract.examples import example_of
from tests.support.door.doors import a_door, now_in_utc
from tests.support.door.system import System
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

LOAN = Loan("L-1001")
_OWN = ("name", "loan_id", "event_id")


@pytest.fixture
async def bank(pool: Pool, policy: Policy) -> AsyncIterator[System]:
    """A sending system before a door; Temporal is there, and has no run of the loan."""
    await insert_loan(pool, LOAN)
    async with a_door(pool, client_without_runs(), policy) as system:
        yield system
    broken = await Audit(pool).broken(now_in_utc())
    assert not broken, "\n".join(map(str, broken))


async def sent(bank: System, name: str, event_id: str = "e-1", **body: Any) -> dict[str, Any]:
    answer = await bank.send(LOAN.loan_id, name, event_id, **body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_payment_and_its_reversal_are_booked(bank: System, pool: Pool) -> None:
    """Each once, whatever is overdue."""
    paid = await sent(bank, "payment_received", "p", payment_id="P", amount_minor=100)
    assert paid == {"accepted": True, "reason": None, "stage": "no_case"}
    again = await sent(bank, "payment_received", "p2", payment_id="P", amount_minor=100)
    assert again["accepted"]
    assert await pool.fetchval("SELECT count(*) FROM payments WHERE payment_id = 'P'") == 1
    assert (await sent(bank, "payment_reversed", "r", payment_id="P"))["accepted"]
    assert await pool.fetchval("SELECT reversed_at FROM payments WHERE payment_id = 'P'")


async def test_event_is_asked_after_by_any_id(bank: System) -> None:
    """A slash in it is part of it."""
    await sent(bank, "payment_received", "2026/11/7", payment_id="P", amount_minor=100)
    found = await bank.get("/v1/loans/L-1001/events/2026%2F11%2F7")
    assert found.status_code in (200, 202)  # its answer may not be written down yet
    assert (await bank.get("/v1/loans/L-1001/events/2026%2F11%2F8")).status_code == 404


async def test_wish_binds_from_then_on(bank: System, pool: Pool) -> None:
    """A number that must not be used, a channel that is not wanted."""
    wish: dict[str, Any] = {"blocked_channels": ["call"], "blocked_phone_ids": ["B-1-p1"]}
    assert (await sent(bank, "contact_preferences_changed", **wish))["accepted"]
    assert await pool.fetchval("SELECT blocked_channels FROM borrowers") == ["call"]
    assert await pool.fetchval("SELECT blocked_at FROM phones")


async def test_complaint_is_a_hold_until_it_is_answered(bank: System, pool: Pool) -> None:
    """Its answer is due by the policy of today; nobody who is a stranger to it may answer."""
    filed = await sent(bank, "complaint_filed", "f", complaint_id="C", about="a call at night")
    assert filed["accepted"]
    assert await pool.fetchval("SELECT answer_due_at > filed_at FROM complaints")
    assert await pool.fetchval("SELECT released_at IS NULL FROM holds")
    more = await sent(bank, "complaint_extended", "x", complaint_id="C", approver_id="A-1")
    assert more["accepted"], more
    done = await sent(
        bank, "complaint_resolved", "d", complaint_id="C", upheld=False, handler_id="H-1"
    )
    assert done["accepted"]
    assert await pool.fetchval("SELECT released_at IS NOT NULL FROM holds")


async def test_hold_is_placed_and_released(bank: System, pool: Pool) -> None:
    """The borrower's, and not a case's."""
    assert (await sent(bank, "hold_placed", "h", hold_id="H", reason="dispute"))["accepted"]
    assert (await sent(bank, "hold_released", "r", hold_id="H"))["accepted"]
    assert await pool.fetchval("SELECT released_at FROM holds")


@pytest.mark.parametrize(
    "name", [name for name, row in EVENT_TABLE.items() if not row.without_case]
)
async def test_what_needs_a_case_says_so(bank: System, pool: Pool, name: str) -> None:
    """It is on record, too, and has used up its id."""
    body = {key: value for key, value in example_of(name).items() if key not in _OWN}
    answer = await sent(bank, name, **body)
    assert answer["reason"] == "LC-NO-CASE: no case of this loan is open"
    assert await pool.fetchval("SELECT case_id IS NULL AND NOT accepted FROM case_events")


async def test_what_does_not_fit_the_contract_is_refused_in_the_same_words(bank: System) -> None:
    """Every field that is wrong, and the future."""
    wrong = await sent(bank, "payment_received", "w", payment_id="P", amount_minor="1")
    assert wrong["reason"].startswith("LC-CONTRACT: amount_minor: ")
    late = await sent(
        bank, "payment_received", "l", payment_id="P", amount_minor=1,
        occurred_at="2100-01-01T00:00:00Z",
    )  # fmt: skip
    assert late["reason"].startswith("LC-TIME: occurred_at: lies in the future; here it is ")
