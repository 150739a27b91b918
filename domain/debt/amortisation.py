"""What of each instalment is interest and what is principal, by the contract's own numbers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

RATE_UNITS = 10_000  # of one per cent: the rates of contracts have at most four decimals
MONTHS = 12


class InstalmentParts(NamedTuple):
    """One instalment, in minor units; the parts sum to its amount, and neither is negative."""

    principal_minor: int
    interest_minor: int


def amortise(
    principal_minor: int, annual_rate_percent: Decimal, amounts_minor: Sequence[int]
) -> list[InstalmentParts]:
    """The parts of each instalment, first to last.

    The interest of a month is a twelfth of the annual rate on what is left of the principal,
    rounded half up to a minor unit, and never more than the instalment. What rounding leaves of
    the principal is in the last instalment.

    Real instalments do not always fit. Where they pay more than principal and interest, what is
    too much counts as interest of the last ones; where they pay less, the last ones have less
    interest. So the principal parts sum exactly to the principal, or to all instalments where
    these are less than the principal; the rest of it is then on no schedule.
    """
    rate, left, principals = _in_units(annual_rate_percent), principal_minor, list[int]()
    for amount in amounts_minor:
        interest = _divided_half_up(left * rate, MONTHS * 100 * RATE_UNITS)
        principals.append(min(max(amount - interest, 0), left))
        left -= principals[-1]
    for number in reversed(range(len(principals))):
        more = min(amounts_minor[number] - principals[number], left)
        principals[number] += more
        left -= more
    return [
        InstalmentParts(principal, amount - principal)
        for principal, amount in zip(principals, amounts_minor, strict=True)
    ]


def _in_units(rate_percent: Decimal) -> int:
    return int(rate_percent * RATE_UNITS)


def _divided_half_up(amount: int, by: int) -> int:
    return (2 * amount + by) // (2 * by)
