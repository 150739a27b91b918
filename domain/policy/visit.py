"""When a visit may be arranged, and how: the part of a policy that visits are made by."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.local_time import HoursOfDay
from domain.policy.rule import (
    BasisPoints,
    Count,
    Days,
    Hours,
    Kept,
    NoticeDays,
    PolicyModel,
    RateLimit,
    Rule,
    id_or,
    later_rule,
    value_or,
)

# Whatever is closed: a search that finds nothing comes to an end.
LONGEST_LOOK_AHEAD_DAYS = 60
POSSIBLE_DAYS = 14  # of policies and runs of before
Weekdays = Annotated[  # ISO: Monday is 1
    tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)
]


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
    days_ahead: Rule[Annotated[int, Field(ge=1, le=LONGEST_LOOK_AHEAD_DAYS)]] | None = later_rule()
    crew_retry_days: Rule[NoticeDays] | None = later_rule()
    departure_hours: Rule[Hours] | None = later_rule()
    urgent_hours: Rule[Hours] | None = later_rule()
    call_off_days: Rule[NoticeDays] | None = later_rule()
    closing_days: Rule[NoticeDays] | None = later_rule()
    entry_consent: Kept | None = later_rule()
    clock_tolerance_minutes: Rule[Annotated[int, Field(ge=0, le=24 * 60)]] | None = later_rule()

    @property
    def entry_rule(self) -> str:
        """The id of the rule by which nobody enters without consent."""
        return id_or(self.entry_consent, "LC-VISIT-ENTRY")

    @property
    def possible_days(self) -> int:
        """On how many days, on which a visit is possible, an appointment is looked for."""
        return value_or(self.days_ahead, POSSIBLE_DAYS)

    @property
    def crew_retry(self) -> timedelta:
        """When a crew is looked for again, after none was free."""
        return timedelta(days=value_or(self.crew_retry_days, 1))

    @property
    def notice(self) -> timedelta:
        """How long before the appointment the borrower is told of it, at least."""
        return timedelta(hours=self.notice_lead_hours.value)

    @property
    def departure(self) -> timedelta:
        """How long before the appointment the crew departs."""
        return timedelta(hours=value_or(self.departure_hours, 2))

    @property
    def urgent(self) -> timedelta:
        """Who expects a crew so soon hears at once that it does not come, if that is permitted."""
        return timedelta(hours=value_or(self.urgent_hours, 24))

    @property
    def call_off(self) -> timedelta:
        """How long, at the end of a case, a borrower may be told that nobody comes."""
        return timedelta(days=value_or(self.call_off_days, 1))

    @property
    def closing(self) -> timedelta:
        """How long a borrower may be told what follows the visit."""
        return timedelta(days=value_or(self.closing_days, 2))

    @property
    def clock_tolerance(self) -> timedelta:
        """How far another clock, a crew's device for one, may be ahead of ours."""
        return timedelta(minutes=value_or(self.clock_tolerance_minutes, 15))

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
        if self.departure > timedelta(hours=self.reminder_hours.value):
            raise ValueError("departure_hours must not exceed reminder_hours")
        return self
