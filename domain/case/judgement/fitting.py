"""What judgements are made of: the refusal, and what many events ask for."""

from datetime import datetime

from domain import events
from domain.case.situation import Situation
from domain.case.state import Stage, VisitState
from domain.local_time import show_local


class EventRefusedError(Exception):
    """The event does not fit; it is recorded as refused and has no effect."""

    def __init__(self, rule_id: str, reason: str) -> None:
        super().__init__(f"{rule_id}: {reason}")
        self.rule_id = rule_id
        self.reason = reason


def always_accepted(event: events.Event, situation: Situation) -> None:
    """Where its stage fits, nothing in the state of the case speaks against the event."""


def require(fits: bool, rule_id: str, reason: str) -> None:
    if not fits:
        raise EventRefusedError(rule_id, reason)


def require_past(event: events.Event, situation: Situation) -> None:
    """Nothing has happened in the future, but for a few minutes between two clocks."""
    require(
        event.occurred_at <= situation.now + situation.policy.clock_tolerance,
        "LC-TIME",
        f"occurred_at: lies in the future; here it is {in_utc(situation.now)}",
    )


def require_this_loan(event: events.Event, situation: Situation) -> None:
    """What an event says beside must not contradict what would be recorded."""
    loan_id, currency = situation.case.loan_id, situation.facts.currency
    require(
        event.loan_id in (None, loan_id), "LC-CONTRACT", "loan_id: the event is of another loan"
    )
    require(
        event.currency in (None, currency), "LC-CONTRACT", f"currency: the loan is in {currency}"
    )


def require_not_before(
    event: events.Event, asked_at: datetime | None, situation: Situation, reason: str
) -> None:
    """Who decides, decides on what there is; what an earlier run did not keep is not asked."""
    require(
        asked_at is None or event.occurred_at >= asked_at - situation.policy.clock_tolerance,
        "LC-STAGE",
        f"occurred_at: {reason}" + (f", {in_utc(asked_at)}" if asked_at else ""),
    )


def require_stage(situation: Situation, *stages: Stage) -> None:
    wanted = " or ".join(stages)
    require(
        situation.case.stage in stages,
        "LC-STAGE",
        f"the case is in {situation.case.stage}, not in {wanted}",
    )


def require_visit(visit_id: str, situation: Situation) -> VisitState:
    if situation.case.visit is None or situation.case.visit.visit_id != visit_id:
        raise EventRefusedError("LC-STAGE", "visit_id: not the visit that is under way")
    return situation.case.visit


def require_no_hold(situation: Situation) -> None:
    require(not situation.is_on_hold, "LC-HOLD", f"on hold: {', '.join(situation.hold_reasons)}")


def in_utc(at: datetime) -> str:
    """A moment as refusals name it."""
    return f"{show_local(at, 'UTC')} UTC"
