"""The named statements of `queries/`, and the pool they run on."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiosql
import asyncpg
from aiosql.adapters.asyncpg import AsyncPGAdapter
from aiosql.query_loader import QueryLoader

from database.errors import DatabaseAwayError


class _Adapter(AsyncPGAdapter):
    """Asks a pool as it asks a connection: both answer to the same methods.

    The library looks for `acquire` among all names of either at each call, which costs as much
    as a third of a round trip.
    """

    def _in_order(self, query_name: str, parameters: Any) -> Any:
        return self.maybe_order_params(query_name, parameters)  # type: ignore[no-untyped-call]

    async def select(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None
    ) -> AsyncIterator[Any]:
        for row in await conn.fetch(sql, *self._in_order(query_name, parameters)):
            yield row

    async def select_one(
        self, conn: Any, query_name: str, sql: str, parameters: Any, record_class: None = None
    ) -> Any:
        return await conn.fetchrow(sql, *self._in_order(query_name, parameters))

    async def select_value(self, conn: Any, query_name: str, sql: str, parameters: Any) -> Any:
        return await conn.fetchval(sql, *self._in_order(query_name, parameters))

    async def insert_update_delete(
        self, conn: Any, query_name: str, sql: str, parameters: Any
    ) -> Any:
        return await conn.execute(sql, *self._in_order(query_name, parameters))


class _Rooms(QueryLoader):
    """Folders are rooms for whoever reads: a statement has one name, in whichever it stands."""

    def load_query_data_from_dir_path(
        self, dir_path: Path, ext: Any = (".sql",), encoding: Any = None
    ) -> Any:
        return {
            statement.query_name: statement
            for file in sorted(dir_path.rglob("*.sql"))
            for statement in self.load_query_data_from_file(file, encoding=encoding)
        }


if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    from database.declared import Statements

    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:  # generic to the type checker only
    Pool = asyncpg.Pool
    Connection = asyncpg.Connection

_ADAPTER: Any = _Adapter
_STATEMENTS: Any = aiosql.from_path(Path(__file__).parent / "queries", _ADAPTER, loader_cls=_Rooms)
# Looked up by name at run time. To mypy each is a method with its parameters, see `statements.py`.
SQL: "Statements" = _STATEMENTS


_CONNECTS_WITHIN_SECONDS = 15  # also a server that takes the connection and says nothing


async def open_pool(
    database_url: str, size: int = 10, statement_within: timedelta | None = None
) -> Pool:
    """A pool of connections. The caller closes it.

    `statement_within`: a statement that takes longer raises TimeoutError; None waits for ever.

    Raises:
        DatabaseAwayError (an OSError): when the server cannot be reached, now or at a later
            connection; asyncpg.PostgresError: when it refuses.
    """
    return await asyncpg.create_pool(
        database_url,
        connect=_connect,
        timeout=_CONNECTS_WITHIN_SECONDS,
        command_timeout=statement_within.total_seconds() if statement_within else None,
        min_size=1,
        max_size=size,
        # We leave nothing behind in a session: a round trip to clean it up would be for nothing.
        reset=_keep,
        server_settings={
            # Statements are few and short: compiling them costs more than it saves.
            "jit": "off",
            # Rows of one borrower or loan are few and in memory: taken in an index's order, they
            # need no sort.
            "random_page_cost": "1.1",
            "application_name": "loan-collections",
        },
    )


async def _connect(*address: Any, **options: Any) -> "asyncpg.Connection[asyncpg.Record]":
    """Connect; nobody there is an error of the database's own, not any other network's."""
    try:
        return await asyncpg.connect(*address, **options)
    except (OSError, asyncpg.CannotConnectNowError) as error:  # a TimeoutError is an OSError
        raise DatabaseAwayError(error) from error


async def _keep(_connection: Connection) -> None:
    """A released connection is given out again as it is."""
