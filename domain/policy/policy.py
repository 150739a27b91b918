"""The policy: every number of the process, each with its source and its force.

A policy file is data. It is validated into these models, hashed and stored; a case pins the
version it started with. Days are calendar days, hours are local to the borrower, shares of
money are basis points (1 % = 100).
"""

from datetime import date
from typing import Annotated, Literal, Self
from weakref import WeakValueDictionary

from pydantic import Field, model_validator

from domain.local_time import HoursOfDay
from domain.policy.contact import (
    ContactPolicy,
    Count,
)
from domain.policy.rule import InEffect, PolicyModel, RateLimit, Rule

Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]
ReminderDays = Annotated[tuple[Annotated[int, Field(ge=-60, le=60)], ...], Field(max_length=5)]
Weekdays = Annotated[  # ISO: Monday is 1
    tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)
]


class PromisePolicy(PolicyModel):
    """What counts as a promise to pay."""

    longest_days: Rule[Days]
    grace_days: Rule[Days]


class VisitPolicy(PolicyModel):
    """When a visit may be arranged, and how."""

    from_days_past_due: Rule[Days]
    until_days_past_due: Rule[Days]
    messages_tried: Rule[Count]
    calls_tried: Rule[Count]
    arrears_floor_minor: Rule[Annotated[int, Field(ge=0)]]
    recent_payment_days: Rule[Days]
    application_days: Rule[Days]
    approval_days: Rule[Days]
    approval_reminder_days: Rule[Days]
    approval_escalation_days: Rule[Days]
    approval_valid_days: Rule[Days]
    approval_void_share: Rule[BasisPoints]
    crew_size: Rule[Annotated[int, Field(ge=1, le=10)]]
    permitted_hours: Rule[HoursOfDay]
    planned_hours: Rule[HoursOfDay]
    weekdays: Rule[Weekdays]
    holiday_country: Rule[Annotated[str, Field(pattern=r"^[A-Z]{2}$")]]
    notice_lead_hours: Rule[Hours]
    confirmation_hours: Rule[Hours]
    proposal_rounds: Rule[Count]
    duration_hours: Rule[Hours]
    travel_gap_hours: Rule[Hours]
    arrival_tolerance_hours: Rule[Hours]
    checks_per_caller: Rule[RateLimit]
    checks_per_code: Rule[RateLimit]
    reminder_hours: Rule[Hours]
    report_hours: Rule[Hours]
    visits_per_case: Rule[Count]
    cooling_days: Rule[Days]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.from_days_past_due.value >= self.until_days_past_due.value:
            raise ValueError("from_days_past_due must be below until_days_past_due")
        if not self.permitted_hours.value.contains(self.planned_hours.value):
            raise ValueError("planned_hours must lie within permitted_hours")
        if self.approval_escalation_days.value > self.approval_days.value:
            raise ValueError("approval_escalation_days must not exceed approval_days")
        if self.reminder_hours.value > self.notice_lead_hours.value:
            raise ValueError("reminder_hours must not exceed notice_lead_hours")
        return self


class PlanPolicy(PolicyModel):
    """What a repayment plan may look like, and who may grant what."""

    longest_months: Rule[Annotated[int, Field(ge=1, le=60)]]
    first_due_days: Rule[Days]
    waiver_limit: Rule[BasisPoints]
    crew_waiver_limit: Rule[BasisPoints]
    # What policies of before did not have: no such limit, and no penalty.
    approver_waiver_limit: Rule[BasisPoints] | None = None
    first_payment_share: Rule[BasisPoints] | None = None
    rate_cap: Rule[BasisPoints] | None = None
    affordable_share: Rule[BasisPoints]
    approval_days: Rule[Days]
    negotiation_rounds: Rule[Count]
    signing_hours: Rule[Hours]
    reminder_days: Rule[Days]
    grace_days: Rule[Days]
    broken_plans: Rule[Count]
    # None where no such rule is known: an agreement then names no day.
    limitation_years: Rule[Annotated[int, Field(ge=1, le=20)]] | None = None
    # Counted from the due date of the first part; negative ones lie before it.
    guided_reminder_days: Rule[ReminderDays] | None = None
    renegotiations: Rule[Count] | None = None

    @model_validator(mode="after")
    def _helps_before_a_part_is_missed(self) -> Self:
        days = () if self.guided_reminder_days is None else self.guided_reminder_days.value
        if days and max(days) > self.grace_days.value:
            raise ValueError("guided_reminder_days must not go beyond grace_days")
        return self

    @model_validator(mode="after")
    def _authority_grows_with_the_level(self) -> Self:
        approver = self.approver_waiver_limit or self.waiver_limit
        if not self.crew_waiver_limit.value <= approver.value <= self.waiver_limit.value:
            raise ValueError(
                "crew_waiver_limit, approver_waiver_limit and waiver_limit must not fall"
            )
        return self


class AftercarePolicy(PolicyModel):
    """Complaints and the way to the legal desk."""

    complaint_answer_days: Rule[Days]
    complaint_complex_days: Rule[Days]
    complaint_special_days: Rule[Days]
    complaint_reminder_days: Rule[Days]
    complaint_overdue_days: Rule[Annotated[int, Field(ge=1, le=3650)]]
    legal_review_days: Rule[Days]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.complaint_complex_days.value < self.complaint_answer_days.value:
            raise ValueError("complaint_complex_days must not be below complaint_answer_days")
        return self


class Channels(PolicyModel):
    """Where a borrower asks, checks a visitor and complains."""

    hotline: str
    complaint_hotline: str
    pay_at: str


class Policy(InEffect):
    """One version of one profile.

    Days of effect say when it binds as the current policy; a case that is pinned to it keeps it.
    """

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{2,60}$")
    profile: str = Field(pattern=r"^[a-z]{2}(-[a-z0-9-]+)?$")
    effective_from: date
    time_zone: str
    language: Literal["zh", "en"]
    channels: Channels
    contact: ContactPolicy
    promise: PromisePolicy
    visit: VisitPolicy
    plan: PlanPolicy
    aftercare: AftercarePolicy

    @model_validator(mode="after")
    def _numbers_of_the_process_are_needed(self) -> Self:
        sections = (self.promise, self.visit, self.plan, self.aftercare)
        rules = [(name, rule) for section in sections for name, rule in section if rule is not None]
        needed = [("planned_hours", self.contact.planned_hours), ("ladder", self.contact.ladder)]
        for name, rule in [*rules, *needed]:
            if not rule.enabled or rule.effective_from or rule.effective_until:
                raise ValueError(f"{name} cannot be disabled or lapse: the process needs it")
        return self


_in_memory: WeakValueDictionary[str, Policy] = WeakValueDictionary()


def interned(policy: Policy) -> Policy:
    """An equal policy that is in memory already, or this one: many cases are pinned to one."""
    known = _in_memory.setdefault(policy.version, policy)
    return known if known == policy else policy
