"""What a side is to the bench: servers, a worker that can be killed, cases, and ears."""

import asyncio
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import ClassVar, NamedTuple

import asyncpg
import httpx2

from benchmarks.peers import dbos_sql, with_cron
from benchmarks.peers.life import ANSWERS, VARIABLES
from benchmarks.peers.record import SCHEMA
from embedded.postgres import EmbeddedPostgres
from embedded.processes import LOOPBACK, Child, Guard, free_ports, inherited_environment

ROOT = Path(__file__).parents[2]
PEERS_PYTHON = ROOT / ".venv-peers" / "bin" / "python"
RESTATE = ROOT / ".venv-peers" / "restate" / "node_modules" / "@restatedev"
GRACE = timedelta(seconds=5)
_STARTS_WITHIN_SECONDS = 60


class Settings(NamedTuple):
    """What a run is given."""

    day: float  # seconds
    provider: str  # its address
    collectors: int
    planned_hours: int = 20  # of a day, in which contacts are begun
    is_gated: bool = True


class Want(NamedTuple):
    """A case waits for something from outside."""

    case_id: str
    event: str
    about: tuple[str | None, ...] = ()


class Side(ABC):
    """One way to run the life."""

    name: ClassVar[str]
    unit: ClassVar[str] = "case"

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.worker: Child | None = None
        self._guard: Guard | None = None

    async def start_worker(self) -> None:
        """Another one, after the last was killed; it does not outlive the bench."""
        self._dismiss_guard()
        self.worker = await self.spawn_worker()
        self._guard = Guard()
        self._guard.watch(self.worker)

    async def kill_worker(self) -> None:
        """SIGKILL, and its death awaited."""
        if self.worker is not None and not self.worker.has_ended:
            with suppress(ProcessLookupError):  # it may just have ended by itself
                os.kill(self.worker.pid, signal.SIGKILL)
            await self.worker.wait()
        self._dismiss_guard()  # by now its number may be another's

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.dismiss()
            self._guard = None

    @abstractmethod
    async def open_servers(self, exit_stack: AsyncExitStack) -> None:
        """Start what the worker needs; it ends with the exit stack."""

    @abstractmethod
    async def spawn_worker(self) -> Child:
        """The process that does the work, and that dies."""

    @abstractmethod
    def server_pids(self) -> Sequence[int]:
        """The processes whose time is counted beside the worker's."""

    @abstractmethod
    async def open_cases(self, numbers: Sequence[int]) -> None:
        """They begin their life now."""

    @abstractmethod
    async def wants(self) -> list[Want]:
        """What is waited for, as the side's record shows it."""

    @abstractmethod
    async def tell(self, want: Want, attempt: int) -> None:
        """Bring the answer; the attempt's number tells one try from another."""

    @abstractmethod
    async def crews_told(self) -> set[str]:
        """The cases whose crew was told not to come."""


class Peer(Side):
    """What the three others share: their tables in a Postgres of their own."""

    module: ClassVar[str]

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.directory = Path()
        self.database_url = ""
        self.pool: asyncpg.Pool[asyncpg.Record]
        self._servers = Guard()
        self._pids: list[int] = []

    async def open_servers(self, exit_stack: AsyncExitStack) -> None:
        """Postgres, as careless of the disk as the product's in its embedded stack."""
        exit_stack.callback(self._servers.dismiss)
        self.directory = Path(exit_stack.enter_context(TemporaryDirectory(prefix="peers-")))
        server = EmbeddedPostgres(self.directory / "postgres", durable=False)
        self._pids = [server.start()]
        exit_stack.push_async_callback(server.stop)
        self._servers.watch_pid(self._pids[0], signal.SIGINT)
        await server.prepare()
        self.database_url = server.url()
        self.pool = await exit_stack.enter_async_context(
            asyncpg.create_pool(self.database_url, min_size=1, max_size=8)
        )
        await self.pool.execute(SCHEMA)
        await self.pool.executemany(
            "INSERT INTO collectors VALUES ($1)",
            [(f"C-{n:03}",) for n in range(self.settings.collectors)],
        )

    async def spawn_worker(self) -> Child:
        """In the environment of the others."""
        return await self.start_child("worker", PEERS_PYTHON, "-m", self.module)

    async def start_child(
        self, name: str, *command: str | Path, more: dict[str, str] | None = None
    ) -> Child:
        """A process of this side's."""
        environment = {
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self.database_url,
            VARIABLES["DAY"]: str(self.settings.day),
            VARIABLES["PROVIDER"]: self.settings.provider,
            VARIABLES["PLANNED_HOURS"]: str(self.settings.planned_hours),
            VARIABLES["GATE"]: "on" if self.settings.is_gated else "off",
            **(more or {}),
        }
        return await Child.start(
            name, *command, log=self.directory / f"{name}.log",
            env=inherited_environment(environment),
        )  # fmt: skip

    def server_pids(self) -> Sequence[int]:
        """Postgres, and what a side adds."""
        return self._pids

    async def wants(self) -> list[Want]:
        """By the visits' status."""
        rows = await self.pool.fetch(
            "SELECT case_id, status FROM visits WHERE status = ANY($1::text[])", list(ANSWERS)
        )
        return [Want(row["case_id"], ANSWERS[row["status"]]) for row in rows]

    async def crews_told(self) -> set[str]:
        """By the notices to crews."""
        rows = await self.pool.fetch("SELECT case_id FROM crew_notices")
        return {row["case_id"] for row in rows}


