"""Promises to pay, as `workflows/routines/promises.py` has them."""

from datetime import timedelta

from domain.calendar import opens
from domain.case.facts import Promise
from simulation.process.desk import Desk, Steps


def wait_for_promise(desk: Desk, promise: Promise) -> Steps[None]:
    """Wait in silence for what was promised; the promise is kept, or broken.

    The end of a hold gives its grace anew.
    """
    grace = timedelta(days=desk.policy.promise.grace_days.value + 1)
    hours = desk.policy.contact.planned_hours.value
    day = promise.due_on
    if (held_until := desk.facts.last_hold_ended_at) is not None:
        day = max(day, desk.facts.local(held_until).date())
    verify_at = opens(day + grace, hours, desk.facts.time_zone)

    def is_kept() -> bool:
        return any(
            each.promise_id == promise.promise_id and each.paid_minor >= promise.amount_minor
            for each in desk.facts.promises
        )

    yield from desk.until_sure(is_kept, verify_at)
    still_open = (each for each in desk.person.promises if each.promise_id != promise.promise_id)
    desk.person.keep_promises(still_open)
    desk.learn()
