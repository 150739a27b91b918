"""Holds."""

from domain import events
from domain.case.judgement.fitting import require
from domain.case.situation import Situation


def judge_hold_placed(event: events.HoldPlaced, situation: Situation) -> None:
    """One that is over would be accepted and protect nobody, and nobody would be told."""
    require(
        event.until is None or event.until > situation.now, "LC-TIME", "until: the hold is over"
    )
