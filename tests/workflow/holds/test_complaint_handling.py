"""A complaint from its filing to its answer, and what it does to a visit."""

import json
from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.world import INSTALMENT

FILED = {"complaint_id": "C-1", "about": "too many calls"}
DAY = timedelta(days=1)


async def _told(life: Life) -> list[Json]:
    """What the complaint desk has been told, with the days since the complaint was filed."""
    return await life.fetch(
        "SELECT n.kind, round(extract(epoch FROM n.created_at - c.filed_at) / 86400, 2)::float"
        " AS day, n.body FROM staff_notices n CROSS JOIN complaints c"
        " WHERE n.audience = 'complaint_desk' ORDER BY n.created_at, n.notice_id"
    )


async def _kinds(life: Life) -> list[tuple[str, float]]:
    return [(row["kind"].removeprefix("complaint_"), row["day"]) for row in await _told(life)]


@pytest.mark.parametrize("longest_run", [400, 12])
async def test_desk_is_reminded_within_the_hold(start_life: StartLife, longest_run: int) -> None:
    """Three days before the answer is due, when it is overdue, and every two days from then on;
    also from run to run, and the borrower hears nothing."""
    life = await start_life(5, long_history_events=longest_run)
    first = await life.handle.describe()
    await life.accepted("complaint_filed", **FILED)
    await life.skip(12 * DAY - timedelta(hours=1))
    assert await _kinds(life) == [("to_answer", 0)]
    await life.skip(timedelta(hours=2))
    assert await _kinds(life) == [("to_answer", 0), ("due_soon", 12)]
    await life.skip(9 * DAY)
    assert await _kinds(life) == [
        ("to_answer", 0), ("due_soon", 12), ("overdue", 15), ("overdue", 17), ("overdue", 19),
        ("overdue", 21),
    ]  # fmt: skip
    assert await life.contacts() == []
    await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False, handler_id="H-1")
    await life.skip(20 * DAY)
    assert len(await _told(life)) == 6
    last = await life.env.client.get_workflow_handle(life.handle.id).describe()
    assert (last.run_id == first.run_id) == (longest_run == 400)


async def test_extended_complaint_has_new_days(start_life: StartLife) -> None:
    """Thirty days from filing, then thirty more; with a reminder before each new day."""
    life = await start_life(5)
    await life.accepted("complaint_filed", handler_id="H-1", **FILED)
    await life.skip(10 * DAY)
    await life.refused(
        "complaint_extended", "CN-19", complaint_id="C-1", approver_id="H-1", reason="complex"
    )
    await life.pool.execute("INSERT INTO staff VALUES ('S-1', 'senior_approver', true)")
    for number, approver_id in ((1, "M-1"), (2, "S-1")):
        status = await life.accepted(
            "complaint_extended", complaint_id="C-1", approver_id=approver_id, reason="complex"
        )
        assert status["complaints"][0]["extensions"] == number
    await life.refused("complaint_extended", "CN-19-SPECIAL", complaint_id="C-1", approver_id="M-1")
    days = await life.fetch("SELECT answer_due_at - filed_at AS days FROM complaints")
    assert days == [{"days": 60 * DAY}]
    await life.skip(51 * DAY)
    assert await _kinds(life) == [
        ("to_answer", 0), ("complainant_to_tell", 10), ("complainant_to_tell", 10),
        ("due_soon", 57), ("overdue", 60),
    ]  # fmt: skip


async def test_what_was_missed_is_not_caught_up(start_life: StartLife) -> None:
    """An answer that turns out to be long overdue is told as such once, not eight times."""
    life = await start_life(5)
    await life.accepted("complaint_filed", **FILED)
    await life.pool.execute("UPDATE complaints SET answer_due_at = filed_at - interval '9 days'")
    await life.skip(8 * DAY)
    assert await _kinds(life) == [("to_answer", 0), ("overdue", 7)]  # at the next look


async def test_complaint_calls_the_visit_off_and_bars_its_crew(start_life: StartLife) -> None:
    """The handler learns which appointment; the case goes on where it was with another crew."""
    life = await start_life(92, tried=True)
    status = await life.drive_to(Stage.PREPARATION)
    starts_at = status["visit"]["slot"]["start"]
    contacts = await life.contacts()

    await life.accepted("complaint_filed", **FILED)
    [notice] = await _told(life)
    assert '"visit_called_off": true' in notice["body"]
    assert _told_start(notice) == datetime.fromisoformat(starts_at)
    assert await life.booked_crew() == 0
    await life.skip(4 * DAY)
    assert await life.contacts() == contacts

    status = await life.accepted(
        "complaint_resolved",
        complaint_id="C-1",
        upheld=True,
        remedy="another crew",
        handler_id="H-1",
        barred_badge_ids=["C-1"],
    )
    assert status["stage"] == Stage.APPOINTMENT
    await life.skip(DAY)
    assert len(await life.contacts()) <= len(contacts) + 1
    slot = await life.proposed()
    assert (slot["badge_ids"], slot["slot_id"][-6:]) == (["C-2", "C-3"], "slot-2")


