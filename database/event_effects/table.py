"""What each event records in the database: one row an event, the keys of the table of events.

Where it fits and who judges it: domain/case/events/table.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from database.event_effects import agreements, case, complaints, contact, money, people, visits
from database.event_effects.effect import EventContext, nothing
from database.sql import Connection
from domain import events
from domain.events.tables import one_row_each

E = TypeVar("E", bound=events.Event)


@dataclass(frozen=True)
class EffectRow(Generic[E]):
    """One event and what it records."""

    event: type[E]
    record: Callable[[E, Connection, EventContext], Awaitable[None]]


_ROWS = (
    EffectRow(events.PaymentReceived, money.record_payment_received),
    EffectRow(events.PaymentReversed, money.record_payment_reversed),
    EffectRow(events.PromiseMade, money.record_promise_made),
    EffectRow(events.CallFinished, contact.record_call_finished),
    EffectRow(events.PhoneReported, people.record_phone_reported),
    EffectRow(events.PhoneConfirmed, people.record_phone_confirmed),
    EffectRow(events.ReplyReceived, people.record_reply_received),
    EffectRow(events.CallReceived, people.record_call_received),
    EffectRow(events.BorrowerSaid, people.record_borrower_said),
    EffectRow(events.VisitRequested, visits.record_visit_requested),
    EffectRow(events.VisitApproved, visits.record_visit_approved),
    EffectRow(events.VisitRejected, visits.record_visit_rejected),
    EffectRow(events.VisitWithdrawn, nothing),  # the workflow tells the crew, then ends the visit
    EffectRow(events.ApprovalWithdrawn, visits.record_approval_withdrawn),
    EffectRow(events.AppointmentConfirmed, visits.record_appointment_confirmed),
    EffectRow(events.AppointmentDeclined, visits.record_appointment_given_up),
    EffectRow(events.AppointmentWithdrawn, visits.record_appointment_given_up),
    EffectRow(events.VisitCheckedIn, visits.record_visit_checked_in),
    EffectRow(events.VisitReported, visits.record_visit_reported),
    EffectRow(events.PlanApproved, agreements.require_authority_to_waive),
    EffectRow(events.PlanRejected, nothing),  # anybody from outside may say no
    EffectRow(events.AgreementSigned, agreements.record_agreement_signed),
    EffectRow(events.AgreementDeclined, agreements.record_agreement_declined),
    EffectRow(events.RenegotiationRequested, agreements.require_to_work_here),
    EffectRow(events.ComplaintFiled, complaints.record_complaint_filed),
    EffectRow(events.ComplaintExtended, complaints.record_complaint_extended),
    EffectRow(events.ComplaintResolved, complaints.record_complaint_resolved),
    EffectRow(events.HoldPlaced, contact.record_hold_placed),
    EffectRow(events.HoldReleased, contact.record_hold_released),
    EffectRow(events.ContactPreferencesChanged, contact.record_preferences_changed),
    EffectRow(events.PolicyAdopted, case.record_policy_adopted),
    EffectRow(events.CaseClosed, nothing),  # the workflow ends what is under way, then the case
)

EFFECT_TABLE: dict[str, EffectRow[Any]] = one_row_each("the table of effects on the record", _ROWS)


async def take_effect(event: events.Event, connection: Connection, context: EventContext) -> None:
    """Change the database as an event says, within the caller's transaction.

    Raises:
        EffectRefusedError: when the record speaks against it.
    """
    await EFFECT_TABLE[event.name].record(event, connection, context)
