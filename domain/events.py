"""The facts other systems send: one model an event, in the past tense.

Reading is strict and complete: a body that does not fit is answered with every field that is
wrong and why, so that the sender can mend it and nothing is guessed.
"""

import json
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationError,
    model_validator,
)

LARGEST_AMOUNT_MINOR = 10**13
LARGEST_RECORDED_BODY = 8_000
# What a clock or a database can do arithmetic on, whatever the time zone.
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _only_text(value: object) -> object:
    """Pydantic also reads numbers as instants; the contract says RFC 3339 text."""
    if isinstance(value, (str, datetime, date, time)):
        return value
    raise ValueError("must be text")


def _within_reach(instant: datetime) -> datetime:
    if EARLIEST <= instant < LATEST:
        return instant
    raise ValueError(f"must lie between {EARLIEST.year} and {LATEST.year}")


def _without_offset(local: time) -> time:
    if local.tzinfo is None:
        return local
    raise ValueError("must be local time, without an offset")


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("must not contain the character NUL")
    return text


Id = Annotated[str, Field(min_length=1, max_length=120, pattern=r"^[\x21-\x7e]+$")]
Text = Annotated[str, Field(max_length=2000), AfterValidator(_storable)]
Instant = Annotated[AwareDatetime, BeforeValidator(_only_text), AfterValidator(_within_reach)]
LocalTime = Annotated[time, BeforeValidator(_only_text), AfterValidator(_without_offset)]
Day = Annotated[date, BeforeValidator(_only_text)]
AmountMinor = Annotated[StrictInt, Field(gt=0, le=LARGEST_AMOUNT_MINOR)]
AmountOrZeroMinor = Annotated[StrictInt, Field(ge=0, le=LARGEST_AMOUNT_MINOR)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(_Model):
    """What every event carries: the caller's own id, when it happened, who says so."""

    name: ClassVar[str]

    event_id: Id
    occurred_at: Instant
    source: Id


class PaymentReceived(Event):
    name = "payment_received"
    payment_id: Id
    amount_minor: AmountMinor


class PaymentReversed(Event):
    name = "payment_reversed"
    payment_id: Id


class PromiseMade(Event):
    name = "promise_made"
    amount_minor: AmountMinor
    due_on: Day


class CallFinished(Event):
    name = "call_finished"
    attempt_id: Id
    outcome: Literal["connected", "no_answer", "busy", "invalid_number", "refused", "wrong_person"]
    duration_s: Annotated[StrictInt, Field(ge=0, le=86_400)] = 0
    recording_id: Id | None = None


class VisitRequested(Event):
    name = "visit_requested"
    applicant: Literal["borrower", "collector"]
    applicant_id: Id
    address_id: Id
    note: Text = ""


class VisitApproved(Event):
    name = "visit_approved"
    approver_id: Id
    comment: Text = ""


class VisitRejected(Event):
    name = "visit_rejected"
    approver_id: Id
    comment: Text = ""


class AppointmentConfirmed(Event):
    name = "appointment_confirmed"
    slot_id: Id


class AppointmentDeclined(Event):
    name = "appointment_declined"
    slot_id: Id
    reason: Text = ""
    preferred_times: Annotated[tuple[Instant, ...], Field(max_length=20)] = ()


class VisitCheckedIn(Event):
    name = "visit_checked_in"
    visit_id: Id
    badge_ids: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10)]
    identity_verified: StrictBool
    identity_method: Text = ""
    entry_consent: StrictBool
    recording_id: Id


class Capacity(_Model):
    """What the borrower says he earns and spends, minor units a month."""

    monthly_income_minor: AmountOrZeroMinor
    monthly_expense_minor: AmountOrZeroMinor


class Proposal(_Model):
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


class PlanApproved(Event):
    name = "plan_approved"
    plan_id: Id
    approver_id: Id
    comment: Text = ""


class PlanRejected(Event):
    name = "plan_rejected"
    plan_id: Id
    approver_id: Id
    comment: Text = ""


