"""Payments and promises to pay."""

import json
from typing import Any

from database.case.overpaid import read_overpaid
from database.event_effects.effect import EventContext, refuse_unless, wait_unless
from database.event_effects.notices import tell_of_loan
from database.plan.kept_after_all import keep_plan_paid_in_time
from database.sql import SQL, Connection
from domain import events
from domain.case.notices import Audience, NoticeKind


async def record_payment_received(
    event: events.PaymentReceived, connection: Connection, context: EventContext
) -> None:
    await _record_payment(event, connection, context)
    await _tell_overpaid(event, connection, context)
    await keep_plan_paid_in_time(connection, context.case_id, context.now)


async def _tell_overpaid(
    event: events.PaymentReceived, connection: Connection, context: EventContext
) -> None:
    """Of an open case its end tells; of a loan at rest, or of an end that is on record, nobody."""
    if await SQL.has_open_case(connection, loan_id=context.loan_id):
        return
    over = await read_overpaid(connection, context.loan_id)
    if over.to_tell_minor:
        await tell_of_loan(
            connection,
            context,
            Audience.COLLECTORS,
            NoticeKind.OVERPAID,
            f"{event.payment_id}:overpaid",
            {"amount_minor": min(over.to_tell_minor, event.amount_minor)},
        )


async def _record_payment(
    event: events.PaymentReceived, connection: Connection, context: EventContext
) -> None:
    known = await SQL.known_payment(
        connection, payment_id=event.payment_id, loan_id=context.loan_id
    )
    if known is not None:
        # The ledger has written it itself: this is only the knock on the door.
        same = known["amount_minor"] == event.amount_minor
        refuse_unless(same, "payment_id: known with another amount")
        refuse_unless(known["reversed_at"] is None, "payment_id: this payment was reversed")
        return
    is_of_another = await SQL.is_payment_of_another(
        connection, payment_id=event.payment_id, loan_id=context.loan_id
    )
    refuse_unless(not is_of_another, "payment_id: known of another borrower")
    await SQL.add_payment(
        connection,
        payment_id=event.payment_id,
        loan_id=context.loan_id,
        amount_minor=event.amount_minor,
        received_at=event.occurred_at,
        recorded_at=context.now,
        source=event.source,
    )


async def record_payment_reversed(
    event: events.PaymentReversed, connection: Connection, context: EventContext
) -> None:
    known = await SQL.known_payment(
        connection, payment_id=event.payment_id, loan_id=context.loan_id
    )
    wait_unless(known, "payment_id: no such payment on this loan")
    refuse_unless(not known["is_waiver"], "payment_id: a waiver, which ends with its plan alone")
    refuse_unless(
        event.amount_minor in (None, known["amount_minor"]),
        f"amount_minor: the payment is one of {known['amount_minor']}, and reversed as a whole",
    )
    is_told = await SQL.is_reversal_known(
        connection, payment_id=event.payment_id, loan_id=context.loan_id
    )
    refuse_unless(not is_told, "payment_id: this payment was reversed before")
    if known["reversed_at"] is None:  # else the ledger has written it itself
        await SQL.reverse_payment(
            connection, payment_id=event.payment_id, loan_id=context.loan_id, now=context.now
        )
    await _tell_owed_beside_plan(event, connection, context, known["amount_minor"])
    await _tell_overpaid_no_more(event, connection, context)


async def _tell_overpaid_no_more(
    event: events.PaymentReversed, connection: Connection, context: EventContext
) -> None:
    """Whoever was to pay back what was over hears how much of it is not, and what is left of it."""
    over = await read_overpaid(connection, context.loan_id)
    if over.to_take_back_minor:
        body = {
            "payment_id": event.payment_id,
            "amount_minor": over.to_take_back_minor,
            "rest_minor": over.overpaid_minor,
        }
        await tell_of_loan(
            connection,
            context,
            Audience.COLLECTORS,
            NoticeKind.OVERPAID_TAKEN_BACK,
            f"{event.payment_id}:overpaid-taken-back",
            body,
        )


async def _tell_owed_beside_plan(
    event: events.PaymentReversed, connection: Connection, context: EventContext, amount_minor: int
) -> None:
    """The plan's debt was less for this payment, and no part of it asks for the amount now."""
    plan = await SQL.plan_beside(connection, payment_id=event.payment_id, loan_id=context.loan_id)
    if plan is None:
        return
    body: dict[str, Any] = {
        "loan_id": context.loan_id,
        "agreement_id": plan["agreement_id"],
        "payment_id": event.payment_id,
        "amount_minor": amount_minor,
    }
    await SQL.notify_staff(
        connection,
        notice_id=f"{plan['case_id']}:{event.payment_id}:owed-beside-plan",
        case_id=plan["case_id"],
        audience=Audience.COLLECTORS,
        kind=NoticeKind.OWED_BESIDE_PLAN,
        body=json.dumps(body),
        now=context.now,
    )


async def record_promise_made(
    event: events.PromiseMade, connection: Connection, context: EventContext
) -> None:
    await SQL.add_promise(
        connection,
        promise_id=f"{context.case_id}:{event.event_id}",
        case_id=context.case_id,
        loan_id=context.loan_id,
        amount_minor=event.amount_minor,
        due_on=event.due_on,
        now=context.now,
    )
