"""Complaints of loans without an open case: told, reminded of, and escalated all the same."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from activities.complaint_activities import ComplaintWatches
from database.audit import Audit
from database.case.cases import Cases
from database.event_record import Events
from domain.case.events.without_case import IncomingEvent
from temporal.case_starter import TemporalWatchStarter
from temporal.names import complaint_watch_id
from tests.support.lives.life import Life, StartLife
from tests.support.world import INSTALMENT, Loan, event, insert_loan

AT_REST = Loan(loan_id="L-2", borrower_id="B-2", first_due_on=date(2099, 1, 1))
FILED = {"complaint_id": "C1", "about": "tone"}
ANSWER = {"complaint_id": "C1", "upheld": False, "handler_id": "H-1"}
DAY = timedelta(days=1)

Scanned = Callable[[Life], Awaitable[int]]


async def _scan(life: Life) -> int:
    """What the scan does of them: what runs already is left alone."""
    starter = TemporalWatchStarter(life.env.client)
    watches = ComplaintWatches(Cases(life.pool), starter, life.clock, life.policy.aftercare)
    return await watches.start()


async def _sent(life: Life, loan_id: str, name: str, **body: Any) -> None:
    now = await life.now()
    incoming = IncomingEvent(name, event(now, name=name, event_id=name, **body), name)
    verdict = await Events(life.pool).record_without_case(
        loan_id, incoming, life.policy, lambda: now
    )
    assert verdict.accepted, verdict.reason


async def _told(life: Life) -> list[tuple[str, str, int]]:
    rows = await life.fetch(
        "SELECT audience, kind, count(*) FROM staff_notices WHERE body ->> 'complaint_id' = 'C1'"
        " GROUP BY audience, kind ORDER BY audience, kind"
    )
    return [(row["audience"], row["kind"], row["count"]) for row in rows]


@pytest.fixture
async def rested(start_life: StartLife) -> Life:
    """A life beside which a loan stands that never had a case."""
    life = await start_life(5)
    await insert_loan(life.pool, AT_REST)
    return life


@pytest.mark.parametrize("had_case", [False, True])
async def test_complaint_of_a_loan_at_rest_is_told_until_it_is_answered(
    rested: Life, had_case: bool
) -> None:
    """At once, before its answer is due, and when it is late to those above, too; each once."""
    loan_id = AT_REST.loan_id
    if had_case:
        loan_id = rested.loan.loan_id
        await rested.pay(INSTALMENT)
        await rested.outcome()
        await rested.skip(DAY)
    await _sent(rested, loan_id, "complaint_filed", **FILED)
    assert await _told(rested) == [("complaint_desk", "complaint_to_answer", 1)]
    for _ in range(2):
        assert await _scan(rested) == 1
    await rested.skip(20 * DAY)
    assert await _told(rested) == [
        ("complaint_desk", "complaint_due_soon", 1),
        ("complaint_desk", "complaint_overdue", 3),
        ("complaint_desk", "complaint_to_answer", 1),
        ("senior_approvers", "complaint_overdue", 3),
    ]
    await _sent(rested, loan_id, "complaint_resolved", **ANSWER)
    told = await _told(rested)
    await rested.skip(40 * DAY)
    assert await _told(rested) == told
    assert await _scan(rested) == 0


async def test_audit_names_a_complaint_of_a_loan_at_rest_that_nobody_was_told_of(
    rested: Life,
) -> None:
    """Where no scan ran: its day has passed, and nobody was reminded."""
    await _sent(rested, AT_REST.loan_id, "complaint_filed", **FILED)
    await rested.skip(18 * DAY)
    broken = await Audit(rested.pool).broken(await rested.now())
    assert [each.subject for each in broken] == ["C1"]
    await _scan(rested)
    await rested.skip(DAY)
    assert not await Audit(rested.pool).broken(await rested.now())
    await _sent(rested, AT_REST.loan_id, "complaint_resolved", **ANSWER)
    await rested.skip(40 * DAY)
    watch = rested.env.client.get_workflow_handle(complaint_watch_id("loan-L-2"))
    assert (await watch.describe()).close_time


async def test_extension_of_a_complaint_at_rest_is_to_be_told(rested: Life) -> None:
    """Whoever complained learns that it takes longer."""
    await _sent(rested, AT_REST.loan_id, "complaint_filed", **FILED)
    await _sent(
        rested, AT_REST.loan_id, "complaint_extended",
        complaint_id="C1", approver_id="M-1", reason="complex",
    )  # fmt: skip
    assert ("complaint_desk", "complainant_to_tell", 1) in await _told(rested)
    await _sent(rested, AT_REST.loan_id, "complaint_resolved", **ANSWER)
