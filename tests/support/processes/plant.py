"""The servers and the worker as processes, each of which can be killed by itself."""

import os
import signal
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from database.migrate import apply_migrations
from database.sql import open_pool
from domain.clock import BusinessClock
from embedded.postgres import EmbeddedPostgres
from embedded.processes import LOOPBACK, Child, Guard, free_ports, inherited_environment, is_free
from embedded.temporal import TemporalPorts, answers, spawn_temporal
from runtime.clock_setting import ClockWish
from tests.support.processes.commands import output_of
from tests.support.processes.deaths import (
    A_WORKERS_SESSION,
    HALF_DONE,
    NOTHING_IS_BEING_DONE,
    Victim,
    kill_now,
)
from tests.support.processes.on_record import OnRecord
from tests.support.processes.patience import until

GRACE, FINISHES_WITHIN = timedelta(seconds=5), timedelta(seconds=60)
DOOR_KEY = "the key of a plant of tests, of its own"
AT_ONCE = timedelta(0)
ATTEMPTS = 3


class Plant(OnRecord):
    """A whole installation on this machine; `async with` starts and ends it, clock and all."""

    def __init__(self, repository: Path, directory: Path, wish: ClockWish) -> None:
        super().__init__()
        self.half_done: set[str] = set()  # contacts in hand when something died
        self._repository = repository
        self._directory = directory
        self._wish = wish
        self._clock = BusinessClock()
        self._exit = AsyncExitStack()
        # Not in pytest's directory, which any other pytest closes to all but its own user again.
        data = self._exit.enter_context(TemporaryDirectory(prefix="plant-"))
        self._postgres = EmbeddedPostgres(Path(data), durable=False)
        self._grpc_port = free_ports(1)[0]
        self._guard = Guard()
        self._temporal: Child | None = None
        self._worker: Child | None = None
        self._door: Child | None = None
        self._door_port = next(filter(is_free, range(20_000 + os.getpid() % 5_000, 30_000)))

    @property
    def environment(self) -> dict[str, str]:
        """The settings that lead a process to this installation."""
        return inherited_environment(
            {
                "TEMPORAL_ADDRESS": self.temporal_address,
                "DATABASE_URL": self._postgres.url(),
                "BUSINESS_CLOCK": str(self._clock),
                "SCAN_EVERY_SECONDS": "3",
                "DOOR_KEY": DOOR_KEY,
                "DOOR_PORT": str(self._door_port),
            }
        )

    @property
    def temporal_address(self) -> str:
        """Where it listens, also after a restart."""
        return f"{LOOPBACK}:{self._grpc_port}"

    @property
    def door_address(self) -> str:
        """Where the front door listens, also after a restart."""
        return f"http://{LOOPBACK}:{self._door_port}"

    @property
    def now(self) -> datetime:
        """Business time."""
        return self._clock.business(datetime.now(UTC))

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._exit.aclose()

    async def _start(self) -> None:
        self._exit.callback(self._guard.dismiss)
        pid = self._postgres.start()
        self._exit.push_async_callback(self._postgres.stop)
        self._guard.watch_pid(pid, signal.SIGINT)
        await self._postgres.prepare()
        await apply_migrations(self._postgres.url())
        self._pool = await open_pool(self._postgres.url(), size=2)
        self._exit.callback(self._pool.terminate)
        self._exit.push_async_callback(self._end_processes)
        await self.start_temporal()
        # Here, for what the servers take to start is no time of the business.
        now = datetime.now(UTC)
        self._clock = self._wish.begun(now, now)

    async def _end_processes(self) -> None:
        children = ((self._door, GRACE), (self._worker, GRACE), (self._temporal, AT_ONCE))
        for child, grace in children:
            if child is not None:
                await child.stop(grace)

    # What goes wrong, and what is done about it

    async def strike(self, victims: Collection[Victim]) -> None:
        """Kill, without a word, between the provider's answer and our note of it."""
        await self.reach(f"{HALF_DONE} AND attempt_id <> ALL ($1)", self.half_done)
        await self.kill(victims)
        if Victim.WORKER in victims:
            await self.reach(NOTHING_IS_BEING_DONE)
        self.half_done |= await self._contacts_in_hand()

    async def kill(self, victims: Collection[Victim]) -> None:
        """Kill, without a word, at any moment."""
        await self.revive()
        if Victim.DOOR in victims:
            await kill_now(self._door)
            self._door = None
        if Victim.POSTGRES in victims:
            # A session dies: all others are cut off as well, and the server has to recover.
            session = await until(lambda: self.value(A_WORKERS_SESSION), "a session to end")
            os.kill(session, signal.SIGKILL)
        if Victim.WORKER in victims:
            await kill_now(self._worker)
            self._worker = None
        if Victim.TEMPORAL in victims:
            await kill_now(self._temporal)

    async def revive(self) -> None:
        """Start again what ended by itself, as a supervisor does: a worker found no server."""
        if self._worker is not None and self._worker.has_ended:
            await self.start_worker()
        if self._door is not None and self._door.has_ended:
            await self.start_door()

    async def mend(self, victims: Collection[Victim]) -> None:
        """Start again what does not recover by itself."""
        if Victim.TEMPORAL in victims:
            await self.start_temporal()
        if Victim.WORKER in victims:
            await self.start_worker()
        if Victim.DOOR in victims:
            await self.start_door()

    async def start_temporal(self) -> None:
        """Start Temporal, again at its address and with the data that it had before."""
        for _ in range(ATTEMPTS):
            temporal = self._temporal = await spawn_temporal(
                # Somebody may have taken the others: a connection takes a free port, too.
                TemporalPorts(grpc=self._grpc_port).chosen(),
                database=self._directory / "temporal.db",
                exact_timers=True,
                log=self._directory / "temporal.log",
            )
            self._guard.watch(temporal)
            if await answers(temporal, self.temporal_address):
                return
        raise AssertionError(temporal.obituary())

    async def lose_engine(self) -> None:
        """Temporal dies with all that it knew, every run and the schedule; another one is there."""
        await kill_now(self._worker)
        await kill_now(self._temporal)
        for file in self._directory.glob("temporal.db*"):
            file.unlink()
        await self.start_temporal()

    async def start_worker(self) -> None:
        """Start a worker; it finds whatever another has left."""
        self._worker = await self._start_process("worker")

    async def start_door(self) -> None:
        """Start the front door, again at its address."""
        self._door = await self._start_process("server")

    async def _start_process(self, script: str) -> Child:
        child = await Child.start(
            script,
            sys.executable,
            self._repository / f"{script}.py",
            log=self._directory / f"{script}.log",
            env=self.environment,
        )
        self._guard.watch(child)
        return child

    async def stop_worker(self) -> None:
        """As an operator does: it finishes what it has in hand."""
        assert self._worker is not None, "no worker has been started"
        await self._worker.stop(FINISHES_WITHIN)

    @asynccontextmanager
    async def disconnected(self) -> AsyncIterator[str]:
        """For a while nobody here is connected to the database; the server's address."""
        assert self._pool is not None, "the plant is not running"
        await self._pool.close()
        yield self._postgres.url("postgres")
        self._pool = await open_pool(self._postgres.url(), size=2)
        self._exit.callback(self._pool.terminate)

    async def _contacts_in_hand(self) -> set[str]:
        return {row["attempt_id"] for row in await self.rows(HALF_DONE)}

    async def command(self, script: str, *arguments: str, ends_with: int = 0) -> str:
        """Run a command of the product; what it printed."""
        command: tuple[str | Path, ...] = (sys.executable, self._repository / script, *arguments)
        return await output_of(
            *command, env=self.environment, cwd=self._repository, ends_with=ends_with
        )
