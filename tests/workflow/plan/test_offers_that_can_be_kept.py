"""No document is offered whose first part fell due before it was drawn up."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life


async def _approval_takes_days(life: Life) -> None:
    await life.drive_to(Stage.VISIT)
    today = life.loan.on(await life.now())
    status = await life.agree(waiver_minor=await life.arrears() // 10, first_due_on=str(today))
    await life.skip(timedelta(days=4))
    await life.accepted("plan_approved", plan_id=status["plan"]["plan_id"], approver_id="A-2")


async def _hold_takes_weeks(life: Life) -> None:
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status))
    report = await life.report(status)
    await life.accepted("hold_placed", hold_id="H", reason="hardship")
    await life.deliver("visit_reported", **report)
    await life.skip(timedelta(days=30))
    await life.accepted("hold_released", hold_id="H")


async def _report_comes_late(life: Life) -> None:
    status = await life.drive_to(Stage.VISIT)
    then = await life.now()
    await life.accepted("visit_checked_in", **life.check_in(status))
    await life.skip(timedelta(days=2))
    report = await life.report(status, first_due_on=str(life.loan.on(then)))
    await life.deliver("visit_reported", **report, occurred_at=then.isoformat())


@pytest.mark.parametrize("lose_time", [_approval_takes_days, _hold_takes_weeks, _report_comes_late])
async def test_plan_whose_first_day_has_passed_is_negotiated_again(
    life: Life, lose_time: Callable[[Life], Awaitable[None]]
) -> None:
    """The crew is told why, nothing is drawn up, and another proposal is welcome."""
    await lose_time(life)
    await life.settle()
    status = await life.status()
    assert (status["stage"], status["plan"]) == (Stage.VISIT, {})
    assert await life.value("SELECT count(*) FROM agreements") == 0
    reason = "SELECT body ->> 'reason' FROM staff_notices WHERE kind = 'negotiate_again'"
    assert await life.value(reason) == (
        "its first part fell due before the document could be drawn up"
    )
    await life.agree()
    await life.sign()


async def test_plan_due_on_the_day_it_is_drawn_up_is_offered(life: Life) -> None:
    """The day itself is early enough."""
    await life.drive_to(Stage.VISIT)
    today = life.loan.on(await life.now())
    await life.agree(first_due_on=str(today))
    status = await life.offered()
    assert date.fromisoformat(status["plan"]["plan"]["parts"][0]["due_on"]) == today


async def test_renegotiated_plan_whose_first_day_has_passed_is_not_offered(life: Life) -> None:
    """Its approval took too long: the plan in force goes on, and somebody is told."""
    status = await life.drive_to(Stage.REPAYMENT)
    tomorrow = life.loan.on(await life.now()) + timedelta(days=1)
    await life.accepted(
        "renegotiation_requested",
        agreement_id=status["plan"]["agreement_id"],
        requested_by_id="K-7",
        capacity={"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
        proposal={
            "instalments": 3,
            "first_due_on": str(tomorrow),
            "waiver_minor": status["plan"]["rest_minor"] // 10,
        },
    )
    waiting = await life.skip_to_stage(Stage.PLAN)
    await life.skip(timedelta(days=2))
    plan_id = waiting["next_plan"]["plan_id"]
    await life.accepted("plan_approved", plan_id=plan_id, approver_id="A-2")
    status = await life.skip_to_stage(Stage.REPAYMENT)
    assert (status["plan"]["in_force"], status["next_plan"]) == (True, {})
    told = "SELECT count(*) FROM staff_notices WHERE kind = 'renegotiation_ended'"
    assert await life.value(told) == 1
