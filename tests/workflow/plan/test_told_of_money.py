"""Whoever has to hear of money hears of it, also before a document is offered and after an end."""

from datetime import timedelta

import pytest

from database.event_record import Events
from domain.case.events.without_case import IncomingEvent
from domain.case.state import Stage
from tests.support.lives.life import Life, StartLife
from tests.support.lives.parts import amount_of, due_of
from tests.support.world import INSTALMENT, Loan, event

WAIVED = "SELECT sum(amount_minor) FROM payments WHERE kind = 'waiver' AND reversed_at IS NULL"
TOLD = (
    "SELECT (body ->> 'amount_minor')::int FROM staff_notices"
    " WHERE kind = $1 AND audience = 'collectors' ORDER BY created_at"
)


async def _told(life: Life, kind: str) -> list[int]:
    return [row["int4"] for row in await life.fetch(TOLD, kind)]


async def test_what_is_taken_back_before_the_offer_is_told_with_it(life: Life) -> None:
    """The waiver waits for its approval, and the plan's debt was less for the payment."""
    await life.pay(INSTALMENT // 2, payment_id="EARLY")
    await life.skip(timedelta(days=30))
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=await life.arrears() // 10)
    await life.accepted("payment_reversed", payment_id="EARLY")
    assert await _told(life, "owed_beside_plan") == []
    plan_id = (await life.status())["plan"]["plan_id"]
    await life.accepted("plan_approved", plan_id=plan_id, approver_id="A-2")
    await life.offered()
    assert await _told(life, "owed_beside_plan") == [INSTALMENT // 2]


@pytest.mark.parametrize("pays_at", [12, 23])
async def test_what_comes_after_the_end_is_over(start_life: StartLife, pays_at: int) -> None:
    """The second transfer of one sum, while the closing notice waits for the morning, or later."""
    life = await start_life(92, Loan(instalments=3), tried=True)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), pays_at))
    await life.pay(3 * INSTALMENT)
    twice = {"payment_id": "TWICE", "amount_minor": 3 * INSTALMENT}
    if pays_at == 23:
        await life.pay(3 * INSTALMENT, payment_id="TWICE")
    else:
        await life.outcome()
        now = await life.now()
        incoming = IncomingEvent("payment_received", event(now, event_id="e", **twice), "r")
        records = Events(life.pool)
        await records.record_without_case("L-1", incoming, life.policy, lambda: now)
    assert await _told(life, "overpaid") == [3 * INSTALMENT]


@pytest.mark.parametrize("at_once", [True, False])
async def test_plan_that_is_fulfilled_before_its_loan_is_sold_keeps_its_waiver(
    life: Life, *, at_once: bool
) -> None:
    """The end takes effect when the borrower may be told of it: what is paid until then counts."""
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=20_000, instalments=2)
    status = await life.sign()
    await life.pay_part(1)
    await life.skip_to_stage(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 2), 22, 30))
    paid = {"payment_id": "LAST", "amount_minor": amount_of(status, 2)}
    if at_once:
        await life.signal("case_closed", outcome="transferred")
        await life.signal("payment_received", **paid)
    else:
        await life.accepted("case_closed", outcome="transferred")
        await life.accepted("payment_received", **paid)
    assert await life.outcome() == "transferred"
    assert await life.value("SELECT status FROM agreements") == "completed"
    assert await life.value(WAIVED) == 20_000
    assert "plan_withdrawn" not in await life.contacts()
