"""What people say by themselves. Whoever says it and however, a number is marked in one way."""

from typing import Any

from database.event_effects.effect import EventContext, refuse_unless, wait_unless
from database.sql import SQL, Connection
from domain import events
from domain.contact.facts import Relation
from domain.contact.replies import Reading, read_reply
from domain.contact.status import PhoneStatus
from domain.policy.right_party import Confirmation

_HOLDS = {"call_later": "call_later", "disputes": "dispute", "cannot_pay": "hardship"}


async def record_phone_reported(
    event: events.PhoneReported, connection: Connection, context: EventContext
) -> None:
    phone = await _phone(event.phone_id, connection, context)
    await SQL.mark_phone(
        connection, phone_id=phone["phone_id"], status=event.status, now=context.now
    )


async def record_phone_confirmed(
    event: events.PhoneConfirmed, connection: Connection, context: EventContext
) -> None:
    phone = await _phone(event.phone_id, connection, context)
    refuse_unless(phone["relation"] == Relation.SELF, "phone_id: it is a contact person's")
    status = phone["status"]
    refuse_unless(
        status == PhoneStatus.USABLE, f"phone_id: it is on record as {status}, which is final"
    )
    await SQL.confirm_phone(
        connection,
        phone_id=event.phone_id,
        confirmed_by=event.by,
        confirmed_at=min(event.occurred_at, context.now),
    )


async def record_reply_received(
    event: events.ReplyReceived, connection: Connection, context: EventContext
) -> None:
    if event.phone_id is not None and event.text is not None:
        await SQL.keep_reply(
            connection,
            reply_id=event.reply_id,
            phone_id=(await _phone(event.phone_id, connection, context))["phone_id"],
            text=event.text,
            received_at=min(event.occurred_at, context.now),
        )
    reply = await SQL.reply_to_loan(connection, reply_id=event.reply_id, loan_id=context.loan_id)
    wait_unless(reply, "reply_id: no such reply is kept of a number of this borrower")
    refuse_unless(reply["read_at"] is None, "reply_id: this reply was read before")
    reading = read_reply(reply["text"])
    await _act_on_reply(reading, reply, connection, context)
    await SQL.note_reply(
        connection, reply_id=event.reply_id, read_as=reading.value, now=context.now
    )


async def _act_on_reply(
    reading: Reading, reply: Any, connection: Connection, context: EventContext
) -> None:
    if reading in (Reading.WRONG_PERSON, Reading.REFUSED):
        status = PhoneStatus(reading.value)
        await SQL.mark_phone(connection, phone_id=reply["phone_id"], status=status, now=context.now)
    elif reading is Reading.CONFIRMED and reply["relation"] == Relation.SELF:
        await SQL.confirm_phone(
            connection,
            phone_id=reply["phone_id"],
            confirmed_by=Confirmation.REPLY.value,
            confirmed_at=context.now,
        )


async def record_call_received(
    event: events.CallReceived, connection: Connection, context: EventContext
) -> None:
    held_at = min(event.occurred_at, context.now)
    phone = None
    if event.phone_id is not None:
        phone = await _phone(event.phone_id, connection, context)
    kept = await SQL.keep_conversation(
        connection,
        loan_id=context.loan_id,
        conversation_id=event.call_id,
        phone_id=event.phone_id,
        held_at=held_at,
        now=context.now,
        duration_s=event.duration_s,
        recording_id=event.recording_id,
        identity_confirmed=event.identity_confirmed,
    )
    refuse_unless(kept, "call_id: this conversation is on record")
    if event.identity_confirmed and phone is not None and phone["relation"] == Relation.SELF:
        await SQL.confirm_phone(
            connection,
            phone_id=phone["phone_id"],
            confirmed_by=Confirmation.CONVERSATION.value,
            confirmed_at=held_at,
        )


async def record_borrower_said(
    event: events.BorrowerSaid, connection: Connection, context: EventContext
) -> None:
    """A hold of its own, which `hold_released` ends as any other."""
    hold_id = f"said:{event.event_id}"
    placed = await SQL.place_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=hold_id,
        reason=_HOLDS[event.says],
        until=event.until,
        now=context.now,
    )
    refuse_unless(placed, f"event_id: a hold named {hold_id} was placed before")


async def _phone(phone_id: str, connection: Connection, context: EventContext) -> Any:
    """The number that is spoken of."""
    phone = await SQL.phone_of_loan(connection, loan_id=context.loan_id, phone_id=phone_id)
    refuse_unless(phone, "phone_id: not of this borrower, nor of a contact person of theirs")
    return phone
