"""A promise to pay while a visit is under way: no crew is sent until its day, and it is decided."""

from datetime import date, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.points import at_the_hour, confirmed, crew_is_told, departed, reminded

PROMISED = 5_000
OPEN = "a promise to pay is open"


async def _promise(life: Life, days: int) -> date:
    due_on = life.loan.on(await life.now()) + timedelta(days=days)
    await life.accepted("promise_made", amount_minor=PROMISED, due_on=str(due_on))
    return due_on


async def _statuses(life: Life) -> list[str]:
    return [row["status"] for row in await life.fetch("SELECT status FROM promises")]


@pytest.mark.parametrize("point", [confirmed, reminded, departed])
async def test_no_crew_is_sent_until_its_day_has_passed(life: Life, point: object) -> None:
    """Crew and borrower hear that the appointment is off; unpaid, another is proposed."""
    assert callable(point)
    await point(life)
    slot: Json = (await life.status())["visit"]["slot"]
    due_on = await _promise(life, 5)
    await crew_is_told(life, slot["slot_id"], OPEN)
    assert (await life.contacts()).count("visit_called_off") == 1
    status = await life.status()
    assert (status["stage"], status["visit"]["slot"]) == (Stage.APPOINTMENT, None)
    again = await life.proposed()
    assert life.loan.on(await life.now()) > due_on
    assert again["slot_id"] != slot["slot_id"]
    assert await _statuses(life) == ["broken"]


async def test_promise_of_before_an_appointment_is_waited_for(life: Life) -> None:
    """An approval is given meanwhile; kept, the promise is so at once, and then a time is found."""
    await life.apply()
    await _promise(life, 10)
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    await life.skip(timedelta(days=2))
    assert (await life.status())["next_action"]["what"] == "verify the promise to pay"
    assert await life.booked_crew() == 0
    await life.pay(PROMISED)
    assert await _statuses(life) == ["kept"]
    assert await life.proposed()


async def test_who_is_at_the_door_goes_on(life: Life) -> None:
    """The hour had come when it was promised: the crew checks in and reports."""
    await at_the_hour(life)
    await _promise(life, 5)
    status = await life.status()
    await life.accepted("visit_checked_in", **life.check_in(status))
    report = {"visit_id": status["visit"]["visit_id"], "outcome": "refused"}
    assert (await life.accepted("visit_reported", **report))["stage"] == Stage.EARLY_CONTACT
    assert await _statuses(life) == ["open"]


async def test_who_is_invited_and_promises_is_waited_for(life: Life) -> None:
    """Nothing is left to apply for until then; kept, the promise is so at once."""
    await life.skip_to_stage(Stage.APPLICATION)
    await _promise(life, 5)
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    await life.pay(PROMISED)
    assert await _statuses(life) == ["kept"]


async def test_hold_gives_a_promise_its_grace(life: Life) -> None:
    """Its day came while nobody was to be disturbed: it is not broken as the hold ends."""
    await life.skip_to_stage(Stage.APPLICATION)
    await _promise(life, 2)
    await life.accepted("hold_placed", hold_id="H-1", reason="bereavement")
    await life.skip(timedelta(days=9))
    await life.accepted("hold_released", hold_id="H-1")
    await life.skip(timedelta(hours=12))
    assert await _statuses(life) == ["open"]
    await life.skip(timedelta(days=2))
    assert await _statuses(life) == ["broken"]
