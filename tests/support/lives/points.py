"""Points between the confirmed appointment and the report, and what a crew is told there."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life

Point = Callable[[Life], Awaitable[None]]


async def confirmed(life: Life) -> None:
    await life.drive_to(Stage.PREPARATION)


async def reminded(life: Life) -> None:
    await confirmed(life)
    await life.skip_until(lambda status: bool(status["visit"]["prepared"]))


async def departed(life: Life) -> None:
    await confirmed(life)
    await life.skip_to_stage(Stage.VISIT)


async def at_the_hour(life: Life) -> None:
    await departed(life)
    await life.skip_to(start_of_slot(await life.status()) + timedelta(minutes=5))


async def checked_in(life: Life) -> None:
    await departed(life)
    await life.skip_to(start_of_slot(await life.status()) + timedelta(minutes=5))
    await life.accepted("visit_checked_in", **life.check_in(await life.status()))


BEFORE_THE_DOOR = (confirmed, reminded, departed, at_the_hour)
POINTS = (*BEFORE_THE_DOOR, checked_in)


def start_of_slot(status: Json) -> datetime:
    return datetime.fromisoformat(status["visit"]["slot"]["start"])


async def crew_is_told(life: Life, slot_id: str, reason: str) -> None:
    """Once, with the reason; and its time is free again."""
    notices = await life.fetch(
        "SELECT body->>'reason' AS reason FROM staff_notices"
        " WHERE kind = 'appointment_called_off' AND body->>'slot_id' = $1",
        slot_id,
    )
    assert notices == [{"reason": reason}]
    assert not await life.fetch(
        "SELECT * FROM visit_crew WHERE slot_id = $1 AND released_at IS NULL", slot_id
    )
