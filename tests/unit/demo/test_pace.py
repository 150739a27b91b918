"""How long a business day is on a machine: as short as it can keep up with, within bounds."""

from datetime import timedelta

import pytest

from demo.run import too_slow
from embedded.pace import FASTEST_DAY, SLOWEST_DAY, day_for


@pytest.mark.parametrize(
    ("work_per_second", "day_length"),
    [
        (10_000_000, FASTEST_DAY),
        (450_000, FASTEST_DAY),
        (449_000, timedelta(seconds=1.3)),
        (225_000, timedelta(seconds=2.5)),
        (1, SLOWEST_DAY),
        (0, SLOWEST_DAY),
    ],
)
def test_a_slower_machine_has_longer_days(work_per_second: float, day_length: timedelta) -> None:
    """Half the work in a second is twice the day."""
    assert day_for(work_per_second) == day_length


def test_too_slow_a_machine_is_told_what_to_try() -> None:
    """In one line: how far behind, on which day, and half the speed."""
    said = too_slow(timedelta(seconds=1.25), 12, timedelta(seconds=3.21))
    assert "too slow for a business day of 1.25 s: on day 12 it was 3.2 s behind" in said
    assert said.endswith("try `make demo SPEED=0.40`")
    assert "\n" not in said
