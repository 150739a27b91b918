"""A missed part ends the plan in force, and with it what was to replace it: one word says so."""

import json
from datetime import date, datetime, timedelta

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as

OFFERS = "SELECT agreement_id, status FROM agreements ORDER BY offered_at"
REASON = "SELECT body FROM staff_notices WHERE kind = 'renegotiation_ended'"


async def _ask_at(life: Life, status: Json, day: int, hour: int, **proposal: object) -> None:
    """Ask for another plan some days after the first part was due."""
    plan = status["plan"]
    due = date.fromisoformat(plan["plan"]["parts"][0]["due_on"])
    await life.skip_to(life.loan.local(due + timedelta(days=day), hour))
    first_due = life.loan.on(await life.now()) + timedelta(days=10)
    await life.accepted(
        "renegotiation_requested",
        agreement_id=plan["agreement_id"],
        requested_by_id="K-7",
        capacity={"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
        proposal={"instalments": 6, "first_due_on": str(first_due), **proposal},
    )


async def test_offer_is_withdrawn_and_only_the_end_is_told(life: Life) -> None:
    """It did not expire: that is later, as it says itself. And no plan goes on unchanged."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await _ask_at(life, status, 5, 11)
    offered = (await life.offered("next_plan"))["next_plan"]
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert await life.now() < datetime.fromisoformat(offered["expires_at"])
    await life.skip(timedelta(days=3))
    assert await life.fetch(OFFERS) == [
        {"agreement_id": status["plan"]["agreement_id"], "status": "broken"},
        {"agreement_id": offered["agreement_id"], "status": "withdrawn"},
    ]
    assert json.loads(await life.value(REASON))["reason"] == (
        "a part of the plan in force was missed"
    )
    assert await sent_as(life, "plan_broken")
    assert not await sent_as(life, "plan_unchanged")


async def test_waiver_that_is_waited_for_was_not_refused(life: Life) -> None:
    """Who reads the notice asks no approver why."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await _ask_at(life, status, 5, 11, waiver_minor=status["plan"]["plan"]["arrears_minor"] // 10)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert json.loads(await life.value(REASON))["reason"] == (
        "a part of the plan in force was missed"
    )
    await life.skip(timedelta(days=3))
    assert not await sent_as(life, "plan_unchanged")


async def test_nobody_hears_in_the_morning_that_a_plan_goes_on_which_ends_that_day(
    life: Life,
) -> None:
    """Declined on the last evening of its grace: the word would come when that is over."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await _ask_at(life, status, 5, 22)
    offered = (await life.offered("next_plan"))["next_plan"]
    await life.accepted("agreement_declined", agreement_id=offered["agreement_id"])
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.skip(timedelta(days=3))
    assert await sent_as(life, "plan_broken")
    assert not await sent_as(life, "plan_unchanged")
