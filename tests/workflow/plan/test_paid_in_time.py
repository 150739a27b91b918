"""A payment made in time keeps the plan, however late we hear of it."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import amount_of, due_of, sent_as


async def _pay_late(
    life: Life, amount_minor: int, paid_at: datetime, payment_id: str = "P"
) -> None:
    await life.accepted(
        "payment_received",
        payment_id=payment_id,
        amount_minor=amount_minor,
        occurred_at=paid_at.isoformat(),
    )


async def test_plan_goes_on_and_the_borrower_is_told(life: Life) -> None:
    """Its instalments are put off again, and the break is not counted."""
    status = await life.drive_to(Stage.REPAYMENT)
    before = await life.fetch("SELECT due_on FROM loan_instalments ORDER BY number")
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await _pay_late(life, amount_of(status, 2), life.loan.local(due_of(status, 2)))
    after = await life.status()
    assert (after["stage"], after["broken_plans"]) == (Stage.REPAYMENT, 0)
    assert after["plan"]["next_part"]["number"] == 3
    assert await life.fetch("SELECT due_on FROM loan_instalments ORDER BY number") == before
    await life.skip(timedelta(days=1))
    [told] = await sent_as(life, "plan_goes_on")
    assert f"{amount_of(status, 3) / 100:,.2f}元" in told["text"]
    await life.pay_part(3)
    assert await life.outcome() == "plan_completed"


@pytest.mark.parametrize(("days_after", "stage"), [(5, "repayment"), (7, "early_contact")])
async def test_in_time_is_until_the_grace_is_over(life: Life, days_after: int, stage: str) -> None:
    """By the bank's day; what was paid later is a payment towards what is overdue."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.skip(timedelta(days=5))
    paid_at = life.loan.local(due_of(status, 2) + timedelta(days=days_after), 23)
    await _pay_late(life, amount_of(status, 2), paid_at)
    assert (await life.status())["stage"] == stage


async def test_less_than_the_part_does_not_keep_it(life: Life) -> None:
    """Two transfers of that day do, once the second is known."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    paid_at = life.loan.local(due_of(status, 2))
    await _pay_late(life, amount_of(status, 2) - 1, paid_at)
    assert (await life.status())["stage"] != Stage.REPAYMENT
    await _pay_late(life, 1, paid_at, "P-2")
    assert (await life.status())["stage"] == Stage.REPAYMENT


async def test_visit_that_was_arranged_since_is_called_off(life: Life) -> None:
    """Nobody comes to a borrower whose plan is honoured: crew and borrower are told."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.drive_to(Stage.PREPARATION)
    await _pay_late(life, amount_of(status, 1), life.loan.local(due_of(status, 1)))
    after = await life.status()
    assert (after["stage"], after["visit"]) == (Stage.REPAYMENT, {})
    assert await life.booked_crew() == 0
    await life.skip(timedelta(days=1))
    assert {"visit_called_off", "plan_goes_on"} <= set(await life.contacts())
    crew = "SELECT count(*) FROM staff_notices WHERE kind = 'appointment_called_off'"
    assert await life.value(crew) == 1


async def test_crew_that_is_inside_finishes_first(life: Life) -> None:
    """Where it leaves without another plan, the one that was paid in time goes on."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    at_door = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(at_door))
    await _pay_late(life, amount_of(status, 1), life.loan.local(due_of(status, 1)))
    assert (await life.status())["stage"] == Stage.VISIT
    visit_id = at_door["visit"]["visit_id"]
    await life.accepted("visit_reported", visit_id=visit_id, outcome="refused")
    after = await life.status()
    assert (after["stage"], after["visit"], after["broken_plans"]) == (Stage.REPAYMENT, {}, 0)
    await life.skip(timedelta(days=1))
    assert len(await sent_as(life, "plan_goes_on")) == 1


async def test_it_does_not_come_back_beside_another_plan(life: Life) -> None:
    """What was agreed on since is what counts."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    await _pay_late(life, amount_of(status, 1), life.loan.local(due_of(status, 1)))
    rows = await life.fetch("SELECT status FROM agreements ORDER BY offered_at")
    assert [row["status"] for row in rows] == ["broken", "signed"]


async def test_plan_that_breaks_again_is_told_again(life: Life) -> None:
    """A payment in time that bounces gives a new grace, like any other."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await _pay_late(life, amount_of(status, 2), life.loan.local(due_of(status, 2)))
    await life.skip(timedelta(days=1))
    await life.accepted("payment_reversed", payment_id="P")
    await life.skip_until(lambda status: status["broken_plans"] == 1)
    await life.skip(timedelta(days=2))
    assert len(await sent_as(life, "plan_broken")) == 2


async def test_promise_of_meanwhile_is_replaced_by_the_plan(life: Life) -> None:
    """Its parts ask for the money again: nothing is waited for beside them."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    due_on = life.loan.on(await life.now()) + timedelta(days=9)
    await life.accepted("promise_made", amount_minor=5, due_on=str(due_on))
    await _pay_late(life, amount_of(status, 2), life.loan.local(due_of(status, 2)))
    assert (await life.status())["stage"] == Stage.REPAYMENT
    assert await life.value("SELECT status FROM promises") == "replaced"


async def test_plan_that_goes_on_once_a_hold_is_over_bars_promises(life: Life) -> None:
    """The record knows of it at once; the case takes it up after the hold, without a promise."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.accepted("hold_placed", hold_id="H", reason="dispute")
    await _pay_late(life, amount_of(status, 2), life.loan.local(due_of(status, 2)))
    due_on = life.loan.on(await life.now()) + timedelta(days=9)
    await life.refused("promise_made", "CN-17", amount_minor=5, due_on=str(due_on))
    await life.accepted("hold_released", hold_id="H")
    assert (await life.status())["stage"] == Stage.REPAYMENT
