"""Holds."""

from datetime import datetime

from domain import events
from domain.case.judgement.fitting import in_utc, require
from domain.case.situation import Situation


def judge_hold_placed(event: events.HoldPlaced, situation: Situation) -> None:
    """One that is over would be accepted and protect nobody, and nobody would be told."""
    _require_to_last(event.until, situation)
    rule = situation.policy.contact.holds.get(event.reason)
    require(
        rule is None or event.until is None or rule.value.may_end_by_itself,
        "LC-HOLD" if rule is None else rule.id,
        f"until: a hold for {event.reason} lasts until it is released",
    )


def judge_borrower_said(event: events.BorrowerSaid, situation: Situation) -> None:
    """What the borrower asks for is a hold, and so is what speaks against it."""
    _require_to_last(event.until, situation)


def _require_to_last(until: datetime | None, situation: Situation) -> None:
    require(
        until is None or until > situation.now,
        "LC-TIME",
        f"until: lies in the past; here it is {in_utc(situation.now)}",
    )