class AgreementSigned(Event):
    name = "agreement_signed"
    agreement_id: Id
    document_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    signatories: Annotated[tuple[Id, ...], Field(min_length=1, max_length=10)]


class AgreementDeclined(Event):
    name = "agreement_declined"
    agreement_id: Id
    reason: Text = ""


class ComplaintFiled(Event):
    name = "complaint_filed"
    complaint_id: Id
    about: Text


class ComplaintResolved(Event):
    name = "complaint_resolved"
    complaint_id: Id
    upheld: StrictBool
    remedy: Text = ""


class HoldPlaced(Event):
    name = "hold_placed"
    hold_id: Id
    reason: Annotated[str, Field(min_length=1, max_length=120), AfterValidator(_storable)]
    until: Instant | None = None


class HoldReleased(Event):
    name = "hold_released"
    hold_id: Id


class AgreedHours(_Model):
    """Hours in which the borrower agreed to be contacted, local time; for good, or until then."""

    start: LocalTime
    end: LocalTime
    until: Instant | None = None

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must come before end, within one day")
        return self

    def is_in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until


class ContactPreferencesChanged(Event):
    name = "contact_preferences_changed"
    blocked_channels: Annotated[
        tuple[Literal["sms", "call", "visit"], ...], Field(max_length=20)
    ] = ()
    blocked_phone_ids: Annotated[tuple[Id, ...], Field(max_length=20)] = ()
    agreed_hours: Annotated[tuple[AgreedHours, ...], Field(max_length=20)] = ()


class PolicyAdopted(Event):
    name = "policy_adopted"
    policy_version: Id


class CaseClosed(Event):
    name = "case_closed"
    outcome: Literal["written_off", "transferred", "withdrawn", "handed_to_legal"]
    reason: Text = ""


EVENTS: dict[str, type[Event]] = {kind.name: kind for kind in Event.__subclasses__()}


class UnreadableEventError(ValueError):
    """An event that does not fit the contract; the text says which fields and why."""


def read_event(name: str, body: object) -> Event:
    """The event of a name in a JSON value of any shape.

    Raises:
        UnreadableEventError: naming every wrong field and the reason.
    """
    kind = EVENTS.get(name)
    if kind is None:
        raise UnreadableEventError(f"no event is called {printable(name, 60)!r}")
    if not isinstance(body, dict):
        raise UnreadableEventError(f"the event must be one JSON object, not {_shape(body)}")
    try:
        return kind.model_validate(body)
    except ValidationError as error:
        mistakes = (
            f"{'.'.join(str(part) for part in mistake['loc'])}: {mistake['msg']}"
            for mistake in error.errors()
        )
        raise UnreadableEventError("; ".join(mistakes)) from error


def read_json(data: bytes) -> object:
    """The JSON value in some bytes.

    Raises:
        UnreadableEventError: when the bytes are not JSON.
    """
    try:
        return json.loads(data, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableEventError("the body is not JSON") from error


def recordable(body: object) -> str:
    """A refused body as JSON text that Postgres can store, cut where it cannot be kept whole."""
    try:
        text = json.dumps(body, ensure_ascii=False, allow_nan=False)
        text.encode()
    except RecursionError:
        return json.dumps({"text": "nested too deeply"})
    except ValueError:  # an infinite number, or half of a surrogate pair
        return _as_text(json.dumps(body))
    if len(text) > LARGEST_RECORDED_BODY:
        return _as_text(text)
    return text.replace("\\u0000", "\\ufffd")


def _as_text(text: str) -> str:
    return json.dumps({"text": printable(text, LARGEST_RECORDED_BODY)}, ensure_ascii=False)


def printable(text: str, length: int) -> str:
    """Text cut to a length, without the characters a log line or Postgres cannot carry."""
    cut = text[:length] + ("…" if len(text) > length else "")
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in cut)


def _refuse_constant(name: str) -> object:
    raise ValueError(name)


def _shape(body: object) -> str:
    shapes: dict[type[Any], str] = {
        list: "a list",
        str: "text",
        bool: "a boolean",
        int: "a number",
        float: "a number",
    }
    return shapes.get(type(body), "nothing")
