"""Visits: crews are booked, dossiers written, ends noted."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import asyncpg
from pydantic import AwareDatetime, BaseModel

from database.cases import read_facts
from database.sql import SQL, Connection, Pool
from domain.case import Slot


class SlotWish(BaseModel):
    """When a visit could be: candidates in order of preference, and how many must come."""

    slot_id: str
    visit_id: str
    candidates: list[AwareDatetime]
    duration: timedelta
    crew_size: int


class Visits:
    """Every method is one transaction and may be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def book_crew(self, wish: SlotWish) -> Slot | None:
        """Book the first candidate for which enough crew members are free; None when none is.

        A crew member is never booked twice at once: the table refuses it, and the next candidate
        is tried.
        """
        async with self._pool.acquire() as connection:
            booked = await SQL.proposed_slot(connection, slot_id=wish.slot_id)
            if booked is not None:
                return Slot(
                    slot_id=wish.slot_id,
                    start=booked["starts_at"],
                    end=booked["ends_at"],
                    badge_ids=booked["badge_ids"],
                )
            for start in wish.candidates:
                slot = await _try_to_book(connection, wish, start)
                if slot is not None:
                    return slot
        return None

    async def add_crew(self, members: Mapping[str, str]) -> None:
        """Put collectors on file: full names by badge id. A known badge takes the new name."""
        await SQL.add_crew_member(
            self._pool,
            [{"badge_id": badge, "full_name": name} for badge, name in members.items()],
        )

    async def release_crew(self, visit_id: str, now: datetime) -> None:
        """Free the crew of a visit and forget its appointment."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.release_crew(connection, visit_id=visit_id, now=now)
            await SQL.clear_slot(connection, visit_id=visit_id)

    async def prepare_dossier(self, visit_id: str, now: datetime) -> None:
        """Write down, for the crew, who and what the visit is about as of today."""
        async with self._pool.acquire() as connection, connection.transaction():
            case_id = await SQL.case_of_visit(connection, visit_id=visit_id)
            facts = await read_facts(connection, case_id, now)
            components = facts.model_dump_json(include={"overdue", "outstanding", "penalty_minor"})
            await SQL.prepare_dossier(connection, visit_id=visit_id, now=now, components=components)

    async def end_visit(self, visit_id: str, status: str, reason: str, now: datetime) -> None:
        """End a visit; what is booked from now on is free again."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.release_crew(connection, visit_id=visit_id, now=now)
            await SQL.end_visit(
                connection, visit_id=visit_id, status=status, reason=reason, now=now
            )


async def _try_to_book(connection: Connection, wish: SlotWish, start: datetime) -> Slot | None:
    end = start + wish.duration
    free = SQL.free_crew(connection, starts_at=start, ends_at=end, size=wish.crew_size)
    badges = sorted([row["badge_id"] async for row in free])
    if len(badges) < wish.crew_size:
        return None
    bookings = [
        {
            "visit_id": wish.visit_id,
            "slot_id": wish.slot_id,
            "badge_id": badge_id,
            "starts_at": start,
            "ends_at": end,
        }
        for badge_id in badges
    ]
    try:
        async with connection.transaction():
            await SQL.book_crew(connection, bookings)
            await SQL.set_slot(
                connection,
                visit_id=wish.visit_id,
                slot_id=wish.slot_id,
                starts_at=start,
                ends_at=end,
            )
    except asyncpg.ExclusionViolationError:
        return None  # another visit was quicker
    return Slot(slot_id=wish.slot_id, start=start, end=end, badge_ids=badges)
