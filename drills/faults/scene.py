"""What a stroke of chaos has at hand."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from database.sql import Pool
from drills.plant import Plant

_PAUSE_SECONDS = 0.5
T = TypeVar("T")


@dataclass(frozen=True)
class Scene:
    """The running service, and chance. `pool` waits for a database that is away."""

    plant: Plant
    pool: Pool
    client: Client
    chance: random.Random

    async def temporal(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Temporal's answer, asked for until it is there to give one."""
        while True:
            try:
                return await ask()
            except RPCError:
                await asyncio.sleep(_PAUSE_SECONDS)


# A stroke lasts so many real seconds, mends what it broke, and says what it hit.
Stroke = Callable[[Scene, float], Awaitable[str]]
