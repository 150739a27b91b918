"""A visit, from the application to the report."""

from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt

from domain.events.fields import (
    SAID_BESIDE,
    AmountOrZeroMinor,
    AnsweredId,
    Day,
    Event,
    EventPart,
    Id,
    Instant,
    Text,
)


class VisitRequested(Event):
    name = "visit_requested"
    applicant: Literal["borrower", "collector"]
    applicant_id: Id
    address_id: Id
    note: Text = ""


class VisitApproved(Event):
    name = "visit_approved"
    visit_id: AnsweredId = None
    approver_id: Id
    comment: Text = ""


class VisitRejected(Event):
    name = "visit_rejected"
    visit_id: AnsweredId = None
    approver_id: Id
    comment: Text = ""


class VisitWithdrawn(Event):
    name = "visit_withdrawn"
    visit_id: Id
    withdrawn_by_id: Id
    reason: Text = ""


class ApprovalWithdrawn(Event):
    name = "approval_withdrawn"
    visit_id: Id
    approver_id: Id
    reason: Text = ""


class AppointmentConfirmed(Event):
    name = "appointment_confirmed"
    slot_id: Id
    visit_id: Annotated[Id | None, SAID_BESIDE] = None


class AppointmentDeclined(Event):
    name = "appointment_declined"
    slot_id: Id
    visit_id: Annotated[Id | None, SAID_BESIDE] = None
    reason: Text = ""
    preferred_times: Annotated[tuple[Instant, ...], Field(max_length=20)] = ()


class AppointmentWithdrawn(Event):
    """The lender cannot keep an appointment: a crew member is ill, for one."""

    name = "appointment_withdrawn"
    slot_id: Id
    reason: Text = ""


class VisitCheckedIn(Event):
    name = "visit_checked_in"
    visit_id: Id
    badge_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10)]
    identity_verified: StrictBool
    identity_method: Text = ""
    entry_consent: StrictBool
    # To be filmed inside: another question than that of coming in (CN-21). None: nobody asked.
    filming_consent: StrictBool | None = Field(default=None, exclude_if=lambda given: given is None)
    recording_id: Id


class Capacity(EventPart):
    """What the borrower says they earn and spend, minor units a month."""

    monthly_income_minor: AmountOrZeroMinor
    monthly_expense_minor: AmountOrZeroMinor


class Proposal(EventPart):
    """What was proposed at the door."""

    down_payment_minor: AmountOrZeroMinor = 0
    instalments: Annotated[StrictInt, Field(ge=1, le=600)]
    first_due_on: Day
    waiver_minor: AmountOrZeroMinor = 0


class VisitReported(Event):
    name = "visit_reported"
    visit_id: Id
    outcome: Literal["agreed", "refused", "not_present", "wrong_address", "unsafe"]
    willingness: Text = ""
    capacity: Capacity | None = None
    proposal: Proposal | None = None
    filmed_inside: StrictBool | None = Field(default=None, exclude_if=lambda given: given is None)
