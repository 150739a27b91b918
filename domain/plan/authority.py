"""Who may waive how much: the crew at the door, an approver, a senior approver."""

from enum import StrEnum

from pydantic import BaseModel

from domain.plan.plan import Plan
from domain.policy.policy import PlanPolicy
from domain.policy.rule import WHOLE


class Level(StrEnum):
    """A level of authority, the lowest first."""

    CREW = "crew"
    APPROVER = "approver"
    SENIOR_APPROVER = "senior_approver"


class WaiverRequest(BaseModel):
    """A waiver that somebody decides on, and what each level may grant, in minor units."""

    waiver_minor: int
    limits_minor: dict[Level, int]

    @property
    def level(self) -> Level:
        """The lowest level that may grant it; a plan beyond the highest is never proposed."""
        able = (level for level in Level if self.waiver_minor <= self.limits_minor[level])
        return next(able, Level.SENIOR_APPROVER)

    def may_grant(self, level: Level) -> bool:
        return self.waiver_minor <= self.limits_minor[level]


def request_waiver(plan: Plan, policy: PlanPolicy) -> WaiverRequest:
    """The waiver of a plan beside the limits: shares of the arrears and the penalty, rounded down.

    A policy without a limit for approvers lets them grant whatever may be granted at all.
    """
    approver = policy.approver_waiver_limit or policy.waiver_limit
    shares = {
        Level.CREW: policy.crew_waiver_limit.value,
        Level.APPROVER: approver.value,
        Level.SENIOR_APPROVER: policy.waiver_limit.value,
    }
    return WaiverRequest(
        waiver_minor=plan.granted_minor,
        limits_minor={
            level: plan.waiver_base_minor * share // WHOLE for level, share in shares.items()
        },
    )
