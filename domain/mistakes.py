"""What is wrong with a value that somebody wrote, in words that are not Python's."""

import re
from collections.abc import Sequence
from datetime import date

from pydantic_core import ErrorDetails

_TIME = "must be a time by RFC 3339, such as 2026-11-24T10:00:00+08:00"
_WORDS = {
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "dict_type": "must be an object",
    "string_type": "must be text",
    "timezone_aware": "must carry a time zone, such as 2026-11-24T10:00:00+08:00",
    "extra_forbidden": "is not a name that is known here",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "datetime_type": _TIME,
    "datetime_parsing": _TIME,
    "datetime_from_date_parsing": _TIME,
    "time_type": "must be a time of day, such as 18:00",
    "time_parsing": "must be a time of day, such as 18:00",
    "date_type": "must be a day, such as 2026-08-01",
    "date_parsing": "must be a day, such as 2026-08-01",
    "date_from_datetime_parsing": "must be a day, such as 2026-08-01",
    "date_from_datetime_inexact": "must be a day, such as 2026-08-01",
    "missing": "is missing",
}
SHAPES = {  # a pattern is no words
    r"^[\x21-\x7e]+$": "must be ASCII letters, digits and signs, without blanks",
    "^[0-9]{6}$": "must be six digits",
    "^[A-Z]{3}$": "must be three capital letters, such as CNY",
    "^[A-Z]{2}$": "must be two capital letters, such as CN",
    "^[0-9a-fA-F]{64}$": "must be 64 hex digits",
    # of policies
    "^[A-Z]{2,4}-[A-Z0-9-]+$": "must be a rule's id, such as CN-27 or LC-TIME",
    r"^\w{1,10}$": "must be one word of 1 to 10 letters and digits",
    "^[a-z0-9][a-z0-9.-]{2,60}$": "must be 3 to 61 small letters, digits, dots and hyphens",
    "^[a-z]{2}(-[a-z0-9-]+)?$": "must begin with two small letters, such as cn or us-ny",
    # of providers' settings
    r"^https?://[^\s/?#]+(/[^\s?#]*)?$": "must be an address by http or https, without a query",
    "^[A-Za-z0-9_-]{1,80}$": "must be 1 to 80 ASCII letters, digits, hyphens and underscores",
    r"^\d{4,20}$": "must be 4 to 20 digits",
    r"^\+?\d{3,15}$": "must be a number of 3 to 15 digits",
    r"^\+\d{6,15}$": "must be + and 6 to 15 digits",
    r"^\+?\w[\w .-]{0,14}$": "must be a number, or a name of 1 to 15 letters and digits",
    r"^(\+\d{6,15}|MG[0-9a-f]{32})$": "must be + and 6 to 15 digits, or MG and 32 hex digits",
    "^AC[0-9a-f]{32}$": "must be AC and 32 hex digits",
    "^FW[0-9a-f]{32}$": "must be FW and 32 hex digits",
}
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_CLOCK = re.compile(r"(?:^|[Tt])(\d{2}):(\d{2})(?::(\d{2}))?", re.ASCII)
_OFFSET = re.compile(r"[Tt].*[+-]\d{2}:\d{2}$", re.ASCII)
_CALENDAR = ("date", "time")
_LIBRARYS_WORDS = re.compile("^Value error, |^(?:[A-Za-z]+ )+?(?=should )")


def describe_mistakes(mistakes: Sequence[ErrorDetails]) -> str:
    """All of them; of a list that is too short for what is wrong in it, what is wrong in it."""
    wrong = {each["loc"] for each in mistakes}
    return "; ".join(
        describe_mistake(each)
        for each in mistakes
        if each["type"] != "too_short" or not any(_is_within(other, each["loc"]) for other in wrong)
    )


def describe_mistake(mistake: ErrorDetails) -> str:
    """The field by its path, and the reason."""
    path = ".".join(str(part) for part in mistake["loc"])
    return f"{path}: {reason(mistake)}" if path else reason(mistake)


def reason(mistake: ErrorDetails) -> str:
    """The reason alone."""
    if mistake["type"] == "too_short":
        return f"needs at least {mistake['ctx']['min_length']}"
    if mistake["type"] == "string_too_short" and mistake["ctx"]["min_length"] == 1:
        return "must not be empty"
    if mistake["type"] == "greater_than":
        return f"must be more than {mistake['ctx']['gt']}"
    if mistake["type"] == "string_pattern_mismatch" and mistake["ctx"]["pattern"] in SHAPES:
        return SHAPES[mistake["ctx"]["pattern"]]
    if mistake["type"] not in _WORDS:
        return re.sub("^should ", "must ", _LIBRARYS_WORDS.sub("", mistake["msg"]))
    is_of_calendar = mistake["type"].startswith(_CALENDAR)
    part = _that_is_not_there(mistake["input"]) if is_of_calendar else None
    return _WORDS[mistake["type"]] + (f" (there is no such {part})" if part else "")


def _that_is_not_there(written: object) -> str | None:
    """The part of a day or a time that no calendar and no clock has; None where it lacks form."""
    if not isinstance(written, str):
        return None
    day, clock = _DAY.match(written), _CLOCK.search(written)
    if day is not None and not _is_day(*map(int, day.groups())):
        return "day"
    if clock is None:
        return None
    read = zip(("hour", "minute", "second"), clock.groups(default="0"), (24, 60, 60), strict=True)
    missing = next((part for part, digits, end in read if int(digits) >= end), None)
    return missing or ("time zone" if _OFFSET.search(written) else None)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def not_within(day: date, days: int, today: date) -> str:
    """Why a day is none of so many from today on."""
    if day < today:
        return f"{day} lies in the past, before {today}"
    return f"{day} is not within {days} days of {today}"


def _is_within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer
