"""Delivery receipts: kept as they came, and brought to the attempts they are of."""

from collections.abc import Iterable
from datetime import datetime

from database.sql import SQL, Connection, Pool
from domain.contact.delivery import Receipt


class Receipts:
    """Records what providers report. May be repeated, and may come in any order."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record_receipts(self, receipts: Iterable[Receipt], now: datetime) -> int:
        """Keep receipts in one transaction; answers how many were new.

        Of a message that is not known (yet) a receipt is kept all the same. An attempt of which
        nobody knew whether it was sent is `sent` now, and its delivery only goes forward.
        """
        new = 0
        async with self._pool.acquire() as connection, connection.transaction():
            # Always in one order: two calls with the same messages wait for each other, no more.
            for receipt in sorted(receipts, key=lambda each: (each.reference, each.provider_ref)):
                new += await _record(connection, receipt, now)
        return new


async def _record(connection: Connection, receipt: Receipt, now: datetime) -> bool:
    row = await SQL.record_receipt(
        connection,
        provider=receipt.provider,
        reference=receipt.reference,
        provider_ref=receipt.provider_ref,
        delivery=receipt.delivery,
        at=receipt.at,
        code=receipt.code,
        refusal=receipt.refusal,
        call_outcome=receipt.call_outcome,
        duration_s=receipt.duration_s,
        pressed=receipt.pressed,
        now=now,
    )
    return row is not None
