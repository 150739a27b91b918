"""Complaints: what their state cannot know is checked against the record."""

from domain import events
from domain.case.judgement.fitting import require
from domain.case.situation import Situation


def judge_complaint_resolved(event: events.ComplaintResolved, situation: Situation) -> None:
    """Who is barred, is barred by a complaint that is upheld."""
    require(
        event.upheld or not event.barred_badge_ids,
        "LC-COMPLAINT",
        "barred_badge_ids: only a complaint that is upheld bars anybody",
    )
