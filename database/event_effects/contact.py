"""Calls, holds and what the borrower wishes."""

import json

from database.event_effects.effect import EventContext, refuse_unless
from database.sql import SQL, Connection
from domain import events
from domain.contact.status import PhoneStatus


async def record_call_finished(
    event: events.CallFinished, connection: Connection, context: EventContext
) -> None:
    call = await SQL.finish_call(
        connection,
        attempt_id=event.attempt_id,
        case_id=context.case_id,
        outcome=event.outcome,
        duration_s=event.duration_s,
        recording_id=event.recording_id,
        now=context.now,
    )
    refuse_unless(call, "attempt_id: no call of this case waits for its outcome")
    marks = {
        "invalid_number": PhoneStatus.INVALID,
        "wrong_person": PhoneStatus.WRONG_PERSON,
    }
    if event.outcome in marks:
        await SQL.mark_phone(connection, phone_id=call["phone_id"], status=marks[event.outcome])
    if event.outcome == "refused":
        await SQL.note_third_party_refusal(connection, phone_id=call["phone_id"])


async def record_hold_placed(
    event: events.HoldPlaced, connection: Connection, context: EventContext
) -> None:
    placed = await SQL.place_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=event.hold_id,
        reason=event.reason,
        until=event.until,
        now=context.now,
    )
    refuse_unless(placed, "hold_id: this hold was placed before")


async def record_hold_released(
    event: events.HoldReleased, connection: Connection, context: EventContext
) -> None:
    complaint_id = await SQL.complaint_of_hold(
        connection, loan_id=context.loan_id, hold_id=event.hold_id
    )
    refuse_unless(complaint_id is None, "hold_id: this hold ends with complaint_resolved")
    released = await SQL.release_hold(
        connection, loan_id=context.loan_id, hold_id=event.hold_id, now=context.now
    )
    refuse_unless(released, "hold_id: no such hold is in force on this loan")


async def record_preferences_changed(
    event: events.ContactPreferencesChanged, connection: Connection, context: EventContext
) -> None:
    channels, hours = event.blocked_channels, event.agreed_hours
    borrower_id = await SQL.change_preferences(
        connection,
        loan_id=context.loan_id,
        blocked_channels=None if channels is None else sorted(set(channels)),
        agreed_hours=None
        if hours is None
        else json.dumps([each.model_dump(mode="json") for each in hours]),
    )
    if event.blocked_phone_ids is None:
        return
    phone_ids = list(event.blocked_phone_ids)
    unknown = await SQL.unknown_phones(connection, borrower_id=borrower_id, phone_ids=phone_ids)
    refuse_unless(unknown is None, f"blocked_phone_ids: not this borrower's: {unknown}")
    await SQL.block_phones(
        connection, borrower_id=borrower_id, phone_ids=phone_ids, now=context.now
    )
