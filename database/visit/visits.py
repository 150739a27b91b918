"""Visits: crews are booked, dossiers written, ends noted."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from database.case.facts import read_facts, read_facts_and_statement
from database.plan.kept_after_all import keep_plan_paid_in_time
from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.case.state import Slot
from domain.visit.status import VisitStatus

if TYPE_CHECKING:
    from database.declared import AddCrewMemberRow, BookCrewRow

_BOOKING = 7_206_452  # the lock that bookings take in turn


class SlotWish(BaseModel):
    """When a visit could be: candidates in order of preference, and how many must come."""

    slot_id: str
    visit_id: str
    candidates: list[AwareDatetime]
    duration: timedelta
    crew_size: int
    travel_gap: timedelta = timedelta(0)  # free before the next visit of the same collector
    make_up_days: list[date] = []  # weekend days that are worked, local to `zone`
    zone: str = "UTC"


class CrewMember(NamedTuple):
    """A collector as the roster has them; None is not stated, and then fits any visit."""

    badge_id: str
    full_name: str
    region: str | None = None
    skills: list[str] | None = None
    work_days: list[int] | None = None  # ISO: Monday is 1
    works_from: time | None = None  # local time where the visit is
    works_until: time | None = None
    absences: Sequence[tuple[date, date]] | None = None  # first and last day; None: as on file


class Visits:
    """Every method is one transaction and may be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._booking = asyncio.Lock()

    async def book_crew(self, wish: SlotWish) -> Slot | None:
        """Book the first candidate for which enough crew members are free; None when none is.

        Free are those who fit region, language, working hours and days, who are neither absent
        nor barred from the borrower, nor the visit's applicant or approver. Bookings wait for
        one another, so that two never want the same collector; the table refuses it, too.
        """
        # One of this process at a time: those who wait must not hold connections meanwhile.
        async with (
            self._booking,
            self._pool.acquire() as connection,
            connection.transaction(),
        ):
            await SQL.wait_for_other_bookings(connection, lock=_BOOKING)
            booked = await SQL.proposed_slot(connection, slot_id=wish.slot_id)
            if booked is not None:
                return Slot(
                    slot_id=wish.slot_id,
                    start=booked["starts_at"],
                    end=booked["ends_at"],
                    badge_ids=booked["badge_ids"],
                )
            for start in wish.candidates:
                badges = await _free_crew(connection, wish, start)
                if len(badges) == wish.crew_size:
                    return await _book(connection, wish, start, badges)
        return None

    async def add_crew(self, members: Sequence[CrewMember]) -> list[str]:
        """Put collectors on file. A known badge takes what is said of it now.

        Answers with the badges of those who have left, and stay so.
        """
        absent = [member for member in members if member.absences is not None]
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.add_crew_member(connection, [_columns(member) for member in members])
            badges = [member.badge_id for member in absent]
            await SQL.forget_absences(connection, badge_ids=badges)
            await SQL.add_absence(
                connection,
                [
                    {"badge_id": member.badge_id, "first_day": first, "last_day": last}
                    for member in absent
                    for first, last in member.absences or ()
                ],
            )
            named = [member.badge_id for member in members]
            rows = SQL.crew_that_left(connection, badge_ids=named)
            return [row["badge_id"] async for row in rows]

    async def release_crew(
        self, visit_id: str, now: datetime, *, keeps_appointment: bool = False
    ) -> None:
        """Free the crew of a visit, and forget its appointment unless that is to be kept."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.release_crew(connection, visit_id=visit_id, now=now)
            if not keeps_appointment:
                await SQL.clear_slot(connection, visit_id=visit_id)

    async def give_up_slot(self, slot_id: str, now: datetime, *, tells_borrower: bool) -> None:
        """Note that a case has done with an appointment, but for what the borrower is to be told.

        An appointment that an event has ended is given up only by the case.
        """
        await SQL.give_up_slot(self._pool, slot_id=slot_id, tells_borrower=tells_borrower, now=now)

    async def void_approval(
        self, visit_id: str, reason: str, asked_at: datetime | None, now: datetime
    ) -> None:
        """Take an approval back whose facts hold no more: the visit is as it was before it."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.end_approval(connection, visit_id=visit_id, reason=reason, now=now)
            await SQL.void_approval(connection, visit_id=visit_id, asked_at=asked_at)

    async def prepare_dossier(self, visit_id: str, now: datetime) -> None:
        """Write down, for the crew, who and what the visit is about as of today."""
        async with self._pool.acquire() as connection, connection.transaction():
            case_id = await SQL.case_of_visit(connection, visit_id=visit_id)
            facts = await read_facts_and_statement(connection, case_id, now)
            components = facts.model_dump_json(include={"overdue", "outstanding", "penalty_minor"})
            await SQL.prepare_dossier(connection, visit_id=visit_id, now=now, components=components)

    async def end_visit(
        self,
        visit_id: str,
        status: VisitStatus,
        reason: str,
        now: datetime,
        *,
        broken_plan_may_go_on: bool = False,
    ) -> CaseFacts | None:
        """End a visit; what is booked from now on is free again.

        `broken_plan_may_go_on`: if it was paid in time meanwhile; while a crew was inside, another
        could have been agreed on. Then this answers with fresh facts.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.release_crew(connection, visit_id=visit_id, now=now)
            await SQL.end_visit(
                connection, visit_id=visit_id, status=status, reason=reason, now=now
            )
            if not broken_plan_may_go_on:
                return None
            case_id = await SQL.case_of_visit(connection, visit_id=visit_id)
            await keep_plan_paid_in_time(connection, case_id, now)
            return await read_facts(connection, case_id, now)


def _columns(member: CrewMember) -> "AddCrewMemberRow":
    return {
        "badge_id": member.badge_id,
        "full_name": member.full_name,
        "region": member.region,
        "skills": member.skills,
        "work_days": member.work_days,
        "works_from": member.works_from,
        "works_until": member.works_until,
    }


async def _free_crew(connection: Connection, wish: SlotWish, start: datetime) -> list[str]:
    end = start + wish.duration
    rows = SQL.free_crew(
        connection,
        visit_id=wish.visit_id,
        starts_at=start,
        ends_at=end,
        free_until=end + wish.travel_gap,
        is_make_up_day=start.astimezone(ZoneInfo(wish.zone)).date() in wish.make_up_days,
        size=wish.crew_size,
    )
    return sorted([row["badge_id"] async for row in rows])


async def _book(connection: Connection, wish: SlotWish, start: datetime, badges: list[str]) -> Slot:
    end = start + wish.duration
    bookings: list[BookCrewRow] = [
        {
            "visit_id": wish.visit_id,
            "slot_id": wish.slot_id,
            "badge_id": badge_id,
            "starts_at": start,
            "ends_at": end,
            "free_until": end + wish.travel_gap,
        }
        for badge_id in badges
    ]
    await SQL.book_crew(connection, bookings)
    await SQL.set_slot(
        connection,
        visit_id=wish.visit_id,
        slot_id=wish.slot_id,
        starts_at=start,
        ends_at=end,
    )
    return Slot(slot_id=wish.slot_id, start=start, end=end, badge_ids=badges)
