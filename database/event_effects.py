"""What an accepted event changes in the database, one function an event."""

import json
import secrets
from datetime import datetime
from functools import singledispatch
from typing import NamedTuple

from database.sql import SQL, Connection
from domain import events

COMPLAINT_HOLD = "complaint:{complaint_id}"


class EffectRefusedError(Exception):
    """The record knows a reason against the event; the text is `RULE: reason`."""


class EventContext(NamedTuple):
    """Which case an event belongs to, and what its effect needs to know."""

    case_id: str
    loan_id: str
    visit_id: str | None
    due_at: datetime | None
    now: datetime


@singledispatch
async def take_effect(event: events.Event, connection: Connection, context: EventContext) -> None:
    """Change the database as an event says, within the caller's transaction.

    Raises:
        EffectRefusedError: when the record speaks against it.
    """
    raise NotImplementedError(type(event).__name__)


def _refuse_unless(fits: object, reason: str) -> None:
    if not fits:
        raise EffectRefusedError(f"LC-RECORD: {reason}")


@take_effect.register
async def _(event: events.PaymentReceived, connection: Connection, context: EventContext) -> None:
    known = await SQL.known_payment(connection, payment_id=event.payment_id)
    if known is not None:
        # The ledger may have written the payment itself: then this is only the knock on the door.
        same = (known["loan_id"], known["amount_minor"]) == (context.loan_id, event.amount_minor)
        _refuse_unless(same, "payment_id: known with another loan or amount")
        _refuse_unless(known["reversed_at"] is None, "payment_id: this payment was reversed")
        return
    await SQL.add_payment(
        connection,
        payment_id=event.payment_id,
        loan_id=context.loan_id,
        amount_minor=event.amount_minor,
        received_at=event.occurred_at,
        recorded_at=context.now,
        source=event.source,
    )


@take_effect.register
async def _(event: events.PaymentReversed, connection: Connection, context: EventContext) -> None:
    known = await SQL.known_payment(connection, payment_id=event.payment_id)
    _refuse_unless(
        known is not None and known["loan_id"] == context.loan_id,
        "payment_id: no such payment on this loan",
    )
    _refuse_unless(known["reversed_at"] is None, "payment_id: this payment was reversed before")
    await SQL.reverse_payment(connection, payment_id=event.payment_id, now=context.now)


@take_effect.register
async def _(event: events.PromiseMade, connection: Connection, context: EventContext) -> None:
    await SQL.add_promise(
        connection,
        promise_id=f"{context.case_id}:{event.event_id}",
        case_id=context.case_id,
        loan_id=context.loan_id,
        amount_minor=event.amount_minor,
        due_on=event.due_on,
        now=context.now,
    )


@take_effect.register
async def _(event: events.CallFinished, connection: Connection, context: EventContext) -> None:
    call = await SQL.finish_call(
        connection,
        attempt_id=event.attempt_id,
        case_id=context.case_id,
        outcome=event.outcome,
        duration_s=event.duration_s,
        recording_id=event.recording_id,
        now=context.now,
    )
    _refuse_unless(call, "attempt_id: no call of this case waits for its outcome")
    marks = {"invalid_number": "invalid", "wrong_person": "wrong_person"}
    if event.outcome in marks:
        await SQL.mark_phone(connection, phone_id=call["phone_id"], status=marks[event.outcome])
    if event.outcome == "refused":
        await SQL.note_third_party_refusal(connection, phone_id=call["phone_id"])


@take_effect.register
async def _(event: events.HoldPlaced, connection: Connection, context: EventContext) -> None:
    placed = await SQL.place_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=event.hold_id,
        reason=event.reason,
        until=event.until,
        now=context.now,
    )
    _refuse_unless(placed, "hold_id: this hold was placed before")


@take_effect.register
async def _(event: events.HoldReleased, connection: Connection, context: EventContext) -> None:
    released = await SQL.release_hold(
        connection, loan_id=context.loan_id, hold_id=event.hold_id, now=context.now
    )
    _refuse_unless(released, "hold_id: no such hold is in force on this loan")


@take_effect.register
async def _(event: events.ComplaintFiled, connection: Connection, context: EventContext) -> None:
    filed = await SQL.file_complaint(
        connection,
        loan_id=context.loan_id,
        complaint_id=event.complaint_id,
        case_id=context.case_id,
        about=event.about,
        now=context.now,
        answer_due_at=context.due_at,
    )
    _refuse_unless(filed, "complaint_id: this complaint was filed before")
    await SQL.place_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=COMPLAINT_HOLD.format(complaint_id=event.complaint_id),
        reason="complaint",
        until=None,
        now=context.now,
    )


