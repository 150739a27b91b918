"""`ops.py why` tells a visit, a plan and a complaint from beginning to end, and what is awaited."""

from datetime import timedelta

from commands.ops.why import tell, tell_goodbye, tell_now
from database.case.story import read_story
from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife


async def _told(life: Life) -> str:
    story = await read_story(life.pool, life.loan.loan_id)
    assert story is not None
    return "\n".join(line for entry in story.entries for line in tell(entry, story))


async def _now(life: Life) -> str:
    story = await read_story(life.pool, life.loan.loan_id)
    assert story is not None
    return "\n".join(tell_now(await life.status(), story))


async def test_a_visit_and_its_plan_from_application_to_end(life: Life) -> None:
    """Who applied, approved and came, what was proposed, signed, paid, and broken by which part."""
    status = await life.drive_to(Stage.PLAN)
    await life.accepted("plan_approved", plan_id=status["plan"]["plan_id"], approver_id="A-2")
    await life.sign()
    await life.pay_part(1)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    text = await _told(life)
    for said in (
        "applied for by the collector K-1",
        "notice: visit_approval_wanted to approvers: told",
        "approved by A-1, until",
        "visit_appointment (visit) by sms",
        "with C-1, C-2",  # who was confirmed
        "badge ids C-1, C-2",  # who came
        "capacity (monthly income CNY ",  # money as money
        "proposed in 3 parts",
        "notice: waiver_approval_wanted to approvers: told",
        "approver id A-2",
        "offered in 3 parts",
        "signed by B-1, C-1",
        "received",
        "broken: part 2 was not paid",
    ):
        assert said in text, said


async def test_a_crew_that_does_not_come_and_a_complaint(life: Life) -> None:
    """The appointment that was given up names its crew; the complaint names who answered."""
    await life.drive_to(Stage.PREPARATION)
    await life.accepted("complaint_filed", complaint_id="C-1", about="tone")
    await life.skip(timedelta(hours=1))
    assert "Complaint C-1: to be answered by" in await _now(life)
    await life.accepted(
        "complaint_resolved",
        complaint_id="C-1",
        upheld=False,
        handler_id="H-1",
        remedy="said sorry",
    )
    text = await _told(life)
    for said in (
        "given up: C-1, C-2 for",
        "notice: appointment_called_off to crew: told; on hold",
        "notice: complaint_to_answer to complaint_desk: told; complaint C-1",
        "answered, not upheld; by H-1; said sorry",
    ):
        assert said in text, said


async def test_what_a_promise_and_a_hold_wait_for(start_life: StartLife) -> None:
    """Nothing is done, and why says until when."""
    life = await start_life(RIPE, tried=True)
    due_on = life.loan.on(await life.now()) + timedelta(days=5)
    await life.accepted("promise_made", amount_minor=1_000, due_on=str(due_on))
    assert f"Promised: CNY 10.00 by {due_on}; nothing is asked for" in await _now(life)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    assert "On hold: hardship; nothing is done until that ends" in await _now(life)


async def test_a_case_that_has_ended_has_its_closing_notice_to_send(start_life: StartLife) -> None:
    """It is closed, and something is still to come; nothing is said to be owed."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay()
    story = await read_story(life.pool, life.loan.loan_id)
    assert story is not None
    assert story.stage == Stage.ENDED
    now, after = tell_goodbye(await life.status(), story)
    assert now.startswith("Now: ended, waits for closing notice; as of ")
    assert after.startswith("Next: paid_notice by sms, ")
