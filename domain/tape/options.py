"""What an operator and the policy add to a tape: how its rows are read."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.tape.zones_by_region import has_several_zones, zone_of_region

NEAR = timedelta(days=7)  # a tape this old says how things are today


@dataclass(frozen=True)
class ImportOptions:
    """Defaults, and the day a tape is moved to; `country` is ISO 3166, two letters.

    `time_zone` without `zone_is_said` is the policy's: where a country has several zones, a region
    decides instead. `today` is the day of the import; without it no day is too old.
    """

    country: str = "CN"
    time_zone: str = "Asia/Shanghai"
    zone_is_said: bool = False
    language: str = "zh"
    shift_to: date | None = None
    today: date | None = None
    any_day: bool = False
    invents_people: bool = False

    def zone_of(self, region: str | None) -> str | None:
        """The time zone of a borrower whose row has none; None when it cannot be known."""
        if has_several_zones(self.country):
            zone = zone_of_region(self.country, region or "")
            return zone or (self.time_zone if self.zone_is_said else None)
        return self.time_zone

    def days_later(self, as_of: date) -> timedelta:
        """From a tape's day to today."""
        return (self.today or as_of) - as_of

    def why_far(self, day: date) -> str | None:
        """Why a tape of a day says nothing of today; None where it does."""
        if self.today is None or self.any_day:
            return None
        if day > self.today + timedelta(days=1):
            return f"{day} lies in the future; today is {self.today} (--as-of-anyway takes it)"
        if day < self.today - NEAR:
            return (
                f"{day} is not within {NEAR.days} days before today, {self.today}: what was paid"
                " since is not in the tape (--as-of-anyway takes it)"
            )
        return None
