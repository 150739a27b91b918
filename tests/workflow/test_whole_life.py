"""A loan's whole life, from the first reminder to its end."""

from datetime import date

from domain.case import Stage
from tests.workflow.life import StartLife


async def test_silent_borrower_who_signs_at_the_door_completes_the_plan(
    start_life: StartLife,
) -> None:
    """Nine months: contact, application, approval, appointment, visit, plan, repayment."""
    life = await start_life(1)
    status = await life.skip_to_stage(Stage.APPLICATION)
    assert status["days_past_due"] >= 90

    await life.drive_to(Stage.AGREEMENT)
    plan = (await life.offered())["plan"]["plan"]
    assert sum(part["amount_minor"] for part in plan["parts"]) == plan["arrears_minor"]
    await life.sign()
    for part in plan["parts"]:
        await life.skip_to(life.loan.local(date.fromisoformat(part["due_on"])))
        await life.pay_part(part["number"])

    assert await life.outcome() == "plan_completed"
    assert await life.fetch("SELECT DISTINCT status FROM contact_attempts") == [{"status": "sent"}]
    assert await life.fetch("SELECT * FROM contact_refusals") == []
