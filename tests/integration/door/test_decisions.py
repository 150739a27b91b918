"""Whose a decision is: where only the door decides, one that nobody has verified does not count."""

import pytest

from database.event_record import Events
from database.sql import Pool
from domain.case.events.table import EVENT_TABLE
from domain.policy.policy import Policy
from tests.support.door.doors import a_door, now_in_utc
from tests.support.door.system import admit
from tests.support.door.temporal import client_without_runs
from tests.support.record import delivery
from tests.support.recorder import LOAN
from tests.support.world import OpenCase, event

DECISIONS = {
    "visit_approved", "visit_rejected", "approval_withdrawn", "plan_approved", "plan_rejected",
    "agreement_signed", "agreement_declined", "complaint_extended", "complaint_resolved",
    "case_closed",
}  # fmt: skip


def test_decisions_are_those_of_the_page() -> None:
    """Approvals, signatures, closings, answers to complaints."""
    assert {name for name, row in EVENT_TABLE.items() if row.is_decision} == DECISIONS


@pytest.mark.parametrize("name", ["case_closed", "hold_placed"])
async def test_plain_signal_takes_no_decision(pool: Pool, open_case: OpenCase, name: str) -> None:
    """It is refused, on record; what is no decision counts as before."""
    case_id, now = await open_case(LOAN, 40), LOAN.at_days_past_due(40, 12)
    body = {"outcome": "withdrawn", "hold_id": "H", "reason": "x"}
    letter = delivery(case_id, LOAN, name, event(now, **{"event_id": "e"} | body), receipt="r")
    record = Events(pool, decisions_by_door_only=True)
    verdict = await record.record_event(letter, lambda: now)
    assert verdict.accepted is (name == "hold_placed")
    assert (verdict.reason or "").startswith("LC-SENDER") is (name == "case_closed")


async def test_ticket_is_of_one_event(pool: Pool, policy: Policy, open_case: OpenCase) -> None:
    """Who has seen one delivered cannot put it on another event."""
    case_id, now = await open_case(LOAN, 40), now_in_utc()
    async with a_door(pool, client_without_runs(), policy) as bank:
        sent = await bank.send(LOAN.loan_id, "case_closed", "mine", outcome="withdrawn")
        assert sent.status_code == 202  # the case is open, and its run is not there
    ticket = await pool.fetchval("SELECT ticket FROM inbox")
    record = Events(pool, decisions_by_door_only=True)
    for event_id, is_verified in (("another", False), ("mine", True)):
        body = event(now, event_id=event_id, outcome="withdrawn")
        letter = delivery(case_id, LOAN, "case_closed", body, receipt=event_id, ticket=ticket)
        assert (await record.record_event(letter, lambda: now)).accepted is is_verified
    assert await pool.fetchval("SELECT sent_by FROM case_events WHERE event_id = 'mine'") == "bank"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("visit_requested", {"applicant": "borrower", "address_id": "B-1-a1"}),
        ("visit_withdrawn", {"visit_id": "V-1"}),
    ],
)
async def test_borrower_is_no_staff(
    pool: Pool, policy: Policy, open_case: OpenCase, name: str, body: dict[str, str]
) -> None:
    """Their own app applies and withdraws in their name; it speaks for nobody here."""
    await open_case(LOAN, 95)
    async with a_door(pool, client_without_runs(), policy) as bank:
        app = await admit(pool, bank.http, "app", may_name_staff=False)
        who = "applicant_id" if name == "visit_requested" else "withdrawn_by_id"
        answer = await app.send(LOAN.loan_id, name, "mine", **body, **{who: LOAN.borrower_id})
        assert answer.status_code == 202  # the case is open, and its run is not there
