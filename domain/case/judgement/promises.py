"""Promises to pay."""

from datetime import timedelta

from domain import events
from domain.case.judgement.fitting import (
    judge_fit,
    require,
)
from domain.case.situation import Situation


@judge_fit.register
def _(event: events.PromiseMade, at: Situation) -> None:
    longest = at.policy.promise.longest_days
    require(
        at.today <= event.due_on <= at.today + timedelta(days=longest.value),
        longest.id,
        f"due_on: {event.due_on} is not within {longest.value} days of {at.today}",
    )
    require(not at.facts.promises, "LC-PROMISE", "another promise to pay is open")
    require(
        at.case.plan is None or not at.case.plan.in_force, "CN-17", "a signed plan is being repaid"
    )
