"""Both servers with our schema and search attributes, started and ended together."""

import asyncio
import fcntl
import os
import signal
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from temporalio.client import Client

from database.migrate import apply_migrations
from domain.clock import BusinessClock
from embedded.postgres import EmbeddedPostgres
from embedded.processes import (
    LOOPBACK,
    Child,
    Guard,
    StackError,
    inherited_environment,
    is_free,
)
from embedded.temporal import NAMESPACE, TemporalPorts, answers, connect, spawn_temporal

_TEMPORAL_ENDS_WITHIN = timedelta(seconds=10)
_ATTEMPTS = 3

ENV_FILE = "env"
_TEMPORAL_FILE = "temporal.db"


class EmbeddedStack:
    """Postgres with our schema and Temporal with our search attributes, on this machine only.

    `async with EmbeddedStack(...) as stack:` starts both and ends both. With a `data_dir` the
    data survives a restart and one stack at a time runs in it; without one nothing remains.
    Entering raises StackError when the directory is in use or a server does not start.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        *,
        clock: BusinessClock | None = None,
        ports: Callable[[], TemporalPorts] = TemporalPorts,
    ) -> None:
        self.clock = clock or BusinessClock()
        self.settings: dict[str, str] = {}  # more of them, that its children are given
        self.database_url = ""
        self._is_durable = data_dir is not None
        self._data_dir = data_dir.resolve() if data_dir is not None else Path()
        # Asked only when the directory is ours: before, another stack's ports would look taken.
        self._wanted_ports = ports
        self._ports = TemporalPorts()
        self._exit = AsyncExitStack()
        self._guard: Guard | None = None
        self._postgres: EmbeddedPostgres | None = None
        self._temporal: Child | None = None
        self._children: list[Child] = []

    @property
    def data_dir(self) -> Path:
        """Where the servers' data and logs are; a temporary directory if none was given."""
        return self._data_dir

    @property
    def temporal_address(self) -> str:
        """Where Temporal's gRPC frontend listens, host:port."""
        return f"{LOOPBACK}:{self._ports.grpc}"

    @property
    def environment(self) -> Mapping[str, str]:
        """The settings that lead a process to this stack, by variable."""
        return {
            "TEMPORAL_ADDRESS": self.temporal_address,
            "TEMPORAL_NAMESPACE": NAMESPACE,
            "TEMPORAL_UI": f"http://{LOOPBACK}:{self._ports.ui}",
            "TEMPORAL_HTTP": f"http://{LOOPBACK}:{self._ports.http}",
            "DATABASE_URL": self.database_url,
            "BUSINESS_CLOCK": str(self.clock),
            **self.settings,
        }

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self._exit.aclose()
            raise
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._exit.aclose()

    async def connect_temporal(self) -> Client:
        """A new client of this Temporal, with the service's data converter."""
        return await connect(self.temporal_address)

    async def start_child(self, name: str, *command: str | Path, grace: timedelta) -> Child:
        """Run a command with this stack's settings; it ends before the servers do.

        `name` is what messages and its log file call it; `grace` is the time it gets to end.
        """
        child = await Child.start(
            name,
            *command,
            log=self.data_dir / f"{name}.log",
            env=inherited_environment(self.environment),
        )
        self._adopt(child, grace)
        return child

    async def start_listening(
        self,
        name: str,
        *command: str | Path,
        grace: timedelta,
        port: Callable[[], int],
        variable: str,
    ) -> None:
        """Run a command that listens on a port, which it is told by a variable of its settings.

        Somebody may take the port between its choice and its use: then another is chosen.

        Raises:
            StackError: when it ended, and not for that.
        """
        for _ in range(_ATTEMPTS):
            chosen = port()
            self.settings |= {variable: str(chosen)}
            child = await self.start_child(name, *command, grace=grace)
            if await child.listens(chosen):
                return
            self.forget(child)
            if is_free(chosen):
                break
        raise StackError(child.obituary())

    async def wait_for(self, child: Child) -> int:
        """Wait for a child that is meant to end; its exit code."""
        self.forget(child)
        return await child.wait()

    def forget(self, child: Child) -> None:
        """Take no notice of the child's end any more: it is meant to come."""
        self._children.remove(child)

    async def kill_child(self, child: Child) -> None:
        """End a child without a word (SIGKILL); nobody is told of its death."""
        os.kill(child.pid, signal.SIGKILL)
        await self.wait_for(child)

    async def kill_postgres(self) -> None:
        """Postgres dies without a word; nobody is told of its death."""
        assert self._postgres is not None, "the stack is not running"  # noqa: S101
        pid = await self._postgres.kill()
        if self._guard is not None:
            self._guard.forget_pid(pid)

    async def start_postgres_again(self) -> None:
        """A killed Postgres comes back at its address with all that was committed."""
        assert self._postgres is not None, "the stack is not running"  # noqa: S101
        self._watch_postgres(await self._postgres.start_again())

    async def kill_temporal(self) -> None:
        """Temporal dies without a word; nobody is told of its death."""
        await self.kill_child(self._running_temporal)

    async def start_temporal_again(self) -> None:
        """A killed Temporal comes back at its address; of a `data_dir`, with all it knew."""
        temporal = await self._spawn_temporal(self._ports)
        if not await answers(temporal, self.temporal_address):
            raise StackError(temporal.obituary())

    async def lose_temporal(self) -> None:
        """Kill Temporal, and start another at the same address that knows nothing of before."""
        await self.kill_temporal()
        for file in self._data_dir.glob(f"{_TEMPORAL_FILE}*"):
            file.unlink()
        await self.start_temporal_again()

    def server_pids(self) -> dict[str, list[int]]:
        """The processes of each server, by its name; Postgres has one for each session."""
        assert self._postgres is not None, "the stack is not running"  # noqa: S101
        return {
            "postgres": [process.pid for process in self._postgres.processes()],
            "temporal": [self._running_temporal.pid],
        }

    @property
    def _running_temporal(self) -> Child:
        assert self._temporal is not None, "the stack is not running"  # noqa: S101
        return self._temporal

    async def first_death(self) -> str:
        """Wait until a server or a child ends by itself; one line about it."""
        assert self._postgres is not None, "the stack is not running"  # noqa: S101
        postgres = asyncio.create_task(self._postgres.gone.wait())
        ends = {asyncio.create_task(child.wait()): child for child in self._children}
        try:
            done, _ = await asyncio.wait({postgres, *ends}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (postgres, *ends):
                task.cancel()
        dead = next((child for task, child in ends.items() if task in done), None)
        return dead.obituary() if dead else f"postgres ended (see {self._postgres.log})"

    def obituary(self) -> str | None:
        """One line about a server or a child that has ended by itself, if one has by now."""
        assert self._postgres is not None, "the stack is not running"  # noqa: S101
        if self._postgres.gone.is_set():
            return f"postgres ended (see {self._postgres.log})"
        return next((child.obituary() for child in self._children if child.has_ended), None)

    async def _start(self) -> None:
        self._own_data_dir()
        self._guard = Guard()
        self._exit.callback(self._guard.dismiss)
        await self._start_postgres()
        for attempt in range(_ATTEMPTS):
            temporal = await self._spawn_temporal(self._wanted_ports())
            if attempt == 0:
                # Here, so that it overlaps the slow part of Temporal's start.
                await apply_migrations(self.database_url)
            if await answers(temporal, self.temporal_address):
                return
            # Somebody may have taken a port between its choice and its use: choose again.
            self._children.remove(temporal)
        raise StackError(temporal.obituary())

    def _own_data_dir(self) -> None:
        if not self._is_durable:
            temporary = tempfile.TemporaryDirectory(prefix="collections-")
            self._data_dir = Path(self._exit.enter_context(temporary))
            return
        self._data_dir.mkdir(parents=True, exist_ok=True)
        lock = self._exit.enter_context((self._data_dir / "lock").open("a+"))
        try:
            # The kernel gives it back when this process ends, however it ends.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise StackError(
                f"already running in {self._data_dir} (process {lock.read().strip()})"
            ) from None
        # A stack that was killed left addresses that lead nowhere.
        (self._data_dir / ENV_FILE).unlink(missing_ok=True)
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()

    async def _start_postgres(self) -> None:
        self._postgres = EmbeddedPostgres(self._data_dir / "postgres", durable=self._is_durable)
        self._exit.push_async_callback(self._postgres.stop)
        self._watch_postgres(self._postgres.start())
        await self._postgres.prepare()
        self.database_url = self._postgres.url()

    def _watch_postgres(self, pid: int) -> None:
        if self._guard is not None:
            # The kind end: a killed Postgres would have to recover.
            self._guard.watch_pid(pid, signal.SIGINT)

    async def _spawn_temporal(self, ports: TemporalPorts) -> Child:
        self._ports = ports.chosen()
        temporal = self._temporal = await spawn_temporal(
            self._ports,
            database=self._data_dir / _TEMPORAL_FILE if self._is_durable else None,
            exact_timers=not self.clock.is_real,
            log=self._data_dir / "temporal.log",
        )
        # What is only in memory needs no second to be put away.
        self._adopt(temporal, _TEMPORAL_ENDS_WITHIN if self._is_durable else timedelta(0))
        return temporal

    def _adopt(self, child: Child, grace: timedelta) -> None:
        """Watch over a child, and end it before everything that was started before it."""
        if self._guard is not None:
            self._guard.watch(child)
        self._exit.push_async_callback(child.stop, grace)
        self._children.append(child)
