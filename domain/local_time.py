"""A time of day where the borrower lives, as policies and events write it."""

from datetime import datetime, time
from functools import cache
from typing import Annotated, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator


def _only_text(value: object) -> object:
    """YAML reads 22:00 without quotes as a number, which pydantic would read as another time."""
    if isinstance(value, (str, time)):
        return value
    raise ValueError('must be text, in YAML in quotes, such as "08:00"')


def _without_offset(local: time) -> time:
    if local.tzinfo is None:
        return local
    raise ValueError("must be local time, without an offset")


LocalTime = Annotated[time, BeforeValidator(_only_text), AfterValidator(_without_offset)]


class HoursOfDay(BaseModel):
    """Local hours, start included, end excluded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _starts_before_it_ends(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must come before end")
        return self

    def contains(self, other: "HoursOfDay") -> bool:
        """Whether the other hours lie within these."""
        return self.start <= other.start and other.end <= self.end

    def common_with(self, other: "HoursOfDay") -> "HoursOfDay | None":
        """The hours that lie within both; None where there are none."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return HoursOfDay(start=start, end=end) if start < end else None


# Only what stands for a place: CET and EST5EDT are offsets to some and have summer time to others,
# and `localtime` is wherever a machine stands.
_AREAS = frozenset({
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific", "US", "Canada", "Brazil", "Chile", "Mexico",
})  # fmt: skip


@cache
def time_zones() -> frozenset[str]:
    """The IANA names of places that this process knows."""
    return frozenset(
        name for name in available_timezones() if name.partition("/")[0] in _AREAS and "/" in name
    )


def show_local(moment: datetime, zone: str) -> str:
    """A moment on the clock of a zone, to the minute: `2026-05-04 09:30`."""
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
