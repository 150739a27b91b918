"""Amortisation: what of each instalment is principal and what is interest."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.debt.amortisation import amortise


@pytest.mark.parametrize(
    ("principal", "rate", "amounts", "parts"),
    [
        # An annuity: the interest of the first month is 1 % of 1,000.00.
        (
            100_000,
            "12",
            [34_002] * 3,
            [(33_002, 1_000), (33_332, 670), (33_666, 336)],
        ),
        (100, "0", [34, 33, 33], [(34, 0), (33, 0), (33, 0)]),
        # More than is owed: the rest is interest of the last ones.
        (100, "0", [60, 60, 60], [(60, 0), (40, 20), (0, 60)]),
        # Too small for its interest: the last ones have less of it, the principal is whole.
        (1_000, "120", [500, 600], [(400, 100), (600, 0)]),
        (100, "600", [10, 10], [(10, 0), (10, 0)]),  # less than the principal altogether
        (50, "12", [50, 1], [(49, 1), (1, 0)]),  # half a minor unit is one
    ],
)
def test_instalments_are_amortised(
    principal: int, rate: str, amounts: list[int], parts: list[tuple[int, int]]
) -> None:
    """Exact sums, whatever the instalments of a real tape look like."""
    assert amortise(principal, Decimal(rate), amounts) == parts


@given(
    st.integers(1, 10**9),
    st.decimals(0, 999, places=4),
    st.lists(st.integers(1, 10**8), min_size=1, max_size=60),
)
def test_amortisation_is_whole(principal: int, rate: Decimal, amounts: list[int]) -> None:
    """Parts sum to each instalment, principal parts to the principal, nothing is negative."""
    parts = amortise(principal, rate, amounts)
    assert [sum(part) for part in parts] == amounts
    assert min(min(part) for part in parts) >= 0
    assert sum(part.principal_minor for part in parts) == min(principal, sum(amounts))
