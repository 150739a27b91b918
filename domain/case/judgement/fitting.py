"""What judgements are made of: the refusal, and what many events ask for."""

from domain import events
from domain.case.situation import Situation
from domain.case.state import Stage, VisitState


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
