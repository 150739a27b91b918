"""The service of the demo as processes: what is started, what dies on the way and comes back."""

import asyncio
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

from commands.command_line import counted
from database.sql import Pool, open_pool
from demo.admission import admit_systems
from embedded.processes import LOOPBACK, Child, free_ports
from embedded.stack import EmbeddedStack
from temporal.names import LOAN_COLLECTION

ROOT = Path(__file__).parent.parent
HEAD_START = timedelta(seconds=2)  # what the schedule takes to be installed
CATCH_WITHIN = timedelta(seconds=15)  # for a moment in the middle of a contact
DOWN = timedelta(seconds=2)
GRACE = timedelta(seconds=5)
RUNNING = f"WorkflowType = '{LOAN_COLLECTION}' AND ExecutionStatus = 'Running'"
_HALF_DONE = "SELECT array_agg(attempt_id) FROM contact_attempts WHERE status = 'reserved'"
_OPEN = "SELECT count(*) FROM collection_cases WHERE closed_at IS NULL AND started_at IS NOT NULL"


class DemoError(Exception):
    """The demo cannot go on; the text is one line."""


class Service:
    """A worker, a front door and the world around them, on a stack.

    `say` is told what happens to them. Decisions are taken from the front door only.
    """

    def __init__(self, stack: EmbeddedStack) -> None:
        self.half_done: list[str] = []  # contacts in hand when the worker was killed
        self._stack = stack
        self._worker: Child | None = None
        self._world: Child | None = None
        self._door_key = secrets.token_hex(32)
        self._door_port, self._news_port = free_ports(2)
        stack.settings = stack.settings | {
            "DOOR_KEY": self._door_key,
            "DOOR_HOST": LOOPBACK,
            "DOOR_PORT": str(self._door_port),
            "DECISIONS_FROM": "door",
            "NEWS_TO_PRIVATE_ADDRESSES": "true",
        }

    async def once(self, name: str, script: str, *arguments: str) -> None:
        """Run a command of the service to its end."""
        child = await self._stack.start_child(
            name, sys.executable, ROOT / script, *arguments, grace=GRACE
        )
        if await self._stack.wait_for(child) != 0:
            raise DemoError(child.obituary())

    async def open(self, pool: Pool, until_business: timedelta) -> None:
        """Start worker, door, world and schedule, by the time that the business begins."""
        await self._start_worker()
        await self._stack.start_child("door", sys.executable, ROOT / "server.py", grace=GRACE)
        self._world = await self._stack.start_child(
            "world", sys.executable, "-m", "demo.world", await self._admit(pool), grace=GRACE
        )
        await asyncio.sleep((until_business - HEAD_START).total_seconds())
        await self._install_schedule()

    async def _admit(self, pool: Pool) -> Path:
        """Let the world's systems in; the file with their secrets."""
        door = f"http://{LOOPBACK}:{self._door_port}"
        admission = await admit_systems(pool, self._door_key, door, self._news_port)
        return admission.write(self._stack.data_dir / "admission.json")

    async def breathe(self) -> None:
        """Wait a second; a server or a child that ends meanwhile ends the demo."""
        try:
            obituary = await asyncio.wait_for(self._stack.first_death(), 1)
        except TimeoutError:
            return
        raise DemoError(obituary)

    async def kill_worker(self, pool: Pool, open_cases: int, say: Callable[[str], None]) -> None:
        """A worker dies without a word, if possible in the middle of a contact; another follows."""
        await self._kill(pool, open_cases, say)
        await self._start_worker()
        say(
            "another worker has been started; Temporal hands it what the dead one had in hand "
            "after its timeouts, 10 and 30 seconds, for which this day lasts long enough"
        )

    async def lose_engine(self, pool: Pool, open_cases: int, say: Callable[[str], None]) -> None:
        """Temporal dies with the worker and comes back empty: the cases go on from the record.

        What it had taken and no worker had put on record is sent again by those who sent it.
        """
        await self._kill(pool, open_cases, say)
        await self._stack.lose_temporal()
        say("Temporal has lost all its data: every run, and the schedule of the scan")
        await self._start_worker()
        await self._install_schedule()
        client = await self._stack.connect_temporal()
        while (await client.count_workflows(RUNNING)).count < await pool.fetchval(_OPEN):
            await self.breathe()
        assert self._world is not None  # noqa: S101  (started with the first worker)
        os.kill(self._world.pid, signal.SIGUSR1)
        say("every open case was taken up from the record, and the systems have sent again")

    async def _kill(self, pool: Pool, open_cases: int, say: Callable[[str], None]) -> None:
        assert self._worker is not None  # noqa: S101  (started before anything is shown)
        await _moment_of_contact(pool)
        os.kill(self._worker.pid, signal.SIGKILL)
        await self._stack.wait_for(self._worker)
        self.half_done = await pool.fetchval(_HALF_DONE) or []
        say(
            f"the worker was killed (SIGKILL) with {open_cases} loans open and "
            f"{counted(len(self.half_done), 'contact')} half done"
        )
        await asyncio.sleep(DOWN.total_seconds())

    async def _install_schedule(self) -> None:
        await self.once("schedule", "starter.py", "schedule")

    async def _start_worker(self) -> None:
        self._worker = await self._stack.start_child(
            "worker", sys.executable, ROOT / "worker.py", grace=GRACE
        )


@asynccontextmanager
async def open_pool_of(stack: EmbeddedStack) -> AsyncIterator[Pool]:
    """A few connections to the stack's database."""
    pool = await open_pool(stack.database_url, size=2)
    try:
        yield pool
    finally:
        pool.terminate()


async def _moment_of_contact(pool: Pool) -> None:
    """Wait, not for long, until some contact is reserved and not yet written down as sent."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_WITHIN.total_seconds()):
            while not await pool.fetchval(_HALF_DONE):
                pass
