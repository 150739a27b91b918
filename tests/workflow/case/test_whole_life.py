"""A loan's whole life, from the first reminder to its end."""

from datetime import date

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from domain.case.state import Stage
from tests.support.lives.life import Life, StartLife

# How many events each costs at least: its own, and three of the workflow task that it wakes.
COSTS = {
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED: 5,  # the run's end included
    EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED: 6,
    EventType.EVENT_TYPE_TIMER_FIRED: 5,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED: 4,
    EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED: 5,
}


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
    events = await _histories(life)
    assert len(events) <= 1.15 * sum(map(_least_cost, events))


async def _histories(life: Life) -> list[HistoryEvent]:
    """The events of all runs."""
    events: list[HistoryEvent] = []
    run_id = life.handle.first_execution_run_id
    while run_id:
        run = life.env.client.get_workflow_handle(life.handle.id, run_id=run_id)
        events += (await run.fetch_history()).events
        next_run = events[-1].workflow_execution_continued_as_new_event_attributes
        run_id = next_run.new_execution_run_id
    return events


def _least_cost(event: HistoryEvent) -> int:
    activity = event.activity_task_scheduled_event_attributes.activity_type.name
    new_search_attributes = int(activity == "enter_stage")
    return COSTS.get(event.event_type, 0) + new_search_attributes


async def test_contact_person_passes_on_a_word_when_the_borrower_cannot_be_reached(
    start_life: StartLife,
) -> None:
    """Their number is dead: the contact person is asked once, without a word of the debt."""
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
    assert call["number"] == "+8600000000009"
    assert "逾期" not in call["text"]
    assert "CNY" not in call["text"]
