"""The parts of a plan as a status tells of them, and the messages that were sent on them."""

from datetime import date

from tests.support.lives.conversation import Json
from tests.support.lives.life import Life


def _parts(status: Json) -> list[Json]:
    parts: list[Json] = status["plan"]["plan"]["parts"]
    return parts


def due_of(status: Json, number: int) -> date:
    return date.fromisoformat(_parts(status)[number - 1]["due_on"])


def amount_of(status: Json, number: int) -> int:
    return int(_parts(status)[number - 1]["amount_minor"])


async def sent_as(life: Life, template: str) -> list[Json]:
    return await life.fetch(
        "SELECT a.sent_at, o.text FROM contact_attempts a JOIN simulated_outbox o"
        " ON o.reference = a.attempt_id WHERE a.template = $1 ORDER BY a.sent_at",
        template,
    )


async def skip_to_noon(life: Life, day: date) -> None:
    await life.skip_to(life.loan.local(day))
