"""What whoever delivers an event is told, by a workflow and by the front door alike."""

from typing import Any

from domain.case.events.judged_event import Verdict
from domain.events import Event, VisitCheckedIn
from domain.visit.doorstep import Instruction, explain, instruct


def answer_to(
    name: str,
    event: Event | None,
    verdict: Verdict | None,
    stage: str,
    entry_rule: str = "",
    reason_to_leave: str | None = None,
) -> dict[str, Any]:
    """What became of an event; a crew at the door also reads what to do.

    `event` is None when it could not be read; `entry_rule` is the id of the rule on entering in the
    policy of the case, where there is one; `reason_to_leave` is why no crew is to stay there now.
    """
    accepted = verdict is not None and verdict.accepted
    reason = verdict.reason if verdict is not None else None
    answer = {"accepted": accepted, "reason": reason, "stage": stage}
    if verdict is not None and verdict.may_come_again:
        answer["may_come_again"] = True
    if isinstance(event, VisitCheckedIn):
        instruction = instruct(event, accepted=accepted, reason_to_leave=reason_to_leave)
        answer["instruction"] = instruction.value
        answer["reason"] = reason or explain(event, entry_rule, reason_to_leave)
    elif name == VisitCheckedIn.name:  # that could not be read
        answer["instruction"] = Instruction.STAND_DOWN.value
    return answer
