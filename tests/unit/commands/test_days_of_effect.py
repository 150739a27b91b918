"""Whoever starts with a policy that is not of today is told so."""

from datetime import date

import pytest

from commands.at_start import not_in_effect
from domain.clock import BusinessClock
from domain.policy.policy import Policy
from tests.support.world import Loan

NOW = Loan().local(date(2026, 12, 31), 23)


@pytest.mark.parametrize(
    ("first", "last", "line"),
    [
        (date(2026, 12, 31), None, None),
        (date(2026, 1, 1), date(2026, 12, 31), None),
        (date(2027, 1, 1), None, "is of 2027-01-01, and not of today: "),
        (date(2026, 1, 1), date(2026, 12, 30), "is of 2026-01-01 until 2026-12-30, and not of "),
    ],
)
def test_policy_that_is_not_of_today_is_named(
    policy: Policy, first: date, last: date | None, line: str | None
) -> None:
    """By the day where its borrowers live."""
    dated = policy.model_copy(update={"effective_from": first, "effective_until": last})
    said = not_in_effect(dated, BusinessClock(), NOW)
    assert (said is None) is (line is None)
    assert said is None or said.startswith(f"policy {policy.version} {line}")
