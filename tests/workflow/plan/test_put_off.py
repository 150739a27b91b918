"""What a plan puts off waits for it, and parts that piled up are paid in turn."""

from datetime import date, datetime, timedelta

from database.case.cases import Cases
from database.policy.stored_policies import StoredPolicies
from domain.case.state import Stage
from policies.reader import fingerprint
from tests.support.lives.life import Life, StartLife
from tests.support.lives.parts import due_of, skip_to_noon
from tests.support.world import INSTALMENT, Loan


async def _due_dates(life: Life) -> list[date]:
    rows = await life.fetch("SELECT due_on FROM loan_instalments ORDER BY number")
    return [row["due_on"] for row in rows]


async def _contract_dates(life: Life) -> list[date]:
    rows = await life.fetch("SELECT contract_due_on FROM loan_instalments ORDER BY number")
    return [row["contract_due_on"] for row in rows]


async def _hold_for(life: Life, length: timedelta) -> None:
    await life.accepted("hold_placed", hold_id="H", reason="hardship")
    await life.skip(length)
    await life.accepted("hold_released", hold_id="H")


async def test_hold_of_months_makes_nothing_of_it_due(life: Life) -> None:
    """Neither while the plan lasts nor when it is fulfilled at last: then it begins anew."""
    await life.drive_to(Stage.REPAYMENT)
    await _hold_for(life, timedelta(days=120))
    status = await life.status()
    facts = await Cases(life.pool).read_facts(life.case_id, await life.now())
    assert facts.arrears_minor == status["plan"]["rest_minor"] == facts.overdue.total_minor
    await life.pay_part(2)
    await life.pay_part(3)
    fulfilled_on = life.loan.on(await life.now())
    assert await life.outcome() == "plan_completed"
    assert (await life.contacts())[-1] == "plan_completed_notice"
    assert await life.arrears(on=fulfilled_on) == 0
    following = [day for day in await _due_dates(life) if day > fulfilled_on]
    assert following[0] - fulfilled_on <= timedelta(days=31)
    assert await life.arrears(on=following[0] + timedelta(days=1)) == INSTALMENT


async def test_last_part_within_its_grace_completes_the_plan(start_life: StartLife) -> None:
    """Of what was put off, the first would have been due the day after that part."""
    life = await start_life(112, Loan(first_due_on=date(2025, 12, 20)), tried=True)
    await life.skip_to_stage(Stage.APPLICATION)
    await life.apply()
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    slot = await life.proposed()
    wish = life.loan.local(date(2026, 4, 20), 10).isoformat()
    await life.accepted("appointment_declined", slot_id=slot["slot_id"], preferred_times=[wish])
    await life.confirm()
    status = await life.skip_to_stage(Stage.VISIT)
    await life.skip_to(datetime.fromisoformat(status["visit"]["slot"]["start"]))
    await life.agree(instalments=1, first_due_on="2026-05-19")
    await life.sign()
    await life.skip_to(life.loan.local(date(2026, 5, 22), 10))
    await life.pay_part(1)
    assert await life.outcome() == "plan_completed"
    assert await life.arrears(on=date(2026, 5, 22)) == 0
    assert (await life.contacts())[-1] == "plan_completed_notice"


async def test_broken_plan_makes_everything_due_again_as_the_contract_has_it(life: Life) -> None:
    """As its document says; what fell due meanwhile is overdue at once."""
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    assert await _due_dates(life) != await _contract_dates(life)
    await _hold_for(life, timedelta(days=60))
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    assert await _due_dates(life) == await _contract_dates(life)
    today = life.loan.on(await life.now())
    due = [day for day in await _due_dates(life) if day < today]
    assert await life.arrears() == len(due) * INSTALMENT


async def test_parts_that_piled_up_are_asked_for_one_by_one(life: Life) -> None:
    """Each with its own grace, from the payment of the one before it."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.pay_part(1)
    await life.skip_to_stage(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2) - timedelta(days=4))
    await _hold_for(life, due_of(status, 3) - due_of(status, 2) + timedelta(days=8))
    before = len(await life.contacts())
    await life.skip(timedelta(days=4))
    await life.pay_part(2)
    await life.skip(timedelta(days=4))
    assert (await life.contacts())[before:] == ["payment_help"] * 2
    assert (await life.status())["stage"] == Stage.REPAYMENT
    await life.pay_part(3)
    assert await life.outcome() == "plan_completed"


async def test_part_that_piled_up_and_is_not_paid_breaks_the_plan(life: Life) -> None:
    """When its own grace is over, and not before."""
    status = await life.drive_to(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2) - timedelta(days=1))
    await _hold_for(life, due_of(status, 3) - due_of(status, 2) + timedelta(days=3))
    await life.skip(timedelta(days=3))
    await life.pay_part(2)
    paid_on = life.loan.on(await life.now())
    await life.skip_until(lambda status: status["broken_plans"] == 1)
    assert life.loan.on(await life.now()) == paid_on + timedelta(days=5)


async def test_grace_is_that_of_the_signed_document(life: Life) -> None:
    """Whatever policy the case adopts later: the borrower has five days in writing."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    grace = life.policy.plan.grace_days
    assert await life.value("SELECT grace_days FROM agreements") == grace.value == 5
    rules = life.policy.plan.model_copy(
        update={
            "grace_days": grace.model_copy(update={"value": 1}),
            "guided_reminder_days": None,
        }
    )
    stricter = life.policy.model_copy(update={"version": "cn-strict", "plan": rules})
    store = StoredPolicies(life.pool).store_policy
    await store(stricter, fingerprint(stricter), await life.now())
    await life.accepted("policy_adopted", policy_version=stricter.version)
    await life.skip_to(life.loan.local(due_of(status, 1) + timedelta(days=5), 20))
    assert (await life.status())["stage"] == Stage.GUIDED_REPAYMENT
    await life.pay_part(1)
    await life.settle()
    await life.skip_to_stage(Stage.REPAYMENT)


async def test_plan_in_force_again_puts_off_from_the_contract(life: Life) -> None:
    """Its last payment bounced before the closing notice: neither longer than before, nor for good
    once it is broken.
    """
    status = await life.drive_to(Stage.REPAYMENT)
    signed = await _due_dates(life)
    await life.skip_to(life.loan.local(due_of(status, 2), 22, 30))
    await life.pay(status["plan"]["rest_minor"], payment_id="LAST")
    await life.accepted("payment_reversed", payment_id="LAST")
    assert await _due_dates(life) == signed
    await life.skip_until(lambda status: status["broken_plans"] == 1)
    assert await _due_dates(life) == await _contract_dates(life)
