"""Deaths (SIGKILL) and freezes (SIGSTOP) of our own processes and of both servers."""

import asyncio
import signal
from contextlib import suppress

from drills.faults.scene import Scene, Stroke
from drills.plant import DOOR, WORKER, send

_CAUGHT_WITHIN_SECONDS = 8
_IN_HAND = "SELECT count(*) FROM contact_attempts WHERE status = 'reserved'"


async def kill_worker(scene: Scene, seconds: float) -> str:
    """If it can be met, in the middle of a contact."""
    await _moment_of_contact(scene)
    await scene.plant.kill(WORKER)
    in_hand = await scene.pool.fetchval(_IN_HAND)
    await asyncio.sleep(seconds)
    await scene.plant.start_worker()
    return f"{in_hand} contacts in hand"


async def kill_door(scene: Scene, seconds: float) -> str:
    """With whatever it was being told."""
    await scene.plant.kill(DOOR)
    await asyncio.sleep(seconds)
    await scene.plant.start_door()
    return ""


async def kill_temporal(scene: Scene, seconds: float) -> str:
    """Its data stays."""
    await scene.plant.stack.kill_temporal()
    await asyncio.sleep(seconds)
    await scene.plant.stack.start_temporal_again()
    return ""


async def kill_postgres(scene: Scene, seconds: float) -> str:
    """It recovers what was committed."""
    processes = len(scene.plant.pids("postgres"))
    await scene.plant.stack.kill_postgres()
    await asyncio.sleep(seconds)
    await scene.plant.stack.start_postgres_again()
    return f"{processes} processes"


def freeze(name: str) -> Stroke:
    """A stroke that stops a part for a while; it goes on as if no time had passed."""

    async def stroke(scene: Scene, seconds: float) -> str:
        pids = scene.plant.pids(name)
        send(signal.SIGSTOP, pids)
        try:
            await asyncio.sleep(seconds)
        finally:
            send(signal.SIGCONT, pids)
        return f"{len(pids)} processes" if len(pids) > 1 else ""

    return stroke


async def _moment_of_contact(scene: Scene) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(_CAUGHT_WITHIN_SECONDS):
            while not await scene.pool.fetchval(_IN_HAND):  # noqa: ASYNC110  (nobody tells us)
                await asyncio.sleep(0)
