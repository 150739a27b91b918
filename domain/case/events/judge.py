"""Does an event fit the case as it stands? A refusal says which rule refused and why."""

from domain.case.events.table import EVENT_TABLE
from domain.case.judgement.fitting import (
    EventRefusedError,
    require_past,
    require_stage,
    require_this_loan,
)
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.events import Event


def judge(event: Event, situation: Situation) -> None:
    """Accept an event by returning.

    Raises:
        EventRefusedError: with the rule and the reason.
    """
    row, case = EVENT_TABLE[event.name], situation.case
    # What is of the borrower or the loan is taken before the end, on the way to it, and after it.
    if case.closed_as is not None and not row.without_case:
        raise EventRefusedError("LC-CASE-CLOSED", f"the case has ended: {case.closed_as}")
    if case.stage is Stage.ENDED and Stage.ENDED not in row.stages:
        raise EventRefusedError("LC-CASE-CLOSED", "the case has ended: it is paid")
    require_past(event, situation)
    require_this_loan(event, situation)
    require_stage(situation, *row.stages)
    row.judge(event, situation)
