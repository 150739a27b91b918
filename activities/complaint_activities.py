"""Complaints that have outlived their case: who watches over them, and what is left open."""

from typing import Protocol

from pydantic import BaseModel
from temporalio import activity

from database.case.cases import Cases
from domain.case.complaints import OpenComplaint
from domain.clock import BusinessClock
from domain.policy.carried import CarriedAftercare


class Watch(BaseModel):
    """What is watched, and by which rules: those that the case was pinned to when it ended."""

    case_id: str
    loan_id: str
    clock: BusinessClock
    rules: CarriedAftercare


class WatchStarter(Protocol):
    """Starts the workflow that watches over the complaints of a case that has ended."""

    async def start_watch(self, case_id: str, watch: BaseModel) -> None:
        """Start it, unless it is running."""
        ...


class ComplaintActivities:
    """Repeating any of them changes nothing."""

    def __init__(self, cases: Cases, starter: WatchStarter) -> None:
        self._cases = cases
        self._starter = starter

    @activity.defn
    async def watch_complaints(self, watch: Watch) -> None:
        """See to it that somebody is reminded of what is open."""
        await self._starter.start_watch(watch.case_id, watch)

    @activity.defn
    async def complaints_left(self, case_id: str) -> list[OpenComplaint]:
        """What a case that has ended left open; none while another case of the loan is open."""
        return await self._cases.complaints_left(case_id)
