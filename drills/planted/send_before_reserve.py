"""Planted: the provider is asked first, and the attempt comes on record with the answer."""

from datetime import datetime
from typing import Any

from database.contact import contacts
from database.contact.contacts import Contacts
from database.contact.reservation import Attempt, Ruling
from database.sql import Connection
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Allowed
from domain.contact.status import AttemptStatus

_ID_OF = contacts._attempt_id
_NUMBER = "SELECT number FROM phones WHERE phone_id = $1"


def plant() -> None:
    """Reserve with what is written down as sent, and not before."""
    reserve, record_sent = Contacts._reserve, Contacts.record_sent
    put_off: dict[str, tuple[Intent, Ruling, Allowed]] = {}

    async def answer_without_reserving(
        _self: Contacts, connection: Connection, intent: Intent, ruling: Ruling, allowed: Allowed
    ) -> Attempt:
        attempt_id = _ID_OF(intent)
        put_off[attempt_id] = (intent, ruling, allowed)
        number = await connection.fetchval(_NUMBER, allowed.phone_id)
        said = allowed.instead or intent.template
        status, at = AttemptStatus.RESERVED, ruling.recipient.at
        return Attempt(attempt_id, status, number, said, at, is_not_taken=False)

    async def reserve_afterwards(
        self: Contacts, case_id: str, attempt_id: str, ref: str, sent_at: datetime, now: datetime
    ) -> CaseFacts:
        if (held := put_off.pop(attempt_id, None)) is not None:
            async with self._pool.acquire() as connection:
                await reserve(self, connection, *held)
        return await record_sent(self, case_id, attempt_id, ref, sent_at, now)

    patched: Any = Contacts
    patched._reserve = answer_without_reserving
    patched.record_sent = reserve_afterwards
