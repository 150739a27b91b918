"""What BUSINESS_CLOCK may say: `real`, a clock as JSON, and for a stack of one's own `60x`.

A clock has to be the same for every process, so only who starts them all may leave open when it
begins: `make up` reads a wish, lets it begin when the servers answer, and hands on a whole clock.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from domain.clock import DAY, REAL, BusinessClock
from domain.mistakes import describe_mistake

_FACTOR = re.compile(r"([0-9]{1,7}(?:\.[0-9]{1,3})?)x")
_DAY_LENGTH = re.compile(r"day=([0-9]{1,7}(?:\.[0-9]{1,3})?)(ms|s|min|h)")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
}
_SHAPES = f'"{REAL}" or a clock as JSON'
_SHORT = 'a speed like "60x", a day\'s length like "day=1.25s"'


@dataclass(frozen=True)
class ClockWish:
    """A clock that need not say when it begins. `fields` are the clock's own; none: real time."""

    fields: dict[str, Any]

    def begun(self, started_at: datetime | None, origin: datetime | None) -> BusinessClock:
        """The clock, beginning then with that business instant where the wish names no others."""
        if not self.fields:
            return BusinessClock()
        begins = {"started_at": started_at, "origin": origin}
        return BusinessClock.model_validate(begins | self.fields)

    def fits(self, kept: BusinessClock) -> bool:
        """Whether a clock that has begun is what is wished for."""
        return self.begun(kept.started_at, kept.origin) == kept


def read_clock(text: str) -> BusinessClock:
    """The clock that a variable describes: `real`, or a clock as JSON.

    Raises ValueError, whose text is one line, when it describes none.
    """
    text = text.strip()
    if _short_form(text) is None:
        if text.startswith("{"):
            _object(text)
        try:
            clock = BusinessClock.parse(text)
        except ValidationError as error:
            raise ValueError(f"must be {_SHAPES}: {_first(error)}") from error
        if text == REAL or not clock.is_real:
            return clock
    raise ValueError(
        f"{text} does not say when it begins, which only `make up` may leave open: "
        f"must be {_SHAPES}, as `make up` writes it into its file `env`"
    )


def read_clock_wish(text: str) -> ClockWish:
    """The clock that a stack of one's own is asked for; raises ValueError like `read_clock`."""
    text = text.strip()
    if text == REAL:
        return ClockWish({})
    length = _short_form(text)
    if length is not None:
        return _checked(ClockWish({"day_length": length}))
    if not text.startswith("{"):
        raise ValueError(f"must be {_SHORT}, {_SHAPES}")
    return _checked(ClockWish(_object(text)))


def in_words(clock: BusinessClock) -> str:
    """Which clock it is, for people."""
    if clock.is_real:
        return "real time"
    faster = DAY / clock.day_length
    speed = f"{faster:,.0f}" if faster >= 10 else f"{faster:.3g}"
    return (
        f"{speed} times as fast as real time: a business day lasts "
        f"{clock.day_length.total_seconds():,g} s; it began with {clock.origin:%F %H:%M} UTC"
    )


def _short_form(text: str) -> timedelta | None:
    """The day's length that `60x` or `day=1.25s` stands for."""
    if factor := _FACTOR.fullmatch(text):
        return DAY / float(factor[1]) if float(factor[1]) else timedelta(0)
    if length := _DAY_LENGTH.fullmatch(text):
        return float(length[1]) * _UNITS[length[2]]
    return None


def _checked(wish: ClockWish) -> ClockWish:
    moment = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
    try:
        wish.begun(moment, moment)
    except ValidationError as error:
        raise ValueError(_first(error)) from error
    return wish


def _object(text: str) -> dict[str, Any]:
    """The clock's fields; refuses what is no field of a clock."""
    try:
        fields: dict[str, Any] = json.loads(text)
    except ValueError as error:
        raise ValueError(f"must be {_SHAPES}: {error}") from error
    if unknown := [name for name in fields if name not in BusinessClock.model_fields]:
        known = ", ".join(BusinessClock.model_fields)
        raise ValueError(f"{unknown[0]}: a clock has no such field; it has {known}")
    return fields


def _first(error: ValidationError) -> str:
    return describe_mistake(error.errors(include_url=False)[0])
