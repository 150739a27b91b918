"""What the world does to us: providers that fail, and senders that stammer."""

import asyncio

from drills.faults.scene import Scene, Stroke
from drills.modes import Mode

FELT = 2  # messages, at least
LONGER_SECONDS = 30
ASKED_AGAIN_SECONDS = 5  # what became of the last one: it is asked about within seconds
_SENT = "SELECT count(*) FROM contact_attempts WHERE channel = 'sms' AND status <> 'failed'"


def misbehave(*modes: Mode) -> Stroke:
    """A stroke during which the world is in these modes; longer, for a while, until it was felt."""

    async def stroke(scene: Scene, seconds: float) -> str:
        before, was_sent = await scene.pool.fetchval(_SENT), _sent(scene)
        scene.plant.modes.set(modes)
        try:
            await asyncio.sleep(seconds)
            for _ in range(LONGER_SECONDS):
                is_on_record = await scene.pool.fetchval(_SENT) >= before + FELT
                if is_on_record or _sent(scene) >= was_sent + FELT:
                    await asyncio.sleep(ASKED_AGAIN_SECONDS)
                    break
                await asyncio.sleep(1)
        finally:
            scene.plant.modes.set(())
        return f"{await scene.pool.fetchval(_SENT) - before} messages begun meanwhile"

    return stroke


def _sent(scene: Scene) -> int:
    """By the providers' own file: a faulty worker may have nothing on record."""
    return scene.plant.sent.read_text("utf-8").count('"channel": "sms"')


async def refuse(scene: Scene, seconds: float) -> str:
    """Refusals close gateways: somebody opens them again once the account is in order."""
    said = await misbehave(Mode.REFUSES)(scene, seconds)
    for channel in ("sms", "call"):
        await scene.plant.attempt("gateways", "ops.py", "gateways", "--open", channel)
    return said
