"""Visits: the workflow's way to crews."""

from pydantic import BaseModel
from temporalio import activity

from activities.business_time import Now
from database.visits import SlotWish, Visits
from domain.case import Slot


class VisitEnd(BaseModel):
    """How a visit ends: `completed`, `expired`, `called_off` or `missed`, and why."""

    visit_id: str
    status: str
    reason: str


class VoidApproval(BaseModel):
    """An approval whose facts have changed, and how."""

    visit_id: str
    reason: str


class VisitActivities:
    """Repeating any of them changes nothing."""

    def __init__(self, visits: Visits, now: Now) -> None:
        self._visits = visits
        self._now = now

    @activity.defn
    async def book_crew(self, wish: SlotWish) -> Slot | None:
        """Book the first possible time; None when no crew is free at any of them."""
        return await self._visits.book_crew(wish)

    @activity.defn
    async def release_crew(self, visit_id: str) -> None:
        """Free the crew of an appointment that will not take place."""
        await self._visits.release_crew(visit_id, self._now())

    @activity.defn
    async def void_approval(self, void: VoidApproval) -> None:
        """Take an approval back whose facts hold no more."""
        await self._visits.void_approval(void.visit_id, void.reason, self._now())

    @activity.defn
    async def prepare_dossier(self, visit_id: str) -> None:
        """Write the crew's dossier as of today."""
        await self._visits.prepare_dossier(visit_id, self._now())

    @activity.defn
    async def end_visit(self, end: VisitEnd) -> None:
        """End a visit on the record and free its crew."""
        await self._visits.end_visit(end.visit_id, end.status, end.reason, self._now())
