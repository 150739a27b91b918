"""No case goes round without a timer: after so many turns a day it rests before each."""

from datetime import UTC, datetime, timedelta

from workflows.desk.turns import REST, Turns

MORNING = datetime(2026, 4, 20, 8, tzinfo=UTC)


def test_case_rests_before_each_turn_beyond_those_of_a_day() -> None:
    """Up to the limit at once, then an hour apart; a new day begins anew."""
    turns = Turns(most=3)
    assert [turns.take(MORNING) for _ in range(4)] == [None, None, None, MORNING + REST]
    later = MORNING + REST
    assert turns.take(later) == later + REST
    tomorrow = MORNING + timedelta(days=1)
    assert [turns.take(tomorrow) for _ in range(4)][2:] == [None, tomorrow + REST]


def test_loop_without_a_timer_takes_a_bounded_number_of_turns_in_a_day() -> None:
    """By construction: whoever only asks whether to go on gets no further than that."""
    turns, now, taken = Turns(most=10), MORNING, 0
    while now.date() == MORNING.date():
        now = turns.take(now) or now
        taken += 1
    assert taken < 10 + 24
