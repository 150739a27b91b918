"""The life of a penalty on a real Postgres: accrued, charged at the signature, waived or owed."""

import json
from datetime import date, timedelta

import pytest

from database.audit import Audit
from database.case.cases import Cases
from database.sql import Pool
from database.visit.visits import Visits
from domain.case.facts import Outcome
from domain.debt.money import money_in_words
from domain.debt.statement import Amounts
from domain.events import Capacity, Proposal
from domain.plan.agreement import Offer
from domain.plan.plan import Plan, build_plan
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan()
ARREARS = 400_000  # four instalments of 1,000.00, of which 100.00 are interest
# The visit is on day 99: 12 % a year on 900.00 each, for 99, 68, 40 and 9 days, rounded down.
PENALTY = 90_000 * (99 + 68 + 40 + 9) * 12 // (365 * 100)


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case whose contract has a penalty rate."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.give_penalty_rate()
    return record


async def _sign(record: Record, waiver_minor: int = 0) -> Plan:
    """A visit, a plan of three parts, and its signature on the day of the visit."""
    proposed_at = await record._visit()
    facts, today = await record.facts(), LOAN.on(record.now)
    plan = build_plan(
        facts.arrears_minor,
        Proposal(instalments=3, first_due_on=today + timedelta(days=5), waiver_minor=waiver_minor),
        Capacity(monthly_income_minor=900_000, monthly_expense_minor=100_000),
        record.policy.plan,
        today,
        facts.penalty_minor,
    )
    offer = Offer(
        agreement_id="G-1",
        case_id=record.case_id,
        visit_id=record.visit_id,
        plan_id="G-1",
        plan=plan,
        waiver_approver_id=None,
        counted_from=proposed_at,
        expires_at=record.now + timedelta(days=3),
    )
    sha256 = await record.offer(offer)
    await record.deliver(
        "agreement_signed", agreement_id="G-1", document_sha256=sha256, signatories=["B-1"]
    )
    return plan


async def _charges(record: Record) -> list[int]:
    rows = await record.pool.fetch("SELECT amount_minor FROM loan_charges")
    return [row["amount_minor"] for row in rows]


async def _is_clean(record: Record) -> bool:
    return await Audit(record.pool).broken(record.now + timedelta(hours=1)) == []


@pytest.mark.parametrize(
    ("waiver", "charge"), [(0, PENALTY), (1_000, PENALTY - 1_000), (PENALTY + 5_000, 0)]
)
async def test_completed_plan_leaves_nothing(record: Record, waiver: int, charge: int) -> None:
    """Charged less the waiver; what the waiver leaves of itself is taken from the arrears."""
    plan = await _sign(record, waiver)
    assert (plan.arrears_minor, plan.penalty_minor) == (ARREARS, PENALTY)
    assert plan.total_minor == ARREARS + PENALTY - waiver
    facts = await record.facts()
    assert await _charges(record) == ([charge] if charge else [])
    assert facts.arrears_minor == ARREARS + charge
    assert facts.overdue == Amounts(
        penalty_minor=charge, interest_minor=40_000, principal_minor=360_000
    )
    assert facts.penalty_minor == 0
    await record.deliver("payment_received", payment_id="P-9", amount_minor=plan.total_minor)
    assert (await record.facts()).outcome_if_paid() is Outcome.PLAN_COMPLETED
    await Cases(record.pool).close_case(
        record.case_id, Outcome.PLAN_COMPLETED, record.now, lambda: record.now
    )
    facts = await record.facts()
    assert (facts.arrears_minor, facts.overdue, facts.penalty_minor) == (0, Amounts(), 0)
    granted = await record.pool.fetchval("SELECT amount_minor FROM payments WHERE kind = 'waiver'")
    assert granted == (waiver - PENALTY if waiver > PENALTY else None)
    assert await _is_clean(record)


async def test_broken_plan_leaves_the_charge_owed_and_no_day_twice(record: Record) -> None:
    """The waived part comes back, the days of the agreement do not."""
    await _sign(record, waiver_minor=1_000)
    await record.deliver("payment_received", payment_id="P-9", amount_minor=50_000)
    record.now += timedelta(days=18)
    await record.break_agreement()
    facts = await record.facts()
    assert facts.arrears_minor == ARREARS + PENALTY - 1_000 - 50_000
    # The payment covered the charge, then interest, then principal.
    left = 360_000 - (50_000 - (PENALTY - 1_000) - 40_000)
    assert facts.overdue == Amounts(principal_minor=left)
    assert facts.penalty_minor == 1_000
    record.now += timedelta(days=3)
    assert LOAN.on(record.now) == date(2026, 5, 10)  # nothing new is overdue yet
    # The fraction of the first days is carried: one more minor unit at the most.
    since = (await record.facts()).penalty_minor - 1_000
    assert since - left * 3 * 12 // 36_500 in (0, 1)
    assert await _charges(record) == [PENALTY - 1_000]
    assert await _is_clean(record)


async def test_reversed_payment_reopens_what_was_charged_too(record: Record) -> None:
    """Its amount is owed again, the charge included, once."""
    plan = await _sign(record)
    await record.deliver("payment_received", payment_id="P-9", amount_minor=plan.total_minor)
    await record.deliver("payment_reversed", payment_id="P-9")
    facts = await record.facts()
    assert facts.arrears_minor == plan.total_minor
    assert facts.overdue.penalty_minor == PENALTY
    assert facts.penalty_minor == 0
    assert await _is_clean(record)


async def test_contract_without_a_penalty_has_none(record: Record) -> None:
    """Everything as if there were no such thing."""
    await record.pool.execute("UPDATE loans SET penalty_rate_percent = NULL")
    plan = await _sign(record, waiver_minor=1_000)
    assert (plan.penalty_minor, plan.total_minor) == (0, ARREARS - 1_000)
    assert await _charges(record) == []
    assert (await record.facts()).arrears_minor == ARREARS
    document = await record.pool.fetchval(
        "SELECT convert_from(document_html, 'UTF8') FROM agreements"
    )
    assert "罚息" not in document


async def test_document_names_the_penalty(record: Record) -> None:
    """Beside the arrears, so that the sum can be followed."""
    await _sign(record)
    document = await record.pool.fetchval(
        "SELECT convert_from(document_html, 'UTF8') FROM agreements"
    )
    assert f'的罚息</td><td class="amount">{money_in_words(PENALTY, "CNY", "zh")}</td>' in document


async def test_dossier_shows_the_components(record: Record) -> None:
    """What the crew can explain at the door."""
    await record._visit()
    await Visits(record.pool).prepare_dossier(record.visit_id, record.now)
    dossier = json.loads(await record.pool.fetchval("SELECT dossier FROM visits"))
    assert dossier["debt"]["arrears_minor"] == ARREARS
    assert dossier["debt"]["components"] == {
        "overdue": {"penalty_minor": 0, "interest_minor": 40_000, "principal_minor": 360_000},
        "outstanding": {
            "penalty_minor": 0,
            "interest_minor": 120_000,
            "principal_minor": 1_080_000,
        },
        "penalty_minor": PENALTY,
    }
