"""Visits: the workflow's way to crews."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel
from temporalio import activity

from activities.business_time import Now
from database.visit.visits import SlotWish, Visits
from domain.case.facts import CaseFacts
from domain.case.state import Slot
from domain.visit.appointments import VisitTimes, candidate_starts
from domain.visit.status import VisitStatus
from policies.public_holidays import public_holidays


class AppointmentWish(BaseModel):
    """An appointment to be found: what bounds its time, and how many must come."""

    slot_id: str
    visit_id: str
    times: VisitTimes
    holiday_country: str
    crew_size: int
    travel_gap: timedelta


class VisitEnd(BaseModel):
    """How a visit ends, and why."""

    visit_id: str
    status: VisitStatus
    reason: str
    broken_plan_may_go_on: bool = False


class CrewRelease(BaseModel):
    """A crew that is free again; its appointment is forgotten, or kept as what was arranged."""

    visit_id: str
    keeps_appointment: bool = False
    slot_id: str | None = None  # of the appointment; a run of an earlier release says none
    tells_borrower: bool = False  # they are still to be told that nobody comes


class VoidApproval(BaseModel):
    """An approval whose facts have changed, and how."""

    visit_id: str
    reason: str
    asked_at: AwareDatetime | None = None  # the approvers, anew


class VisitActivities:
    """Repeating any of them changes nothing."""

    def __init__(self, visits: Visits, now: Now) -> None:
        self._visits = visits
        self._now = now

    @activity.defn
    async def book_crew(self, wish: AppointmentWish) -> Slot | None:
        """Book the first possible time; None when no crew is free at any of them."""
        times = wish.times
        years = range(times.first_day.year, times.last_day.year + 1)
        holidays = public_holidays(wish.holiday_country, years)
        return await self._visits.book_crew(
            SlotWish(
                slot_id=wish.slot_id,
                visit_id=wish.visit_id,
                candidates=candidate_starts(times, holidays),
                duration=times.duration,
                crew_size=wish.crew_size,
                travel_gap=wish.travel_gap,
                make_up_days=sorted(holidays.make_up_days),
                zone=times.zone,
            )
        )

    @activity.defn
    async def release_crew(self, release: CrewRelease) -> None:
        """Free the crew of an appointment that will not take place."""
        await self._visits.release_crew(
            release.visit_id, self._now(), keeps_appointment=release.keeps_appointment
        )
        if release.slot_id is not None and not release.keeps_appointment:
            await self._visits.give_up_slot(
                release.slot_id, self._now(), tells_borrower=release.tells_borrower
            )

    @activity.defn
    async def void_approval(self, void: VoidApproval) -> None:
        """Take an approval back whose facts hold no more."""
        await self._visits.void_approval(void.visit_id, void.reason, void.asked_at, self._now())

    @activity.defn
    async def prepare_dossier(self, visit_id: str) -> None:
        """Write the crew's dossier as of today."""
        await self._visits.prepare_dossier(visit_id, self._now())

    @activity.defn
    async def end_visit(self, end: VisitEnd) -> CaseFacts | None:
        """End a visit on the record and free its crew; fresh facts where a plan may go on."""
        return await self._visits.end_visit(
            end.visit_id,
            end.status,
            end.reason,
            self._now(),
            broken_plan_may_go_on=end.broken_plan_may_go_on,
        )
