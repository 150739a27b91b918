"""Who may send what by the front door. Nothing that is kept here is secret."""

from collections.abc import Collection
from datetime import datetime

from pydantic import AwareDatetime, BaseModel

from database.door.away import away_in_words
from database.sql import SQL, Pool

EVERY_LENDER = "*"


class Credential(BaseModel):
    """One sending system: what it may send, and the salts that its secrets are made with."""

    key_id: str
    source: str
    events: frozenset[str]
    lenders: list[str]
    may_name_staff: bool
    salt: str
    previous_salt: str | None
    previous_until: AwareDatetime | None  # business time does not count: it is real
    added_at: AwareDatetime
    rotated_at: AwareDatetime | None
    revoked_at: AwareDatetime | None


class Credentials:
    """The credentials of an installation."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> list[Credential]:
        """Every one there is or was, by key id. Raises DatabaseAwayError."""
        with away_in_words():
            return [Credential(**row) async for row in SQL.credentials(self._pool)]

    async def add(
        self,
        key_id: str,
        source: str,
        events: Collection[str],
        lenders: Collection[str],
        salt: str,
        now: datetime,
        *,
        may_name_staff: bool,
    ) -> bool:
        """Whether it was added; False when the key id is taken, by one that was revoked, too."""
        added = await SQL.add_credential(
            self._pool,
            key_id=key_id,
            source=source,
            events=sorted(events),
            lenders=sorted(lenders),
            may_name_staff=may_name_staff,
            salt=salt,
            now=now,
        )
        return added is not None

    async def lenders_without_loans(self, lenders: Collection[str]) -> list[str]:
        """Those of whom no loan is on record: they may be misspelt."""
        rows = SQL.lenders_without_loans(self._pool, lenders=list(lenders))
        return [row["lender"] async for row in rows]

    async def rotate(self, key_id: str, salt: str, until: datetime, now: datetime) -> bool:
        """Give it another salt; the one it had opens until then. False when there is none."""
        rotated = await SQL.rotate_credential(
            self._pool, key_id=key_id, salt=salt, until=until, now=now
        )
        return rotated is not None

    async def revoke(self, key_id: str, now: datetime) -> bool:
        """End it for good. False when there is none in force."""
        return await SQL.revoke_credential(self._pool, key_id=key_id, now=now) is not None
