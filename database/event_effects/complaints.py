"""Complaints: each is a hold, too."""

from database.event_effects.effect import EventContext, refuse_unless, take_effect
from database.sql import SQL, Connection
from domain import events

COMPLAINT_HOLD = "complaint:{complaint_id}"


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
    refuse_unless(filed, "complaint_id: this complaint was filed before")
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
    refuse_unless(resolved, "complaint_id: no such complaint is open on this loan")
    await SQL.release_hold(
        connection,
        loan_id=context.loan_id,
        hold_id=COMPLAINT_HOLD.format(complaint_id=event.complaint_id),
        now=context.now,
    )
