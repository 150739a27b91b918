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
