"""A plan that is honoured does not end without a word."""

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as


@pytest.mark.parametrize("outcome", ["transferred", "withdrawn", "written_off"])
@pytest.mark.parametrize("hour", [11, 22])
async def test_who_honours_a_plan_hears_that_it_does_not_go_on(
    life: Life, outcome: str, hour: int
) -> None:
    """Whoever takes the loan, and at whatever hour: at night they hear it in the morning."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), hour))
    await life.accepted("case_closed", outcome=outcome, reason="sold")
    assert await life.outcome() == outcome
    [told] = await sent_as(life, "plan_withdrawn")
    assert "还款计划不再继续" in told["text"]
    notice = "SELECT body ->> 'agreement_id' FROM staff_notices WHERE kind = 'plan_withdrawn'"
    assert await life.value(notice) == status["plan"]["agreement_id"]


async def test_a_hold_does_not_keep_a_case_from_its_end(life: Life) -> None:
    """Nobody writes to who is on hold: the collectors know what to say when they call."""
    await life.drive_to(Stage.REPAYMENT)
    await life.accepted("hold_placed", hold_id="H-1", reason="bereavement")
    await life.accepted("case_closed", outcome="transferred", reason="sold")
    assert await life.outcome() == "transferred"
    assert not await sent_as(life, "plan_withdrawn")
    notice = "SELECT count(*) FROM staff_notices WHERE kind = 'plan_withdrawn'"
    assert await life.value(notice) == 1


async def test_a_plan_that_is_paid_up_before_the_end_is_not_withdrawn(life: Life) -> None:
    """At night the loan is sold, and before the morning the whole of it is paid."""
    await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22))
    await life.accepted("case_closed", outcome="transferred", reason="sold")
    outstanding = (await life.status())["outstanding_minor"]
    await life.pay(outstanding)
    assert await life.outcome() == "settled"
    assert not await sent_as(life, "plan_withdrawn")
