"""At the door: what a crew says when it checks in, and what it does as it is told."""

from typing import Any, NamedTuple

from demo.stories.acts import AtTheDoor
from domain.visit.doorstep import Instruction

Body = dict[str, Any]

_OUTCOMES = {
    AtTheDoor.NOT_PRESENT: "not_present",
    AtTheDoor.UNSAFE: "unsafe",
    AtTheDoor.REFUSED: "refused",
}
_WILL_CHANGE = (AtTheDoor.CARD_FOUND_LATER, AtTheDoor.COLLEAGUE_LATE)


class CheckIn(NamedTuple):
    """Who stands at the door, and what the borrower shows and allows."""

    badge_ids: list[str]
    has_identity: bool = True
    may_enter: bool = True

    def body(self, visit_id: str) -> Body:
        return {
            "visit_id": visit_id,
            "badge_ids": self.badge_ids,
            "identity_verified": self.has_identity,
            "identity_method": "id card" if self.has_identity else "none",
            "entry_consent": self.may_enter,
            "filming_consent": False,  # nobody here likes to be filmed: the talk is recorded
            "recording_id": f"recording-{visit_id}",
        }


def check_ins(door: AtTheDoor, badge_ids: list[str]) -> list[CheckIn]:
    """The first try and, where things change while the crew waits, the second."""
    whole = CheckIn(badge_ids)
    first = {
        AtTheDoor.NO_IDENTITY: whole._replace(has_identity=False),
        AtTheDoor.CARD_FOUND_LATER: whole._replace(has_identity=False),
        AtTheDoor.COLLEAGUE_LATE: whole._replace(badge_ids=badge_ids[:1]),
        AtTheDoor.NO_CONSENT: whole._replace(may_enter=False),
    }.get(door, whole)
    return [first, whole] if door in _WILL_CHANGE else [first]


def outcome_of(door: AtTheDoor, instruction: str) -> str:
    """What is reported: a crew that was told to stand down does not negotiate."""
    if instruction == Instruction.STAND_DOWN:
        return "refused"
    return _OUTCOMES.get(door, "agreed")


def willingness(outcome: str, instruction: str) -> str:
    """What the crew writes about the talk, and where it took place."""
    if outcome != "agreed":
        return "unwilling"
    return "willing, at the door" if instruction == Instruction.STAY_OUTSIDE else "willing"
