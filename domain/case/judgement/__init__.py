"""Does an event fit the case as it stands? A refusal says which rule refused and why.

What only the database can know (is this payment known, is this attempt ours) is checked where
the event is recorded; everything else is here, one function an event.
"""

from domain import events
from domain.case.judgement import (  # noqa: F401  # each adds its judgements
    agreements,
    applications,
    appointments,
    complaints,
    doorstep,
    promises,
    renegotiation,
    withdrawals,
)
from domain.case.judgement.fitting import EventRefusedError, judge_fit
from domain.case.situation import Situation
from domain.case.state import Stage

__all__ = ["EventRefusedError", "judge"]

# Facts about money and calls are taken whatever became of the case.
_ALWAYS_TAKEN = (events.PaymentReceived, events.PaymentReversed, events.CallFinished)
# A paid case still has its closing notice to send: what may speak against it is taken too.
_TAKEN_UNTIL_THE_NOTICE = (
    *_ALWAYS_TAKEN,
    events.ComplaintFiled,
    events.ComplaintExtended,
    events.ComplaintResolved,
    events.HoldPlaced,
    events.HoldReleased,
    events.ContactPreferencesChanged,
)


def judge(event: events.Event, situation: Situation) -> None:
    """Accept an event by returning.

    Raises:
        EventRefusedError: with the rule and the reason.
    """
    if situation.case.closed_as is not None and not isinstance(event, _ALWAYS_TAKEN):
        raise EventRefusedError("LC-CASE-CLOSED", f"the case has ended: {situation.case.closed_as}")
    if situation.case.stage is Stage.ENDED and not isinstance(event, _TAKEN_UNTIL_THE_NOTICE):
        raise EventRefusedError("LC-CASE-CLOSED", "the case has ended: it is paid")
    judge_fit(event, situation)
