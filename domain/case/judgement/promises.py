"""Promises to pay."""

from datetime import timedelta

from domain import events
from domain.case.judgement.fitting import require
from domain.case.situation import Situation
from domain.mistakes import not_within


def judge_promise_made(event: events.PromiseMade, situation: Situation) -> None:
    """One at a time, for a day that is near, and not beside a plan in force."""
    longest = situation.policy.promise.longest_days
    require(
        situation.today <= event.due_on <= situation.today + timedelta(days=longest.value),
        longest.id,
        f"due_on: {not_within(event.due_on, longest.value, situation.today)}",
    )
    require(not situation.facts.promises, "LC-PROMISE", "another promise to pay is open")
    require(
        # The record knows of a plan that is in force again before a case on hold takes it up.
        (situation.case.plan is None or not situation.case.plan.in_force)
        and situation.facts.plan_total_minor is None,
        situation.policy.plan.pause_rule,
        "a signed plan is being repaid",
    )
