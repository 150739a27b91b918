"""One agreement replaces another on a real Postgres: penalty, waiver, payments and due dates."""

from datetime import date, timedelta
from typing import Any

import asyncpg
import pytest

from database.audit import Audit
from database.case.cases import Cases
from database.sql import Pool
from domain.calendar import add_months
from domain.case.facts import Outcome
from domain.case.renegotiation import precede
from domain.events import Capacity, Proposal
from domain.plan.agreement import Offer
from domain.plan.plan import Plan, build_plan
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(first_due_on=date(2026, 1, 31))  # month ends: what is cut must not stay cut
CAPACITY = Capacity(monthly_income_minor=900_000, monthly_expense_minor=100_000)
PAID = 50_000


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case whose contract has a penalty rate."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.give_penalty_rate()
    return record


def _proposal(record: Record, instalments: int, waiver_minor: int = 0) -> Proposal:
    return Proposal(
        instalments=instalments,
        first_due_on=LOAN.on(record.now) + timedelta(days=5),
        waiver_minor=waiver_minor,
    )


async def _offer(record: Record, agreement_id: str, plan: Plan, counted_from: Any) -> str:
    offer = Offer(
        agreement_id=agreement_id,
        case_id=record.case_id,
        visit_id=record.visit_id,
        plan_id=agreement_id,
        plan=plan,
        waiver_approver_id=None,
        counted_from=counted_from,
        expires_at=record.now + timedelta(days=3),
    )
    return await record.offer(offer)


async def _sign(record: Record, agreement_id: str, sha256: str) -> None:
    await record.deliver(
        "agreement_signed", agreement_id=agreement_id, document_sha256=sha256, signatories=["B-1"]
    )


async def _first(record: Record, waiver_minor: int) -> Plan:
    """A signed plan of three parts, of which some was paid."""
    proposed_at = await record._visit()
    facts, today = await record.facts(), LOAN.on(record.now)
    plan = build_plan(
        facts.arrears_minor,
        _proposal(record, 3, waiver_minor),
        CAPACITY,
        record.policy.plan,
        today,
        facts.penalty_minor,
    )
    await _sign(record, "G-1", await _offer(record, "G-1", plan, proposed_at))
    await record.deliver("payment_received", payment_id="P-9", amount_minor=PAID)
    record.now += timedelta(days=3)
    return plan


async def _second(record: Record, first: Plan, instalments: int, waiver_minor: int = 0) -> Plan:
    """Offered in its place, and not yet signed."""
    before = precede(first, "G-1", (await record.facts()).plan_paid_minor)
    rest = first.total_minor - PAID
    kept = before.kept_waiver_minor
    plan = build_plan(
        rest,
        _proposal(record, instalments, waiver_minor),
        CAPACITY,
        record.policy.plan,
        LOAN.on(record.now),
    ).model_copy(
        update={
            "arrears_minor": rest + kept,
            "waiver_minor": waiver_minor + kept,
            "before": before,
        }
    )
    counted_from = await record.pool.fetchval("SELECT counted_from FROM agreements")
    sha256 = await _offer(record, "G-2", plan, counted_from)
    assert (await record.facts()).plan_paid_minor == PAID  # of the one in force
    await _sign(record, "G-2", sha256)
    return plan


async def _dues(record: Record) -> list[date]:
    rows = await record.pool.fetch("SELECT due_on FROM loan_instalments ORDER BY number")
    return [row["due_on"] for row in rows]


async def _is_clean(record: Record) -> bool:
    return await Audit(record.pool).broken(record.now + timedelta(hours=1)) == []


