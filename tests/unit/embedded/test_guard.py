"""The guard ends what this process leaves behind, and nobody else."""

import asyncio
import signal
import sys
import textwrap
from datetime import timedelta
from pathlib import Path

from embedded.processes import Child, Guard

_GRACE = timedelta(seconds=5)
# Watches a process that lives on and one that it is told to forget, and dies without a word.
_DIES = """
    import os, signal, sys
    from embedded.processes import Guard
    watched, forgotten = map(int, sys.argv[1:])
    guard = Guard()
    guard.watch_pid(forgotten, signal.SIGKILL)
    guard.watch_pid(watched, signal.SIGTERM)
    guard.forget_pid(forgotten)
    os.kill(os.getpid(), signal.SIGKILL)
"""


async def test_what_is_forgotten_lives_on(repository: Path, tmp_path: Path) -> None:
    """Its number may be a stranger's by now; each other ends by its own signal."""
    watched = await Child.start("watched", "/bin/sleep", "60", log=tmp_path / "log")
    forgotten = await Child.start("forgotten", "/bin/sleep", "60", log=tmp_path / "log")
    try:
        numbers = str(watched.pid), str(forgotten.pid)
        dying = await asyncio.create_subprocess_exec(
            sys.executable, "-c", textwrap.dedent(_DIES), *numbers, cwd=repository
        )
        assert await dying.wait() == -signal.SIGKILL
        assert await watched.wait() == -signal.SIGTERM
        assert not forgotten.has_ended
    finally:
        await watched.stop(_GRACE)
        await forgotten.stop(_GRACE)


async def test_a_child_that_has_ended_is_forgotten(tmp_path: Path) -> None:
    """By itself: whoever ends it need not think of the guard."""
    orders: list[str] = []

    class Listening(Guard):
        def _say(self, order: str) -> None:
            orders.append(order)

    guard = Listening()
    try:
        child = await Child.start("mayfly", "/bin/sh", "-c", "exit 0", log=tmp_path / "log")
        guard.watch(child)
        await child.wait()
        while len(orders) < 2:  # noqa: ASYNC110  (the guard tells nobody)
            await asyncio.sleep(0)
    finally:
        guard.dismiss()

    assert orders == [f"{child.pid} KILL", f"{child.pid}"]
