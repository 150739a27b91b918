"""What a crew began before a hold, and tells after it: its device was offline all the time."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.lives.points import at_the_hour, start_of_slot

HOUR = timedelta(hours=1)


async def _held(life: Life, length: timedelta) -> Json:
    """An hour after the appointment began there is a hold for so long; answers as before it."""
    await at_the_hour(life)
    status = await life.status()
    await life.skip(HOUR)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(length)
    await life.accepted("hold_released", hold_id="H-1")
    return status


def _after_start(status: Json, minutes: int) -> str:
    return (start_of_slot(status) + timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize("longest_run", [400, 60])
async def test_visit_made_before_a_hold_counts_after_it(
    start_life: StartLife, longest_run: int
) -> None:
    """The crew came, agreed on a plan and left before anybody was to be left in peace."""
    life = await start_life(92, tried=True, long_history_events=longest_run)
    status = await _held(life, 4 * HOUR)
    now = await life.status()
    assert (now["stage"], now["waiting_for"]) == (Stage.VISIT, "visit_checked_in")
    came_at, left_at = _after_start(status, 5), _after_start(status, 50)
    await life.accepted("visit_checked_in", **life.check_in(status, occurred_at=came_at))
    report = await life.report(status, instalments=3)
    await life.accepted("visit_reported", **report | {"occurred_at": left_at})
    assert await life.offered()
    [visit] = await life.fetch("SELECT arrived_at, left_at FROM visits")
    assert [visit["arrived_at"].isoformat(), visit["left_at"].isoformat()] == [
        datetime.fromisoformat(at).astimezone(visit["arrived_at"].tzinfo).isoformat()
        for at in (came_at, left_at)
    ]


async def test_visit_that_met_nobody_before_a_hold_counts_after_it(life: Life) -> None:
    """As it would have without the hold."""
    status = await _held(life, 4 * HOUR)
    visit_id = status["visit"]["visit_id"]
    at = _after_start(status, 10)
    await life.accepted("visit_reported", visit_id=visit_id, outcome="not_present", occurred_at=at)
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    assert (await life.ended_visit())["ended_reason"] == "not_present"


@pytest.mark.parametrize("days", [1, 20])
async def test_visit_of_which_nothing_is_heard_ends_as_without_a_hold(
    life: Life, days: int
) -> None:
    """No hold keeps a device from reporting: its time does not begin anew."""
    proposals = (await life.contacts()).count("visit_appointment") + 1
    status = await _held(life, timedelta(days=days))
    released_at = await life.now()
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    ended = await life.ended_visit()
    assert (ended["status"], ended["ended_reason"]) == ("missed", "no report in time")
    report_by = datetime.fromisoformat(status["visit"]["slot"]["end"]) + timedelta(
        hours=life.policy.visit.report_hours.value
    )
    assert abs(ended["ended_at"] - max(report_by, released_at)) < timedelta(minutes=1)
    told = "SELECT count(*) FROM staff_notices WHERE kind = 'visit_unreported'"
    assert await life.value(told) == 1
    assert (await life.contacts()).count("visit_appointment") == proposals


async def test_crew_that_was_called_off_does_not_come_after_the_hold(life: Life) -> None:
    """It was told that it is off, and the hotline says so to who asks."""
    status = await _held(life, timedelta(minutes=10))
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")
    assert answer["reason"].startswith("LC-STAGE: ")
    assert "called off" in answer["reason"]
