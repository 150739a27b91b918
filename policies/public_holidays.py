"""Public holidays, and weekend days that are worked in their place, by country.

The lender's calendar is as good as the library's: a government that announces next year's days
off late in the year is known only by a release that came after it.
"""

from collections.abc import Iterable
from importlib.metadata import version

import holidays

from domain.visit.appointments import Holidays

CALENDARS = version("holidays")


def is_known_country(country: str) -> bool:
    """Whether the holidays of a country (ISO 3166, two letters) are known."""
    return country in holidays.list_supported_countries(include_aliases=False)


def public_holidays(country: str, years: Iterable[int]) -> Holidays:
    """The public holidays and make-up workdays of a country in some years."""
    of_country = holidays.country_holidays(country, years=years)
    return Holidays(
        public_holidays=frozenset(of_country),
        make_up_days=frozenset(of_country.weekend_workdays),
    )
