"""The policy: every number of the process, each with its source and its force.

A policy file is data. It is validated into these models, hashed and stored; a case pins the
version it started with. Days are calendar days, hours are local to the borrower, shares of
money are basis points (1 % = 100).
"""

from datetime import date, time
from enum import StrEnum
from typing import Annotated, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from domain.messages import TEMPLATES

Value = TypeVar("Value")
Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
Count = Annotated[int, Field(ge=0, le=1000)]
BasisPoints = Annotated[int, Field(ge=0, le=10_000)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Force(StrEnum):
    """What binds us to a rule."""

    LAW = "law"
    STANDARD = "standard"  # recommended national standard
    SELF = "self"  # industry self-regulation
    BANK = "bank"  # our own choice, no outside rule found


class Verified(StrEnum):
    """How the number was checked."""

    TEXT = "text"  # the rule's own text was read
    TRANSLATION = "translation"  # text on a site that reproduces or translates it
    REPORT = "report"  # the number read in a press report
    OWN = "own"  # nothing to verify: our own choice


class Rule(_Model, Generic[Value]):
    """One value with where it comes from."""

    id: str = Field(pattern=r"^[A-Z]{2,4}-[A-Z0-9-]+$")
    value: Value
    text: str
    source: str
    article: str | None = None
    force: Force
    verified: Verified

    @model_validator(mode="after")
    def _own_choices_say_so(self) -> Self:
        if (self.force is Force.BANK) != (self.verified is Verified.OWN):
            raise ValueError("force 'bank' and verified 'own' go together: an own choice says so")
        return self


class HoursOfDay(_Model):
    """Local hours, start included, end excluded."""

    start: time
    end: time

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must come before end")
        return self


class Channel(StrEnum):
    """A way to reach the borrower."""

    SMS = "sms"
    CALL = "call"


class LadderStep(_Model):
    """One contact at a number of days past due."""

    days_past_due: Annotated[int, Field(ge=1, le=3650)]
    channel: Channel
    template: str

    @field_validator("template")
    @classmethod
    def _is_known(cls, template: str) -> str:
        if template in TEMPLATES["zh"]:
            return template
        raise ValueError(f"no template is called {template}")

    @property
    def key(self) -> str:
        """Names the step within one delinquency, for intent keys."""
        return f"dpd-{self.days_past_due}-{self.channel}"


class ContactPolicy(_Model):
    """When and how often a person may be contacted."""

    permitted_hours: Rule[HoursOfDay]
    planned_hours: Rule[HoursOfDay]
    connected_calls_per_day: Rule[Count]
    unanswered_calls_per_number_per_day: Rule[Count]
    messages_per_day: Rule[Count]
    ladder: Rule[Annotated[tuple[LadderStep, ...], Field(min_length=1)]]

    @model_validator(mode="after")
    def _plans_within_what_is_permitted(self) -> Self:
        planned, permitted = self.planned_hours.value, self.permitted_hours.value
        if not (permitted.start <= planned.start and planned.end <= permitted.end):
            raise ValueError("planned_hours must lie within permitted_hours")
        steps = [(step.days_past_due, step.channel) for step in self.ladder.value]
        if steps != sorted(set(steps)):
            raise ValueError("ladder steps must be in order of days past due, none twice")
        return self


class PromisePolicy(_Model):
    """What counts as a promise to pay."""

    longest_days: Rule[Days]
    grace_days: Rule[Days]


class VisitPolicy(_Model):
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
    approval_valid_days: Rule[Days]
    crew_size: Rule[Annotated[int, Field(ge=1, le=10)]]
    permitted_hours: Rule[HoursOfDay]
    planned_hours: Rule[HoursOfDay]
    notice_lead_hours: Rule[Hours]
    confirmation_hours: Rule[Hours]
    proposal_rounds: Rule[Count]
    duration_hours: Rule[Hours]
    reminder_hours: Rule[Hours]
    report_hours: Rule[Hours]
    visits_per_case: Rule[Count]
    cooling_days: Rule[Days]

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.from_days_past_due.value >= self.until_days_past_due.value:
            raise ValueError("from_days_past_due must be below until_days_past_due")
        planned, permitted = self.planned_hours.value, self.permitted_hours.value
        if not (permitted.start <= planned.start and planned.end <= permitted.end):
            raise ValueError("planned_hours must lie within permitted_hours")
        if self.reminder_hours.value > self.notice_lead_hours.value:
            raise ValueError("reminder_hours must not exceed notice_lead_hours")
        return self


class PlanPolicy(_Model):
    """What a repayment plan may look like, and who may grant what."""

    longest_months: Rule[Annotated[int, Field(ge=1, le=60)]]
    first_due_days: Rule[Days]
    waiver_limit: Rule[BasisPoints]
    crew_waiver_limit: Rule[BasisPoints]
    affordable_share: Rule[BasisPoints]
    approval_days: Rule[Days]
    negotiation_rounds: Rule[Count]
    signing_hours: Rule[Hours]
    reminder_days: Rule[Days]
    grace_days: Rule[Days]
    broken_plans: Rule[Count]


class AftercarePolicy(_Model):
    """Complaints and the way to the legal desk."""

    complaint_answer_days: Rule[Days]
    legal_review_days: Rule[Days]


class Channels(_Model):
    """Where a borrower asks, checks a visitor and complains."""

    hotline: str
    complaint_hotline: str
    pay_at: str


class Policy(_Model):
    """One version of one profile."""

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
