"""What the crew at the door is told in answer to its check-in."""

from enum import StrEnum

from domain.events import VisitCheckedIn


class Instruction(StrEnum):
    """What the crew does now."""

    GO_ON = "go_on"
    STAY_OUTSIDE = "stay_outside"  # talk at the door: nobody enters without consent
    STAND_DOWN = "stand_down"  # no negotiation: say good-bye


def instruct(
    event: VisitCheckedIn, *, accepted: bool, reason_to_leave: str | None = None
) -> Instruction:
    """What follows from a check-in that was accepted or refused.

    It was accepted by what held when the crew came. `reason_to_leave` is what speaks against its
    staying now.
    """
    if not accepted or reason_to_leave is not None or not event.identity_verified:
        return Instruction.STAND_DOWN
    return Instruction.GO_ON if event.entry_consent else Instruction.STAY_OUTSIDE


def explain(
    event: VisitCheckedIn, entry_rule: str, reason_to_leave: str | None = None
) -> str | None:
    """Why the crew may not simply go on, although the check-in was accepted.

    `entry_rule` is the id of the rule on entering in the policy of the case.
    """
    if reason_to_leave is not None:
        return f"{reason_to_leave}: the visit has begun, and the crew is to leave"
    if not event.identity_verified:
        return "LC-IDENTITY: the borrower's identity was not verified: nothing is negotiated"
    if not event.entry_consent:
        return f"{entry_rule}: no consent to enter: talk at the door"
    return None
