"""Carries the schedule out, and writes down what was done when."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from demo.run import FIRST_DAY, NIGHT_FALLS
from drills.faults.scene import Scene
from drills.faults.strokes import STROKES
from drills.schedule import AROUND, SERVERS, Planned


class Struck(NamedTuple):
    """One fault as it was: in business time, and for how many real seconds."""

    planned: Planned
    began_at: datetime
    ended_at: datetime
    took_seconds: float
    hit: str


class Chaos:
    """Two lanes at a time, each in its order; `say` is told of each stroke."""

    def __init__(
        self, scene: Scene, planned: Sequence[Planned], say: Callable[[str], None]
    ) -> None:
        self.struck: list[Struck] = []
        self._scene = scene
        self._planned = planned
        self._say = say

    async def run(self) -> None:
        """Until the last fault is mended."""
        async with asyncio.TaskGroup() as lanes:
            for kinds in (SERVERS, AROUND):
                lanes.create_task(self._lane([p for p in self._planned if p.fault in kinds]))

    async def _lane(self, planned: Sequence[Planned]) -> None:
        for each in planned:
            clock = self._scene.plant.stack.clock
            due = FIRST_DAY + timedelta(days=each.day) + each.share * NIGHT_FALLS
            await asyncio.sleep((clock.real(due) - datetime.now(UTC)).total_seconds())
            await self._strike(each)

    async def _strike(self, planned: Planned) -> None:
        clock, began = self._scene.plant.stack.clock, datetime.now(UTC)
        hit = await STROKES[planned.fault](self._scene, planned.seconds)
        ended = datetime.now(UTC)
        took = (ended - began).total_seconds()
        self.struck.append(Struck(planned, clock.business(began), clock.business(ended), took, hit))
        self._say(f"day {planned.day:3}  {planned.fault}, {took:.1f} s{': ' if hit else ''}{hit}")
