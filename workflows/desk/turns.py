"""How often a case may go round: a bounded number of times a day, whatever is wrong with it."""

from datetime import datetime, timedelta

from domain.case.state import CaseState

# A case that waits as it should takes a few turns a day; one that nothing stops would take a
# hundred a second, until the server ends its run, and keep everybody's worker busy.
MOST_TURNS_A_DAY = 300
REST = timedelta(hours=1)


def take_turn(case: CaseState, now: datetime, most: int = MOST_TURNS_A_DAY) -> datetime | None:
    """Count a wait of this day. None when it may begin at once, else when: the case rests first.

    The state keeps the count: a case that goes round soon has a fresh run, which counts on.
    """
    if now.date() != case.turns_on:
        case.turns_on, case.turns = now.date(), 0
    case.turns += 1
    return now + REST if case.turns > most else None
