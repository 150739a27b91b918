"""A run that is lost is taken up from the record in any stage, and the case ends as it would."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import STAGES, Life, StartLife, start_in
from tests.support.lives.rebuilt import take_up_again

ONCE = {"visit_invitation", "visit_reminder", "how_to_pay", "visit_closing", "legal_notice"}
ON_THE_WAY = [each for each in STAGES if each not in (Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW)]


async def lose_and_take_up(life: Life) -> None:
    """Somebody terminates the run; the case is started again from its record alone."""
    await life.lose()
    await take_up_again(life)


def _at(status: Json) -> datetime:
    return datetime.fromisoformat(status["next_action"]["at"])


async def _told(life: Life) -> list[dict[str, object]]:
    return await life.fetch("SELECT notice_id, kind FROM staff_notices ORDER BY created_at")


@pytest.mark.parametrize("stage", STAGES)
async def test_case_goes_on_at_its_stage_without_a_burst(
    start_life: StartLife, stage: Stage
) -> None:
    """With the same deadline; nobody is written to or told again."""
    life = await start_in(start_life, stage)
    await life.skip(timedelta(hours=2))
    before, contacts, told = await life.status(), await life.contacts(), await _told(life)

    await lose_and_take_up(life)

    after = await life.status()
    assert (after["stage"], after["waiting_for"]) == (before["stage"], before["waiting_for"])
    assert (after["plan"], after["visit"]) == (before["plan"], before["visit"])
    assert after["next_action"]["what"] == before["next_action"]["what"]
    assert abs(_at(after) - _at(before)) < timedelta(minutes=1)
    assert await life.contacts() == contacts
    assert await _told(life) == told


@pytest.mark.parametrize("stage", ON_THE_WAY)
async def test_case_ends_as_it_would(start_life: StartLife, stage: Stage) -> None:
    """Lost on the way to an agreement, or in it: the plan is completed, each thing said once."""
    life = await start_in(start_life, stage)
    await life.skip(timedelta(hours=2))
    await lose_and_take_up(life)

    if stage is Stage.PLAN:
        plan_id = (await life.status())["plan"]["plan_id"]
        await life.accepted("plan_approved", plan_id=plan_id, approver_id="A-9")
    await life.drive_to(Stage.REPAYMENT)
    await lose_and_take_up(life)
    for part in (2, 3):
        await life.skip(timedelta(days=20))
        await life.pay_part(part)

    assert await life.outcome() == "plan_completed"
    said = await life.contacts()
    assert {template for template in ONCE if said.count(template) > 1} == set()


async def test_hold_goes_on_and_is_counted_whole(start_life: StartLife) -> None:
    """Also the time before the run was lost moves the deadline on."""
    life = await start_in(start_life, Stage.APPLICATION)
    await life.skip(timedelta(hours=2))
    deadline = await _ends_at(life)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=2))
    await lose_and_take_up(life)
    assert (await life.status())["waiting_for"] == "hold_released"
    await life.skip(timedelta(days=2))
    await life.accepted("hold_released", hold_id="H-1")
    moved = await _ends_at(life) - deadline
    assert timedelta(days=4) <= moved < timedelta(days=4, minutes=1)


async def _ends_at(life: Life) -> timedelta:
    ends_at = await life.value("SELECT stage_ends_at - '2026-01-01' FROM collection_cases")
    assert isinstance(ends_at, timedelta)
    return ends_at
