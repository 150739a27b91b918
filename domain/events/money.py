"""Payments and promises to pay."""

from domain.events.fields import AmountMinor, Day, Event, Id


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