@take_effect.register
async def _(event: events.ComplaintResolved, connection: Connection, context: EventContext) -> None:
    resolved = await SQL.resolve_complaint(
        connection,
        loan_id=context.loan_id,
        complaint_id=event.complaint_id,
        upheld=event.upheld,
        remedy=event.remedy,
        now=context.now,
    )
    _refuse_unless(resolved, "complaint_id: no such complaint is open on this loan")
    await SQL.release_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=COMPLAINT_HOLD.format(complaint_id=event.complaint_id),
        now=context.now,
    )


@take_effect.register
async def _(
    event: events.ContactPreferencesChanged, connection: Connection, context: EventContext
) -> None:
    borrower_id = await SQL.change_preferences(
        connection,
        loan_id=context.loan_id,
        blocked_channels=sorted(set(event.blocked_channels)),
        agreed_hours=json.dumps([hours.model_dump(mode="json") for hours in event.agreed_hours]),
    )
    phone_ids = list(event.blocked_phone_ids)
    unknown = await SQL.unknown_phones(connection, borrower_id=borrower_id, phone_ids=phone_ids)
    _refuse_unless(unknown is None, f"blocked_phone_ids: not this borrower's: {unknown}")
    await SQL.block_phones(
        connection, borrower_id=borrower_id, phone_ids=phone_ids, now=context.now
    )


@take_effect.register
async def _(event: events.PolicyAdopted, connection: Connection, context: EventContext) -> None:
    exists = await SQL.policy_exists(connection, version=event.policy_version)
    _refuse_unless(exists, "policy_version: no such policy is stored")
    await SQL.pin_policy(connection, case_id=context.case_id, version=event.policy_version)


@take_effect.register
async def _(event: events.CaseClosed, connection: Connection, context: EventContext) -> None:
    """Nothing yet: the workflow closes what is under way first, then the case."""


@take_effect.register
async def _(event: events.VisitRequested, connection: Connection, context: EventContext) -> None:
    await SQL.add_visit(
        connection,
        visit_id=context.visit_id,
        case_id=context.case_id,
        loan_id=context.loan_id,
        address_id=event.address_id,
        applicant=event.applicant,
        applicant_id=event.applicant_id,
        # Only the borrower and the crew see it: it proves that the visitor is ours.
        visit_code=f"{secrets.randbelow(1_000_000):06d}",
        now=context.now,
    )


@take_effect.register
async def _(event: events.VisitApproved, connection: Connection, context: EventContext) -> None:
    await SQL.approve_visit(
        connection,
        visit_id=context.visit_id,
        approver_id=event.approver_id,
        now=context.now,
        expires_at=context.due_at,
    )


@take_effect.register
async def _(event: events.VisitRejected, connection: Connection, context: EventContext) -> None:
    await SQL.reject_visit(
        connection, visit_id=context.visit_id, approver_id=event.approver_id, now=context.now
    )


@take_effect.register
async def _(
    event: events.AppointmentConfirmed, connection: Connection, context: EventContext
) -> None:
    await SQL.confirm_appointment(connection, visit_id=context.visit_id, now=context.now)


@take_effect.register
async def _(
    event: events.AppointmentDeclined, connection: Connection, context: EventContext
) -> None:
    await SQL.release_crew(connection, visit_id=context.visit_id, now=context.now)
    await SQL.clear_slot(connection, visit_id=context.visit_id)


@take_effect.register
async def _(event: events.VisitCheckedIn, connection: Connection, context: EventContext) -> None:
    await SQL.check_in(
        connection,
        visit_id=context.visit_id,
        now=context.now,
        identity_verified=event.identity_verified,
        identity_method=event.identity_method,
        entry_consent=event.entry_consent,
        recording_id=event.recording_id,
    )


@take_effect.register
async def _(event: events.VisitReported, connection: Connection, context: EventContext) -> None:
    await SQL.report_visit(
        connection,
        visit_id=context.visit_id,
        now=context.now,
        outcome=event.outcome,
        willingness=event.willingness,
        capacity=None if event.capacity is None else event.capacity.model_dump_json(),
        proposal=None if event.proposal is None else event.proposal.model_dump_json(),
    )
    if event.outcome == "wrong_address":
        await SQL.mark_address_wrong(connection, visit_id=context.visit_id)


@take_effect.register(events.PlanApproved)
@take_effect.register(events.PlanRejected)
async def _(
    event: events.PlanApproved | events.PlanRejected, connection: Connection, context: EventContext
) -> None:
    """The approver's name goes into the agreement that the plan leads to."""


@take_effect.register
async def _(event: events.AgreementSigned, connection: Connection, context: EventContext) -> None:
    await SQL.sign_agreement(
        connection,
        agreement_id=event.agreement_id,
        sha256=event.document_sha256,
        signatories=json.dumps(event.signatories),
        now=context.now,
    )
    await SQL.defer_instalments(connection, agreement_id=event.agreement_id)


@take_effect.register
async def _(event: events.AgreementDeclined, connection: Connection, context: EventContext) -> None:
    await SQL.decline_agreement(connection, agreement_id=event.agreement_id, now=context.now)
