"""Complaints: what their state cannot know is checked against the record."""

from domain import events
from domain.case.judgement.fitting import judge_fit, require
from domain.case.situation import Situation


@judge_fit.register
def _(event: events.ComplaintResolved, situation: Situation) -> None:
    require(
        event.upheld or not event.barred_badge_ids,
        "LC-COMPLAINT",
        "barred_badge_ids: only a complaint that is upheld bars anybody",
    )
