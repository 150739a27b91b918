"""Payments and promises to pay."""

from database.event_effects.effect import EventContext, refuse_unless, wait_unless
from database.sql import SQL, Connection
from domain import events


async def record_payment_received(
    event: events.PaymentReceived, connection: Connection, context: EventContext
) -> None:
    known = await SQL.known_payment(
        connection, payment_id=event.payment_id, loan_id=context.loan_id
    )
    if known is not None:
        # The ledger may have written the payment itself: then this is only the knock on the door.
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
    refuse_unless(
        event.amount_minor in (None, known["amount_minor"]),
        f"amount_minor: the payment is one of {known['amount_minor']}, and reversed as a whole",
    )
    refuse_unless(known["reversed_at"] is None, "payment_id: this payment was reversed before")
    await SQL.reverse_payment(
        connection, payment_id=event.payment_id, loan_id=context.loan_id, now=context.now
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
