"""Is a visit needed? Only where messages and calls were tried and did not work."""

from datetime import timedelta
from typing import Literal, NamedTuple

from domain.case.situation import Situation
from domain.case.state import Stage


class Obstacle(NamedTuple):
    """One reason against a visit now, and the rule it comes from."""

    rule_id: str
    reason: str


AfterContact = Literal[Stage.APPLICATION, Stage.APPROVAL, Stage.LEGAL_REVIEW]


def is_too_old(situation: Situation) -> bool:
    """Whether a case is too far past due for contact and visits."""
    return situation.days_past_due > situation.policy.visit.until_days_past_due.value


def stage_after_contact(situation: Situation) -> AfterContact | None:
    """Where early contact leads by now; None while it goes on.

    Who applied in time, without being invited, is answered, however long a hold was in between.
    """
    if situation.case.visit is not None and situation.case.visit.approval is None:
        return Stage.APPROVAL
    if is_too_old(situation):
        return Stage.LEGAL_REVIEW
    return None if reasons_against_visit(situation) else Stage.APPLICATION


def reasons_against_visit(situation: Situation) -> list[str]:
    """Why no visit is arranged now; empty when messages and calls were tried and did not work."""
    return [obstacle.reason for obstacle in obstacles_to_visit(situation)]


def obstacles_to_visit(situation: Situation) -> list[Obstacle]:
    """The same with their rules: whoever applies for the lender is refused by them, too."""
    checks = {**_what_bounds_a_visit(situation), **_what_was_tried(situation)}
    return [obstacle for obstacle, applies in checks.items() if applies]


def _what_bounds_a_visit(situation: Situation) -> dict[Obstacle, bool]:
    case, facts, rules = situation.case, situation.facts, situation.policy.visit
    overdue, first, last = (
        situation.days_past_due, rules.from_days_past_due, rules.until_days_past_due
    )  # fmt: skip
    floor, most = rules.arrears_floor_minor, rules.visits_per_case
    return {
        Obstacle(first.id, f"{overdue} days past due, a visit needs {first.value}"): (
            overdue < first.value
        ),
        Obstacle(last.id, f"{overdue} days past due, visits end at {last.value}"): (
            overdue > last.value
        ),
        Obstacle(floor.id, f"arrears below {floor.value}"): facts.arrears_minor < floor.value,
        Obstacle("LC-VISIT-ADDRESS", "no address on file"): not facts.address_ids,
        Obstacle("LC-PREFERENCE", "the borrower wants no visit"): facts.visit_blocked,
        Obstacle("LC-PROMISE", "a promise to pay is open"): bool(facts.promises),
        Obstacle("LC-HOLD", "on hold"): situation.is_on_hold,
        Obstacle(most.id, f"{case.visits} visits made, {most.value} allowed"): (
            case.visits >= most.value
        ),
        Obstacle(
            rules.cooling_days.id, "the last application came to nothing too recently"
        ): case.cooling_until is not None and situation.now < case.cooling_until,
    }


def _what_was_tried(situation: Situation) -> dict[Obstacle, bool]:
    facts, rules = situation.facts, situation.policy.visit
    messages, calls, recent = rules.messages_tried, rules.calls_tried, rules.recent_payment_days
    return {
        Obstacle(
            messages.id, f"{facts.messages_sent} messages sent, {messages.value} needed"
        ): facts.messages_sent < messages.value,
        Obstacle(calls.id, f"{facts.calls_made} calls made, {calls.value} needed"): (
            facts.calls_made < calls.value
        ),
        Obstacle(recent.id, f"a payment in the last {recent.value} days"): (
            facts.last_payment_at is not None
            and situation.now - facts.last_payment_at < timedelta(days=recent.value)
        ),
    }
