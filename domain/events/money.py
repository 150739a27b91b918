"""Payments and promises to pay."""

from typing import Annotated

from domain.events.fields import SAID_BESIDE, AmountMinor, Day, Event, Id


class PaymentReceived(Event):
    name = "payment_received"
    payment_id: Id
    amount_minor: AmountMinor


class PaymentReversed(Event):
    name = "payment_reversed"
    payment_id: Id
    amount_minor: Annotated[AmountMinor | None, SAID_BESIDE] = None  # all of the payment, if given


class PromiseMade(Event):
    name = "promise_made"
    amount_minor: AmountMinor
    due_on: Day