@pytest.mark.parametrize("waiver", [0, 1_000, 30_000])
async def test_completed_chain_leaves_nothing(record: Record, waiver: int) -> None:
    """Both waivers are granted, the penalty is charged once, and every part counts."""
    first = await _first(record, waiver)
    owed = (await record.facts()).arrears_minor
    second = await _second(record, first, 6, waiver_minor=2_000)
    assert second.arrears_minor == owed  # what the new document says is what the debt says
    facts = await record.facts()
    assert (facts.arrears_minor, facts.penalty_minor, facts.plan_paid_minor) == (owed, 0, 0)
    assert facts.plan_total_minor == first.total_minor - PAID - 2_000
    await record.deliver("payment_received", payment_id="P-8", amount_minor=second.total_minor)
    await Cases(record.pool).close_case(
        record.case_id, Outcome.PLAN_COMPLETED, record.now, lambda: record.now
    )
    facts = await record.facts()
    assert (facts.arrears_minor, facts.penalty_minor) == (0, 0)
    granted = await record.pool.fetchval("SELECT amount_minor FROM payments WHERE kind = 'waiver'")
    assert granted == max(waiver - first.penalty_minor, 0) + 2_000
    assert await _is_clean(record)


async def test_broken_chain_brings_the_waived_penalty_back_once(record: Record) -> None:
    """While it is kept the first waiver holds; broken, that of both is gone."""
    first = await _first(record, 1_000)
    assert (await record.facts()).penalty_minor == 0
    await _second(record, first, 6)
    record.now += timedelta(days=20)
    assert (await record.facts()).penalty_minor == 0
    await record.break_agreement()
    assert (await record.facts()).penalty_minor == 1_000
    rows = await record.pool.fetch("SELECT status FROM agreements ORDER BY agreement_id")
    assert [row["status"] for row in rows] == ["superseded", "broken"]
    assert await _is_clean(record)


@pytest.mark.parametrize("instalments", [1, 2, 3, 6, 12])
async def test_instalments_end_where_one_plan_would_have_put_them(
    record: Record, instalments: int
) -> None:
    """The second signature moves them by the difference: on, back, or not at all."""
    contract = await _dues(record)
    first = await _first(record, 0)
    was_due = sum(day < first.as_of for day in contract)
    second = await _second(record, first, instalments)
    last = second.parts[-1].due_on
    months = (last.year - first.as_of.year) * 12 + last.month - first.as_of.month
    months += 1 if last.day >= first.as_of.day else 0
    assert await _dues(record) == [
        day if number < was_due else add_months(day, months) for number, day in enumerate(contract)
    ]
    assert min((await _dues(record))[was_due:]) > last


async def test_agreement_that_is_not_in_force_is_not_replaced(record: Record) -> None:
    """It was broken meanwhile: the signature is refused, and changes nothing."""
    first = await _first(record, 0)
    await record.break_agreement()
    with pytest.raises(AssertionError, match="the agreement it replaces is not in force"):
        await _sign_offered_after(record, first)
    rows = await record.pool.fetch("SELECT status FROM agreements ORDER BY agreement_id")
    assert [row["status"] for row in rows] == ["broken", "offered"]


async def _sign_offered_after(record: Record, first: Plan) -> None:
    before = precede(first, "G-1", PAID)
    plan = first.model_copy(update={"before": before})
    counted_from = await record.pool.fetchval("SELECT counted_from FROM agreements")
    await _sign(record, "G-2", await _offer(record, "G-2", plan, counted_from))


async def test_one_agreement_is_in_force_and_one_is_offered_at_most(record: Record) -> None:
    """The table itself says so."""
    first = await _first(record, 0)
    counted_from = await record.pool.fetchval("SELECT counted_from FROM agreements")
    await _offer(record, "G-2", first, counted_from)
    with pytest.raises(asyncpg.UniqueViolationError, match="one_live_agreement_a_case"):
        await _offer(record, "G-3", first, counted_from)


async def test_balance_of_an_agreement_is_that_of_its_time(record: Record) -> None:
    """What is paid under the second one is not counted under the first."""
    first = await _first(record, 0)
    second = await _second(record, first, 6)
    await record.deliver("payment_received", payment_id="P-8", amount_minor=7_000)
    rows = await record.pool.fetch(
        "SELECT paid_minor, rest_minor FROM agreement_balances ORDER BY agreement_id"
    )
    assert [tuple(row) for row in rows] == [
        (PAID, first.total_minor - PAID),
        (7_000, second.total_minor - 7_000),
    ]
