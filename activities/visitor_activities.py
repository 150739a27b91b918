"""Visitor checks: the hotline's way to the bookings."""

from pydantic import BaseModel
from temporalio import activity

from activities.business_time import Now
from database.visit.visitor_checks import CheckResult, VisitorChecks
from domain.visit.visitors import VisitorQuestion


class Check(BaseModel):
    """One question, under an id that stays the same when it is tried again."""

    check_id: str
    question: VisitorQuestion


class VisitorActivities:
    """Repeating a check changes nothing, and counts once."""

    def __init__(self, checks: VisitorChecks, now: Now) -> None:
        self._checks = checks
        self._now = now

    @activity.defn
    async def check_visitor(self, check: Check) -> CheckResult:
        """Whether the visitor is ours, or when to ask again."""
        return await self._checks.check_visitor(check.check_id, check.question, self._now())
