"""Who asks for another plan: nobody who is barred from the borrower, or has left."""

from datetime import timedelta
from typing import Any

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life

RICH = {"monthly_income_minor": 9_000_000, "monthly_expense_minor": 300_000}


async def _request(life: Life, by: str, **proposal: Any) -> Json:
    plan = (await life.status())["plan"]
    first_due_on = life.loan.on(await life.now()) + timedelta(days=3)
    asked = {"instalments": 2, "first_due_on": str(first_due_on), **proposal}
    who = {"agreement_id": plan["agreement_id"], "requested_by_id": by}
    return {**who, "capacity": RICH, "proposal": asked}


async def _bar(life: Life, badge_id: str) -> None:
    await life.accepted("complaint_filed", complaint_id="C-1", about="rude")
    answer = {"upheld": True, "handler_id": "H-1", "barred_badge_ids": [badge_id]}
    await life.accepted("complaint_resolved", complaint_id="C-1", **answer)


async def test_nobody_who_is_barred_asks_for_another_plan(life: Life) -> None:
    """The borrower may, of the plan that the barred crew has agreed on with them, too."""
    await life.drive_to(Stage.REPAYMENT)
    await _bar(life, "C-1")
    await life.refused("renegotiation_requested", "LC-CREW", **await _request(life, "c-1"))
    await life.accepted("renegotiation_requested", **await _request(life, "B-1"))
    assert await life.offered("next_plan")


async def test_nobody_who_has_left_asks_for_another_plan(life: Life) -> None:
    """Nor is anything of it on record but the refusal."""
    await life.drive_to(Stage.REPAYMENT)
    await life.pool.execute("UPDATE crew_members SET active = false WHERE badge_id = 'C-3'")
    await life.refused("renegotiation_requested", "LC-AUTHORITY", **await _request(life, "C-3"))


async def test_what_somebody_barred_since_asked_for_is_not_signed(life: Life) -> None:
    """The document is withdrawn, the plan in force goes on, and the borrower hears so."""
    await life.drive_to(Stage.REPAYMENT)
    signed = (await life.status())["plan"]["agreement_id"]
    await life.accepted("renegotiation_requested", **await _request(life, "C-1"))
    offered = (await life.offered("next_plan"))["next_plan"]
    await life.accepted("complaint_filed", complaint_id="C-1", about="rude")
    signature = life.signature({"plan": offered}, signatories=["B-1"])
    answer = {"upheld": True, "handler_id": "H-1", "barred_badge_ids": ["c-1"]}
    await life.signal("complaint_resolved", complaint_id="C-1", **answer)
    refused = await life.deliver("agreement_signed", **signature)
    assert not refused["accepted"]
    await life.skip(timedelta(days=1))
    status = await life.status()
    assert (status["stage"], status["next_plan"]) == (Stage.REPAYMENT, {})
    assert status["plan"]["agreement_id"] == signed
    ended = "SELECT status FROM agreements WHERE agreement_id = $1"
    assert await life.value(ended, offered["agreement_id"]) == "withdrawn"
    assert "plan_unchanged" in await life.contacts()
