"""The time zone of a region, in countries that have several.

Where a region has two zones, the table has the one that most of its people live in.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files


def _read_table() -> Mapping[tuple[str, str], str]:
    with files("domain.tape").joinpath("zones_by_region.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {(row["country"], row["region"]): row["time_zone"] for row in rows}


_TABLE = _read_table()
_COUNTRIES = frozenset(country for country, _ in _TABLE)


def has_several_zones(country: str) -> bool:
    """Whether the region decides: otherwise the policy's zone is the country's."""
    return country in _COUNTRIES


def zone_of_region(country: str, region: str) -> str | None:
    """The zone of a region; None when the table has no such region."""
    return _TABLE.get((country, region.strip().upper()))
