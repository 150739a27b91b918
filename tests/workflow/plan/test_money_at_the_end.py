"""Money at the end of a plan: bounced, overpaid, short by little, owed beside it."""

from datetime import datetime, timedelta

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.lives.parts import amount_of, due_of
from tests.support.world import INSTALMENT, Loan

WAIVED = "SELECT sum(amount_minor) FROM payments WHERE kind = 'waiver' AND reversed_at IS NULL"


async def _completed_at_night(life: Life) -> Json:
    """The closing notice waits for the morning."""
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=20_000, instalments=2)
    status = await life.sign()
    await life.pay_part(1)
    await life.skip_to_stage(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 2), 22, 30))
    await life.pay(amount_of(status, 2), payment_id="LAST")
    await life.skip(timedelta(minutes=5))
    assert await life.value(WAIVED) == 20_000
    return status


async def _notices(life: Life, kind: str) -> list[Json]:
    return await life.fetch(
        "SELECT audience, (body ->> 'amount_minor')::int AS amount FROM staff_notices"
        " WHERE kind = $1",
        kind,
    )


async def test_last_payment_that_bounces_takes_the_waiver_along(life: Life) -> None:
    """The part is open again with a new grace, and the borrower is told; what was put off waits."""
    status = await _completed_at_night(life)
    before = len(await life.contacts())
    after = await life.accepted("payment_reversed", payment_id="LAST")
    assert (after["stage"], after["plan"]["next_part"]["number"]) == (Stage.REPAYMENT, 2)
    assert await life.value(WAIVED) is None
    assert await life.arrears() == amount_of(status, 2) + 20_000
    await life.skip(timedelta(days=1))
    assert (await life.contacts())[before:] == ["payment_help"]


async def test_completed_plan_asks_for_nothing_while_its_notice_waits(life: Life) -> None:
    """What was waived is not said to be owed either."""
    await _completed_at_night(life)
    status = await life.status()
    assert (status["stage"], status["plan"]["ended_as"]) == (Stage.ENDED, "completed")
    assert not {"rest_minor", "next_part"} & status["plan"].keys()
    assert status["arrears_minor"] == 0
    assert status["outstanding_minor"] == await life.value("SELECT outstanding_minor FROM loans")
    assert await life.outcome() == "plan_completed"
    assert (await life.status())["plan"] == status["plan"]