class Cron(Peer):
    """A poller over a table."""

    name = "cron, state column"
    module = "benchmarks.peers.with_cron"

    async def open_cases(self, numbers: Sequence[int]) -> None:
        """A row each."""
        await self.pool.execute(with_cron.OPEN, [f"case-{n}" for n in numbers], time.time())

    async def tell(self, want: Want, attempt: int) -> None:
        """An answer is a column, and a payment a row."""
        if want.event == "paid":
            await self.pool.execute(
                with_cron.PAYMENT, want.case_id, f"P-{want.case_id}", time.time()
            )
        else:
            await self.pool.execute(with_cron.ANSWER, want.case_id, want.event, time.time())


class Dbos(Peer):
    """DBOS, with nothing but Postgres."""

    name = "DBOS"
    module = "benchmarks.peers.with_dbos"

    async def open_cases(self, numbers: Sequence[int]) -> None:
        """Workflows in a queue."""
        await self.pool.execute(dbos_sql.OPEN, [f"case-{n}" for n in numbers], time.time())

    async def tell(self, want: Want, attempt: int) -> None:
        """By a message."""
        if want.event == "paid":
            await self.pool.execute(dbos_sql.PAYMENT, want.case_id, f"P-{want.case_id}")
        else:
            await self.pool.execute(dbos_sql.ANSWER, want.case_id, want.event, str(attempt))

    async def start_worker(self) -> None:
        """The first one makes DBOS' tables: cases can be opened once it has."""
        await super().start_worker()
        there = "SELECT to_regclass('dbos.queues') IS NOT NULL"
        async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
            while not await self.pool.fetchval(there):  # noqa: ASYNC110  (another process makes them)
                await asyncio.sleep(0.1)


class Restate(Peer):
    """Restate's server, and a service that it calls."""

    name = "Restate"
    module = "benchmarks.peers.with_restate"

    async def open_servers(self, exit_stack: AsyncExitStack) -> None:
        """Postgres for the business' record, and Restate's server on loopback."""
        await super().open_servers(exit_stack)
        self._ingress, self._admin, fabric, self._service = free_ports(4)
        more = {
            "RESTATE_LISTEN_MODE": "tcp",
            "RESTATE_BIND_IP": LOOPBACK,
            "RESTATE_BIND_PORT": str(fabric),
            "RESTATE_INGRESS__BIND_PORT": str(self._ingress),
            "RESTATE_ADMIN__BIND_PORT": str(self._admin),
            "RESTATE_DISABLE_TELEMETRY": "true",
            "TMPDIR": str(self.directory),  # its leftovers go with the rest
        }
        [binary] = RESTATE.glob("restate-server-*/bin/restate-server")
        server = await self.start_child(
            "restate", binary, "--no-logo", "--base-dir", self.directory / "restate", more=more
        )
        self._servers.watch(server)
        exit_stack.push_async_callback(server.stop, GRACE)
        self._pids = [*self._pids, server.pid]
        self._http = await exit_stack.enter_async_context(
            httpx2.AsyncClient(timeout=30, limits=httpx2.Limits(max_connections=64))
        )
        self._is_registered = False

    async def spawn_worker(self) -> Child:
        """Its service, which the server calls."""
        return await self.start_child("worker", PEERS_PYTHON, "-m", self.module, str(self._service))

    async def start_worker(self) -> None:
        """The first one is registered."""
        await super().start_worker()
        if not self._is_registered:
            uri = f"http://{LOOPBACK}:{self._service}"
            await self._insist(f"http://{LOOPBACK}:{self._admin}/deployments", {"uri": uri})
            self._is_registered = True

    async def _insist(self, url: str, body: object) -> None:
        async with asyncio.timeout(_STARTS_WITHIN_SECONDS):
            while True:
                try:
                    answer = await self._http.post(url, json=body)
                except httpx2.TransportError:
                    answer = None
                if answer is not None and answer.status_code < 300:
                    return
                await asyncio.sleep(0.2)

    async def open_cases(self, numbers: Sequence[int]) -> None:
        """A workflow each, by the ingress."""
        now = time.time()
        for number in numbers:
            case_id = f"case-{number}"
            await self.pool.execute("INSERT INTO cases VALUES ($1, $2)", case_id, now)
            await self._call(case_id, "run", now)

    async def tell(self, want: Want, attempt: int) -> None:
        """A handler of the workflow, named as the event."""
        given = f"P-{want.case_id}" if want.event == "paid" else None
        await self._call(want.case_id, want.event, given)

    async def _call(self, case_id: str, handler: str, given: object) -> None:
        url = f"http://{LOOPBACK}:{self._ingress}/CaseLife/{case_id}/{handler}/send"
        if given is None:
            answer = await self._http.post(url)
        else:
            answer = await self._http.post(url, json=given)
        answer.raise_for_status()
