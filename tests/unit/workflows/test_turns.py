"""No case goes round without a timer: after so many turns a day it rests before each."""

from datetime import UTC, datetime, timedelta

from domain.case.state import CaseState
from workflows.desk.turns import REST, take_turn

MORNING = datetime(2026, 4, 20, 8, tzinfo=UTC)


def a_case() -> CaseState:
    """One that has not waited yet."""
    return CaseState(loan_id="L-1", case_id="L-1:2026-01-10")


def test_case_rests_before_each_turn_beyond_those_of_a_day() -> None:
    """Up to the limit at once, then an hour apart; a new day begins anew."""
    case = a_case()
    assert [take_turn(case, MORNING, 3) for _ in range(4)] == [None, None, None, MORNING + REST]
    later = MORNING + REST
    assert take_turn(case, later, 3) == later + REST
    tomorrow = MORNING + timedelta(days=1)
    assert [take_turn(case, tomorrow, 3) for _ in range(4)][2:] == [None, tomorrow + REST]


def test_fresh_run_counts_on() -> None:
    """What goes round with every wait writes long histories, and has a run for a few turns."""
    case, now, taken = a_case(), MORNING, 0
    while now.date() == MORNING.date():
        for _ in range(7):
            now = take_turn(case, now, 10) or now
            taken += 1
        case = CaseState.model_validate_json(case.model_dump_json())
    assert taken < 10 + 24 + 7