async def test_loan_that_is_taken_back_from_its_plan_owes_what_the_contract_says(
    life: Life,
) -> None:
    """No plan is in force then, and what it had put off is due."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 2)))
    await life.pay(amount_of(status, 2))
    await life.signal("case_closed", outcome="withdrawn", reason="x")
    assert await life.outcome() == "withdrawn"
    status = await life.status()
    ended_on = life.loan.on(datetime.fromisoformat(status["as_of"]))  # time may have gone on since
    assert (status["plan"], status["arrears_minor"]) == ({}, await life.arrears(ended_on))


async def test_it_is_granted_again_when_the_part_is_paid_again(life: Life) -> None:
    """Once, and nothing is overdue."""
    status = await _completed_at_night(life)
    await life.accepted("payment_reversed", payment_id="LAST")
    await life.pay(amount_of(status, 2), payment_id="AGAIN")
    paid_on = life.loan.on(await life.now())
    assert await life.outcome() == "plan_completed"
    assert await life.value(WAIVED) == 20_000
    assert await life.arrears(paid_on) == 0


async def test_it_ends_with_the_plan_when_the_part_is_not_paid_again(life: Life) -> None:
    """Nothing stays waived of a plan that is broken."""
    await _completed_at_night(life)
    await life.accepted("payment_reversed", payment_id="LAST")
    await life.skip_until(lambda status: status["broken_plans"] == 1)
    assert await life.value(WAIVED) is None
    assert await life.value("SELECT status FROM agreements") == "broken"


async def _last_loan(start_life: StartLife) -> Life:
    """Everything of the loan is overdue: a plan repays the whole of it."""
    return await start_life(92, Loan(instalments=3), tried=True)


async def test_plan_that_repays_the_whole_loan_settles_it(start_life: StartLife) -> None:
    """Once the waiver is granted nothing is owed: no loan goes on."""
    life = await _last_loan(start_life)
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=12_000, instalments=1)
    await life.sign()
    await life.pay_part(1)
    assert await life.outcome() == "settled"
    assert (await life.contacts())[-1] == "settled_notice"
    assert await life.value("SELECT status FROM loans") == "settled"
    assert await life.value("SELECT status FROM agreements") == "completed"
    assert await _notices(life, "overpaid") == []


async def test_who_pays_the_whole_loan_over_an_agreed_total_is_owed_the_waiver(
    start_life: StartLife,
) -> None:
    """It is granted all the same, and somebody pays back what is over."""
    life = await _last_loan(start_life)
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=12_000, instalments=1)
    await life.sign()
    await life.pay(3 * INSTALMENT)
    assert await life.outcome() == "settled"
    assert await life.value(WAIVED) == 12_000
    assert await _notices(life, "overpaid") == [{"audience": "collectors", "amount": 12_000}]


async def test_who_pays_more_than_is_owed_without_a_plan_is_not_forgotten(
    start_life: StartLife,
) -> None:
    """The rule is one of money, not of plans."""
    life = await start_life(5, Loan(instalments=1))
    await life.pay(INSTALMENT + 777)
    assert await life.outcome() == "settled"
    assert await _notices(life, "overpaid") == [{"audience": "collectors", "amount": 777}]


async def test_who_is_short_by_a_bank_fee_hears_it_before_the_plan_is_broken(life: Life) -> None:
    """Also where the loan takes as much for rounding: the part asks for all of it."""
    await life.pool.execute("UPDATE loans SET arrears_tolerance_minor = 5000")
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 2)))
    before = len(await life.contacts())
    await life.pay(amount_of(status, 2) - 200)
    await life.skip(timedelta(days=2))
    assert (await life.contacts())[before:] == ["payment_help"]
    await life.pay(200)
    await life.skip(timedelta(days=7))
    assert (await life.status())["stage"] == Stage.REPAYMENT


async def test_payment_from_before_the_plan_that_bounces_is_told(life: Life) -> None:
    """It is owed beside the plan, and no part asks for it: a person calls."""
    await life.drive_to(Stage.APPROVAL)
    await life.pay(50_000, payment_id="BEFORE")
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    await life.confirm()
    status = await life.skip_to_stage(Stage.VISIT)
    await life.skip_to(datetime.fromisoformat(status["visit"]["slot"]["start"]))
    await life.agree(instalments=1)
    rest = (await life.sign())["plan"]["rest_minor"]
    status = await life.accepted("payment_reversed", payment_id="BEFORE")
    assert status["plan"]["rest_minor"] == rest
    assert status["arrears_minor"] == rest + 50_000
    told = await _notices(life, "owed_beside_plan")
    assert told == [{"audience": "collectors", "amount": 50_000}]


async def test_full_payment_overtakes_an_end_that_was_asked_for(start_life: StartLife) -> None:
    """In the same breath: nobody sues for what is paid."""
    life = await start_life(5)
    await life.signal("case_closed", outcome="handed_to_legal", reason="x")
    await life.signal("payment_received", payment_id="P", amount_minor=await life.arrears())
    assert await life.outcome() == "cured"
    assert (await life.contacts())[-1] == "paid_notice"


async def test_loan_that_was_sold_stays_sold_while_something_is_owed(start_life: StartLife) -> None:
    """The arrears are paid; the loan is not ours any more. All of it paid, it is settled."""
    life = await start_life(5)
    await life.signal("case_closed", outcome="transferred", reason="sold")
    await life.signal("payment_received", payment_id="P", amount_minor=INSTALMENT)
    assert await life.outcome() == "transferred"
