"""Until when a court may still be asked: Civil Code 188, 189 and 195 (LA-01 to LA-03)."""

from datetime import date

import pytest

from domain.debt.limitation import limitation_until

LAST_DUE_ON = date(2020, 6, 15)


@pytest.mark.parametrize(
    ("last_due_on", "until"),
    [
        (LAST_DUE_ON, date(2023, 6, 15)),
        (date(2021, 2, 28), date(2024, 2, 28)),
        (date(2024, 2, 29), date(2027, 2, 28)),  # a month without such a day: its last one
        (date(2020, 12, 31), date(2023, 12, 31)),
    ],
)
def test_three_years_from_the_last_instalment(last_due_on: date, until: date) -> None:
    """The last day is the one with the same number."""
    assert limitation_until(last_due_on, 3) == until


def test_leap_day_is_reached_in_a_leap_year() -> None:
    """Four years on there is such a day."""
    assert limitation_until(date(2024, 2, 29), 4) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("interrupted_on", "until"),
    [
        ([date(2020, 6, 14)], date(2023, 6, 15)),  # before the period began
        ([LAST_DUE_ON], date(2023, 6, 15)),
        ([date(2020, 6, 16)], date(2023, 6, 16)),
        ([date(2022, 2, 1)], date(2025, 2, 1)),
        ([date(2023, 6, 15)], date(2026, 6, 15)),  # on the last day
        ([date(2023, 6, 16)], date(2023, 6, 15)),  # too late: nothing is revived
        ([date(2023, 6, 15), date(2026, 6, 16)], date(2026, 6, 15)),
        ([date(2025, 1, 1), date(2022, 2, 1)], date(2028, 1, 1)),  # in whatever order
        ([date(2024, 2, 29), date(2021, 6, 15)], date(2027, 2, 28)),
    ],
)
def test_interruption_starts_the_period_anew(interrupted_on: list[date], until: date) -> None:
    """Within the period only, each as it comes."""
    assert limitation_until(LAST_DUE_ON, 3, interrupted_on) == until
