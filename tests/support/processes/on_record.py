"""What is on record in a database that may be away for a while."""

from typing import Any, NamedTuple

import asyncpg

from database.sql import Pool
from tests.support.processes.deaths import AWAY
from tests.support.processes.patience import until


class _Answer(NamedTuple):
    rows: list[asyncpg.Record]  # none are an answer, too


class OnRecord:
    """Asks until the database answers; `_pool` is there once the database is."""

    def __init__(self) -> None:
        self._pool: Pool | None = None

    async def execute(self, script: str) -> None:
        """Run statements on the database."""
        assert self._pool is not None, "the plant is not running"
        await self._pool.execute(script)

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        """The rows of a query, as soon as the database answers."""
        answer = await until(lambda: self._ask(query, *arguments), f"an answer to {query}")
        return answer.rows

    async def _ask(self, query: str, *arguments: Any) -> "_Answer | None":
        assert self._pool is not None, "the plant is not running"
        try:
            return _Answer(await self._pool.fetch(query, *arguments))
        except AWAY:
            return None

    async def value(self, query: str, *arguments: Any) -> Any:
        """The one value of a query; None without a row."""
        rows = await self.rows(query, *arguments)
        return rows[0][0] if rows else None

    async def reach(self, query: str, *arguments: Any) -> None:
        """Wait until a query's one value is true."""
        await until(lambda: self.value(query, *arguments), query)
