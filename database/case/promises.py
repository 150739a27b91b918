"""Promises to pay: what became of them."""

from datetime import datetime

from database.case.facts import read_facts
from database.sql import SQL, Pool
from domain.case.facts import CaseFacts, PromiseStatus


class Promises:
    """Writes down whether promises were kept. May be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def resolve_promise(
        self,
        case_id: str,
        promise_id: str,
        status: PromiseStatus,
        now: datetime,
        verified_as_of: datetime | None = None,
    ) -> CaseFacts:
        """Note a promise as `kept` or `broken`; answers with fresh facts.

        It is kept only by what was paid before `verified_as_of`, where that is said.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.resolve_promise(
                connection,
                promise_id=promise_id,
                status=status,
                verified_as_of=verified_as_of,
                now=now,
            )
            return await read_facts(connection, case_id, now)
