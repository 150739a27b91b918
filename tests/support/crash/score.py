"""A life written down as it is lived, so that it can be lived again with deaths in it.

Other systems then say the same things at the same times, whatever the worker goes through.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Self

from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.shift import Shift

# Others answer no sooner: by then, who died has come back and done what they had begun.
ANSWERS_AFTER = timedelta(minutes=10)
LIVES_AGAIN_AFTER = timedelta(minutes=1)
COMES_BACK_AFTER_SECONDS = 0.05  # real ones: the server has fired its timers by then


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody says anything until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """An event, and whether it is accepted."""

    event: Json
    accepted: bool


Score = list[Wait | Said]


class WrittenLife(Life):
    """A life of which the score is kept."""

    score: Score

    @classmethod
    def of(cls, life: Life) -> Self:
        """The life, from here on."""
        written = cls(**{each.name: getattr(life, each.name) for each in fields(life)})
        written.score = []
        return written

    async def skip(self, length: timedelta) -> None:
        await super().skip(length)
        self.score.append(Wait(await self.now()))

    async def deliver(self, name: str, **body: Any) -> Json:
        await self.skip(ANSWERS_AFTER)
        return await super().deliver(name, **body)

    async def update(self, *arguments: object) -> Json:
        answer = await super().update(*arguments)
        [event] = arguments
        assert isinstance(event, dict)
        self.score.append(Said(event, bool(answer["accepted"])))
        return answer


async def play(life: Life, score: Score, shift: Shift, is_deadly: Callable[[int], bool]) -> None:
    """Live a life again; in some of its waits, numbered from 1, the worker dies.

    When such a wait is over nobody is there: another worker comes a moment later.
    """
    waits = 0
    for each in score:
        if isinstance(each, Said):
            event = await _as_of_now(life, each.event)
            # Time goes on meanwhile, for who has died and is to come back.
            answer, _ = await asyncio.gather(life.update(event), life.skip(LIVES_AGAIN_AFTER))
            assert answer["accepted"] == each.accepted, answer
            continue
        waits += 1
        if is_deadly(waits):
            await shift.stop()
        passing = asyncio.create_task(life.skip_to(each.until))
        if is_deadly(waits):
            await asyncio.sleep(COMES_BACK_AFTER_SECONDS)
            await shift.start_again()
        await passing


async def _as_of_now(life: Life, event: Json) -> Json:
    """The same; of a document, that which was drawn up in this life."""
    if "document_sha256" not in event:
        return event
    return event | {"document_sha256": (await life.status())["plan"]["document_sha256"]}