def _told_start(notice: Json) -> datetime:
    return datetime.fromisoformat(json.loads(notice["body"])["visit_starts_at"])


@pytest.mark.parametrize(
    "stage", [Stage.APPLICATION, Stage.APPOINTMENT, Stage.AGREEMENT, Stage.REPAYMENT]
)
async def test_case_goes_on_where_it_was_without_a_burst(
    start_life: StartLife, stage: Stage
) -> None:
    """After weeks, with reminders to the desk in between: one message at most on the first day,
    and a deadline that has moved on by the time that was held. Only an agreement does not wait:
    it has expired by its own words, its first part is late, and it is negotiated anew."""
    life = await start_life(92, tried=True)
    await life.drive_to(stage)
    await life.skip(timedelta(hours=2))
    before, contacts = await life.status(), await life.contacts()
    await life.accepted("complaint_filed", **FILED)
    await life.skip(20 * DAY)
    assert len(await _told(life)) == 5
    assert await life.contacts() == contacts

    status = await life.accepted(
        "complaint_resolved", complaint_id="C-1", upheld=True, handler_id="H-1"
    )
    assert status["stage"] == (Stage.VISIT if stage is Stage.AGREEMENT else stage)
    await life.skip(DAY)
    assert len(await life.contacts()) <= len(contacts) + 1
    if stage is Stage.APPLICATION:
        moved = _next_at(await life.status()) - _next_at(before)
        assert timedelta(0) <= moved - 20 * DAY < timedelta(minutes=1)


def _next_at(status: Json) -> datetime:
    return datetime.fromisoformat(status["next_action"]["at"])


async def test_answer_in_one_breath_with_its_complaint_still_bars_the_crew(
    start_life: StartLife,
) -> None:
    """No hold was ever seen, and the barred crew does not come."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.PREPARATION)
    await life.signal("complaint_filed", **FILED)
    await life.signal(
        "complaint_resolved",
        complaint_id="C-1",
        upheld=True,
        handler_id="H-1",
        barred_badge_ids=["C-2"],
    )
    await life.skip(timedelta(minutes=1))
    assert (await life.proposed())["badge_ids"] == ["C-1", "C-3"]
    assert await life.value("SELECT count(*) FROM complaints WHERE resolved_at IS NULL") == 0


async def test_complaint_of_a_case_that_ends_is_still_to_be_answered(
    start_life: StartLife,
) -> None:
    """Paid in the night, complained of before the notice: the desk is told, and no thanks sent."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay(INSTALMENT)
    assert (await life.status())["stage"] == Stage.ENDED
    await life.accepted("complaint_filed", **FILED)
    assert await life.outcome() == "cured"
    assert [kind for kind, _ in await _kinds(life)] == ["to_answer"]
    assert await life.contacts() == []


async def test_closing_notice_says_what_was_received(start_life: StartLife) -> None:
    """The day of the last payment, all that was paid under the case, and where to complain."""
    life = await start_life(40)
    await life.pay(50_000)
    await life.skip(2 * DAY)
    paid_on = life.loan.on(await life.now())
    await life.pay()
    assert await life.outcome() == "cured"
    text = await life.value("SELECT text FROM simulated_outbox ORDER BY sequence DESC LIMIT 1")
    day = f"{paid_on.year}年{paid_on.month}月{paid_on.day}日"
    assert f"我们共收到您的还款2,000.00元（截至{day}）" in text
    assert life.policy.channels.complaint_hotline in text


async def test_plan_is_closed_with_what_was_paid_under_it(start_life: StartLife) -> None:
    """The visit's closing says what remains after the next part; the end says what came in."""
    life = await start_life(92, tried=True)
    await life.pay(1_000)  # before the plan: not of it
    await life.apply(applicant="borrower", applicant_id="B-1")  # who has just paid may ask for one
    await life.drive_to(Stage.REPAYMENT)
    parts = (await life.status())["plan"]["plan"]["parts"]
    closing = await _text_of(life, "visit_closing")
    second, third = (f"{part['amount_minor'] / 100:,.2f}元" for part in parts[1:])
    assert f"下一期{second}" in closing
    assert f"此后剩余{third}" in closing
    for part in (2, 3):
        await life.skip(20 * DAY)
        await life.pay_part(part)
    assert await life.outcome() == "plan_completed"
    total = sum(part["amount_minor"] for part in parts)
    assert f"还款{total / 100:,.2f}元" in await _text_of(life, "plan_completed_notice")


async def _text_of(life: Life, template: str) -> str:
    return str(
        await life.value(
            "SELECT o.text FROM simulated_outbox o JOIN contact_attempts a"
            " ON a.attempt_id = o.reference WHERE a.template = $1",
            template,
        )
    )
