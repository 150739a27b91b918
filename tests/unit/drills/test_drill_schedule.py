"""What goes wrong when: the same seed, the same schedule; every kind at least once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drills.faults.strokes import STROKES
from drills.schedule import (
    AROUND,
    AROUND_LONGER,
    FIRST_SHARE,
    LAST_SHARE,
    LONGEST_SECONDS,
    SERVERS,
    SHORTEST_SECONDS,
    Fault,
    plan,
)
from drills.sizes import FULL, SHORT

SEEDS = st.integers(0, 2**32)
DAYS = st.lists(st.integers(1, 80), min_size=1, max_size=6, unique=True).map(sorted)


@given(SEEDS, DAYS)
def test_the_seed_decides(seed: int, days: list[int]) -> None:
    """Asked twice, the same."""
    assert plan(seed, days) == plan(seed, days)


def test_another_seed_is_another_drill() -> None:
    """Other days, other moments."""
    schedules = {tuple(plan(seed, FULL.days)) for seed in range(20)}
    assert len(schedules) == 20


@given(SEEDS, DAYS)
def test_every_fault_comes_once(seed: int, days: list[int]) -> None:
    """In its order, on one of the days, early enough for the day to see it mended."""
    planned = plan(seed, days)
    assert Counter(each.fault for each in planned) == dict.fromkeys(Fault, 1)
    assert planned == sorted(planned)
    for each in planned:
        assert each.day in days
        assert FIRST_SHARE <= each.share <= LAST_SHARE
        assert SHORTEST_SECONDS <= each.seconds <= LONGEST_SECONDS * AROUND_LONGER


@given(SEEDS)
def test_only_what_was_asked_for_comes(seed: int) -> None:
    """A short drill has some of the faults."""
    assert {each.fault for each in plan(seed, SHORT.days, SHORT.faults)} == set(SHORT.faults)


@given(SEEDS)
def test_the_days_share_the_faults(seed: int) -> None:
    """No day has more than one beyond its share, of either lane."""
    planned = plan(seed, FULL.days)
    for lane in (SERVERS, AROUND):
        counts = Counter(each.day for each in planned if each.fault in lane)
        assert max(counts.values()) - min(counts[day] for day in FULL.days) <= 1


@pytest.mark.parametrize("fault", Fault)
def test_each_fault_has_a_stroke(fault: Fault) -> None:
    """And one lane."""
    assert fault in STROKES
    assert (fault in SERVERS) != (fault in AROUND)
