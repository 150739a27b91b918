"""Calls, holds and what the borrower wishes."""

import json
from datetime import datetime
from typing import Any

from database.event_effects.effect import (
    EffectRefusedError,
    EventContext,
    refuse_unless,
    wait_unless,
)
from database.sql import SQL, Connection
from domain import events
from domain.contact.facts import Relation
from domain.contact.status import PhoneStatus
from domain.policy.right_party import Confirmation


async def record_call_finished(
    event: events.CallFinished, connection: Connection, context: EventContext
) -> None:
    call = await SQL.finish_call(
        connection,
        attempt_id=event.attempt_id,
        loan_id=context.loan_id,
        outcome=event.outcome,
        duration_s=event.duration_s,
        recording_id=event.recording_id,
        now=context.now,
    )
    refuse_unless(call, "attempt_id: no call of this loan waits for its outcome")
    marks = {
        "invalid_number": PhoneStatus.INVALID,
        "wrong_person": PhoneStatus.WRONG_PERSON,
    }
    if event.outcome == "refused" and call["relation"] == Relation.CONTACT_PERSON:
        marks["refused"] = PhoneStatus.REFUSED
    phone_id = call["phone_id"]
    if event.outcome in marks:
        status = marks[event.outcome]
        await SQL.mark_phone(connection, phone_id=phone_id, status=status, now=context.now)
    if event.identity_confirmed and call["relation"] == Relation.SELF:
        await SQL.confirm_phone(
            connection,
            phone_id=phone_id,
            confirmed_by=Confirmation.CONVERSATION.value,
            confirmed_at=min(event.occurred_at, context.now),
        )


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
    """The loan's own hold, or the only one of that name on the borrower's loans with its lender."""
    loan_id, hold_id = context.loan_id, event.hold_id
    rows = SQL.holds_meant(connection, loan_id=loan_id, hold_id=hold_id, now=context.now)
    meant = [hold async for hold in rows]
    wait_unless(meant, "hold_id: no such hold was placed")
    hold, *others = meant
    refuse_unless(not others, "hold_id: several loans have one: name the loan it was placed on")
    refuse_unless(not hold["is_of_complaint"], "hold_id: this hold ends with complaint_resolved")
    refuse_unless(hold["is_in_force"], "hold_id: no such hold is in force on this loan")
    await SQL.release_hold(connection, loan_id=hold["loan_id"], hold_id=hold_id, now=context.now)


async def record_preferences_changed(
    event: events.ContactPreferencesChanged, connection: Connection, context: EventContext
) -> None:
    """Field by field: of two wishes the later said binds, in whatever order they come."""
    said_at = min(event.occurred_at, context.now)
    event = await _without_overtaken_wishes(event, said_at, connection, context)
    channels, hours, phones = event.blocked_channels, event.agreed_hours, event.blocked_phone_ids
    borrower_id = await SQL.change_preferences(
        connection,
        loan_id=context.loan_id,
        blocked_channels=None if channels is None else sorted(set(channels)),
        agreed_hours=None
        if hours is None
        else json.dumps([each.model_dump(mode="json") for each in hours]),
        are_phones_given=phones is not None,
        said_at=said_at,
    )
    if phones is None:
        return
    phone_ids = list(phones)
    unknown = await SQL.unknown_phones(connection, borrower_id=borrower_id, phone_ids=phone_ids)
    refuse_unless(unknown is None, f"blocked_phone_ids: not this borrower's: {unknown}")
    await SQL.block_phones(
        connection, borrower_id=borrower_id, phone_ids=phone_ids, now=context.now
    )


async def _without_overtaken_wishes(
    event: events.ContactPreferencesChanged,
    said_at: datetime,
    connection: Connection,
    context: EventContext,
) -> events.ContactPreferencesChanged:
    """What still binds of them; nothing is left of one that came after all it says was changed."""
    said: dict[str, Any] = dict(await SQL.wishes_said(connection, loan_id=context.loan_id))
    given = {name for name in said if getattr(event, name) is not None}
    overtaken = {name for name in given if said[name] is not None and said[name] > said_at}
    if given == overtaken:
        latest = max(said[name] for name in overtaken)
        raise EffectRefusedError(f"LC-TIME: occurred_at: another wish was said later, at {latest}")
    return event.model_copy(update=dict.fromkeys(overtaken))
