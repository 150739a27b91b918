"""Who may approve what: people with authority, by their id."""

from collections.abc import Mapping

from database.sql import SQL, Pool
from domain.plan.authority import Level


class Staff:
    """The list of people with authority."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add_staff(self, levels: Mapping[str, Level]) -> list[str]:
        """Put people on file: levels by staff id. A known id takes the new level.

        Answers with those who have left, and stay so.
        """
        await SQL.add_staff_member(
            self._pool,
            [{"staff_id": staff_id, "level": level.value} for staff_id, level in levels.items()],
        )
        rows = SQL.staff_that_left(self._pool, staff_ids=list(levels))
        return [row["staff_id"] async for row in rows]
