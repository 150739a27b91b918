"""The business clock: the one place where real time and the time of the process meet.

In production both are the same. In the demo and in failure drills a faster clock lets months
pass in minutes on the real servers. Nights, when nobody may be contacted anyway, may pass
faster than days, so that the few hundred milliseconds by which a real timer fires late do not
turn a morning's message into a forbidden one at night. Some days may be longer than the others:
what takes its time on any clock, such as a crash and its timeouts, then fits into them.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

DAY = timedelta(days=1)
REAL = "real"


class LongDay(BaseModel):
    """A business day, in UTC, that lasts longer or shorter than the others in real time."""

    model_config = ConfigDict(frozen=True)

    on: date
    length: timedelta = Field(gt=timedelta(0))


class BusinessClock(BaseModel):
    """Maps real instants to business instants and back; monotonic, exact at day boundaries.

    Business time equals `origin` at the real instant `started_at`. A business day lasts
    `day_length` of real time; of it, `day_share` is spent between `day_begins` and `day_ends`
    (offsets from midnight UTC of the business day), the rest on the night. `long_day` and
    `long_days`, in their order, have lengths of their own.
    """

    model_config = ConfigDict(frozen=True)

    started_at: AwareDatetime | None = None
    origin: AwareDatetime | None = None
    day_length: timedelta = DAY
    day_begins: timedelta = timedelta(0)
    day_ends: timedelta = DAY
    day_share: float = Field(default=1.0, gt=0, le=1)
    long_day: LongDay | None = None
    long_days: tuple[LongDay, ...] = ()  # further ones

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.started_at is None) != (self.origin is None):
            raise ValueError("started_at and origin come together")
        if not timedelta(0) <= self.day_begins < self.day_ends <= DAY:
            raise ValueError("day_begins must come before day_ends, both within one day")
        if self.day_length <= timedelta(0):
            raise ValueError("day_length must be positive")
        if self.day_ends - self.day_begins < DAY and self.day_share == 1.0:
            raise ValueError("day_share must be below 1 when the day is shorter than 24 hours")
        days = [each.on for each in self.long_days]
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValueError("long_days must come in their order, each once")
        if self.long_day is not None and self.long_day.on in days:
            raise ValueError("long_days must be other days than long_day")
        return self

    @property
    def is_real(self) -> bool:
        """Whether business time is real time."""
        return self.started_at is None

    def business(self, real: datetime) -> datetime:
        """The business instant at a real instant."""
        if self.started_at is None or self.origin is None:
            return real
        before = self._usual_days(self._share_of_day(self.origin))
        passed = before + (real - self.started_at) / self.day_length
        days, share = divmod(self._days(passed), 1)
        return _midnight(self.origin) + days * DAY + self._offset_in_day(share)

    def real(self, business: datetime) -> datetime:
        """The real instant at a business instant."""
        if self.started_at is None or self.origin is None:
            return business
        days = (_midnight(business) - _midnight(self.origin)) / DAY
        until = self._usual_days(days + self._share_of_day(business))
        before = self._usual_days(self._share_of_day(self.origin))
        return self.started_at + (until - before) * self.day_length

    def _usual_days(self, days: float) -> float:
        """How many days of the usual length so many take, from midnight of the origin's day."""
        usual_days = days
        for before, lasts in self._long:
            usual_days += min(max(days - before, 0), 1) * (lasts - 1)
        return usual_days

    def _days(self, usual_days: float) -> float:
        """The inverse of `_usual_days`."""
        days = usual_days
        for before, lasts in self._long:  # in their order: those before count as a day each by now
            days -= min(max(days - before, 0) / lasts, 1) * (lasts - 1)
        return days

    @property
    def _long(self) -> list[tuple[int, float]]:
        """Of each long day, in their order: days before it, and usual days that it lasts."""
        if self.origin is None or not (self.long_day or self.long_days):
            return []
        first = self.origin.astimezone(UTC).date()
        every = [*self.long_days, *([self.long_day] if self.long_day else [])]
        return sorted(((each.on - first).days, each.length / self.day_length) for each in every)

    def _share_of_day(self, instant: datetime) -> float:
        """How much of the business day's real length has passed at an instant, 0 to 1."""
        offset = instant.astimezone(UTC) - _midnight(instant)
        day = self.day_ends - self.day_begins
        night = DAY - day
        day_part = min(max(offset - self.day_begins, timedelta(0)), day)
        night_part = offset - day_part
        night_share = (1 - self.day_share) * (night_part / night) if night else 0.0
        return self.day_share * (day_part / day) + night_share

    def _offset_in_day(self, share: float) -> timedelta:
        """The inverse of `_share_of_day`."""
        day = self.day_ends - self.day_begins
        night = DAY - day
        if not night:
            return share * DAY
        night_speed = night / (1 - self.day_share)
        before = self.day_begins / night_speed
        if share <= before:
            return share * night_speed
        if share <= before + self.day_share:
            return self.day_begins + (share - before) / self.day_share * day
        return self.day_ends + (share - before - self.day_share) * night_speed

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a clock from a setting: `real`, or the JSON that `str(clock)` writes."""
        if text.strip() == REAL:
            return cls()
        return cls.model_validate_json(text)

    def __str__(self) -> str:
        return REAL if self.is_real else self.model_dump_json(exclude_defaults=True)


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
