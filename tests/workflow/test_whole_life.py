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


async def test_contact_person_passes_on_a_word_when_the_borrower_cannot_be_reached(
    start_life: StartLife,
) -> None:
    """His number is dead: the contact person is asked once, without a word of the debt."""
    life = await start_life(57)
    await life.pool.execute("UPDATE phones SET status = 'invalid'")
    await life.pool.execute(
        "INSERT INTO phones (phone_id, borrower_id, number, relation)"
        " VALUES ('B-1-c1', 'B-1', '+86 000 0000 0009', 'contact_person')"
    )
    await life.signal("hold_placed", hold_id="H", reason="dispute")  # a knock: facts are read again
    await life.accepted("hold_released", hold_id="H")
    await life.skip_to(life.loan.at_days_past_due(61))
    assert await life.contacts() == ["locate_call"]
    [call] = await life.fetch("SELECT number, text FROM simulated_outbox")
    assert call["number"] == "+86 000 0000 0009"
    assert "逾期" not in call["text"]
    assert "CNY" not in call["text"]
