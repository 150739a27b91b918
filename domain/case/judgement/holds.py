"""Holds."""

from domain import events
from domain.case.judgement.fitting import require
from domain.case.situation import Situation


def judge_hold_placed(event: events.HoldPlaced, situation: Situation) -> None:
    """One that is over would be accepted and protect nobody, and nobody would be told."""
    require(
        event.until is None or event.until > situation.now, "LC-TIME", "until: the hold is over"
    )
    rule = situation.policy.contact.holds.get(event.reason)
    require(
        rule is None or event.until is None or rule.value.may_end_by_itself,
        "LC-HOLD" if rule is None else rule.id,
        f"until: a hold for {event.reason} lasts until it is released",
    )
