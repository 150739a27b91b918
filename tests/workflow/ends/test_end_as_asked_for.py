"""An end that another system asked for, which a payment has overtaken, and the payment bounces."""

from datetime import timedelta

import pytest

from domain.case.state import DueCase
from temporal.case_starter import TemporalCaseStarter
from tests.support.lives.life import StartLife, begun_by_scan
from tests.support.lives.rebuilt import at_rest
from tests.support.world import INSTALMENT

DAY = timedelta(days=1)


@pytest.mark.parametrize("outcome", ["handed_to_legal", "transferred"])
async def test_what_was_asked_for_stands(start_life: StartLife, outcome: str) -> None:
    """The scan reopens the case, long after it was told and finished; it ends as was asked for."""
    life = await start_life(5)
    paid = INSTALMENT if outcome == "handed_to_legal" else 12 * INSTALMENT
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at,"
        " source) VALUES ('P', 'L-1', $1, 'payment', $2, $2, 'ledger')",
        paid,
        await life.now(),
    )
    await life.signal("case_closed", outcome=outcome, reason="sold")
    await life.skip(DAY)
    assert await life.value("SELECT outcome FROM collection_cases") in ("cured", "settled")
    await at_rest(life, "payment_reversed", payment_id="P")
    [case_id] = await begun_by_scan(life)
    case = DueCase(case_id=case_id, loan_id="L-1", found_at=await life.now())
    assert await TemporalCaseStarter(life.env.client, life.clock).start_case(case)
    await life.settle()
    await life.skip(DAY)
    assert await life.value("SELECT outcome FROM collection_cases") == outcome
