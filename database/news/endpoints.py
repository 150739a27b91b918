"""Where news go. Nothing that is kept here is secret."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from database.door.away import away_in_words
from database.sql import SQL, Pool


class DisabledBecause(StrEnum):
    """Why nothing is sent to an endpoint."""

    BY_HAND = "by_hand"
    FAILING = "failing"  # for days
    GONE = "gone"  # it said so itself


class Endpoint(BaseModel):
    """One receiving system, and the salts that its secrets are made with. Every time is real."""

    endpoint_id: str
    url: str
    types: list[str]
    lenders: list[str]
    salt: str
    previous_salt: str | None
    previous_until: AwareDatetime | None
    added_at: AwareDatetime
    rotated_at: AwareDatetime | None
    disabled_at: AwareDatetime | None
    disabled_because: DisabledBecause | None
    failing_since: AwareDatetime | None
    paused_until: AwareDatetime | None


class Backlog(BaseModel):
    """What an endpoint has not got: yet, or ever."""

    waiting: int = 0
    dead: int = 0
    oldest_waiting: AwareDatetime | None = None


class Endpoints:
    """The endpoints of an installation. Every method raises DatabaseAwayError."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def all(self) -> list[Endpoint]:
        """Every one, by id."""
        with away_in_words():
            return [Endpoint(**row) async for row in SQL.news_endpoints(self._pool)]

    async def backlogs(self) -> dict[str, Backlog]:
        """By the id of the endpoint; of one that has got everything there is none."""
        with away_in_words():
            rows = [row async for row in SQL.news_deliveries_by_state(self._pool)]
        return {row["endpoint_id"]: Backlog(**row) for row in rows}

    async def add(
        self,
        endpoint_id: str,
        url: str,
        types: Collection[str],
        lenders: Collection[str],
        salt: str,
        now: datetime,
    ) -> bool:
        """Whether it was added; False when the id is taken. It gets what comes from now on."""
        with away_in_words():
            added = await SQL.add_endpoint(
                self._pool,
                endpoint_id=endpoint_id,
                url=url,
                types=sorted(types),
                lenders=sorted(lenders),
                salt=salt,
                now=now,
            )
        return added is not None

    async def rotate(self, endpoint_id: str, salt: str, until: datetime, now: datetime) -> bool:
        """Give it another salt; the one it had signs, too, until then. False when there is none."""
        with away_in_words():
            rotated = await SQL.rotate_endpoint(
                self._pool, endpoint_id=endpoint_id, salt=salt, until=until, now=now
            )
        return rotated is not None

    async def disable(self, endpoint_id: str, because: DisabledBecause, now: datetime) -> bool:
        """Send it nothing more; what waits for it goes on waiting. False when none is enabled."""
        with away_in_words():
            disabled = await SQL.disable_endpoint(
                self._pool, endpoint_id=endpoint_id, because=because, now=now
            )
        return disabled is not None

    async def enable(self, endpoint_id: str, now: datetime) -> datetime | None:
        """Send it news again; answers with since when it was disabled, None when it was not."""
        with away_in_words():
            since: datetime | None = await SQL.enable_endpoint(
                self._pool, endpoint_id=endpoint_id, now=now
            )
        return since
