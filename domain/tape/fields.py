"""The field types of a loan tape: what a value must look like, and what to say when it does not.

A reason quotes a value only where the field cannot hold a name, a phone number or an address.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from domain.local_time import time_zones

MAX_AMOUNT_MINOR = 10**15  # times the longest term, still far below a bigint
MAX_TERM_MONTHS = 600
YEARS = range(1970, 2101)
LANGUAGES = ("zh", "en")

_WHOLE = re.compile(r"-?[0-9]{1,30}")
_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def wrong(reason: str) -> PydanticCustomError:
    """The error that says a reason as it is, without a prefix."""
    return PydanticCustomError("tape", "{reason}", {"reason": reason})


def _excerpt(value: object) -> str:
    """A value as an error quotes it: short, on one line."""
    text = str(value)
    return repr(text if len(text) <= 24 else text[:24] + "…")


def _plain(value: object) -> str:
    """The text of a value from CSV or JSON; empty counts as missing."""
    if value is None:
        raise wrong("is empty")
    # bool is an int to Python, but not an amount to a lender.
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise wrong("must be text or a number, not true, false, a list or an object")
    text = str(value).strip()
    if not text:
        raise wrong("is empty")
    return text


def _whole_number(unit: str, low: int, high: int) -> Callable[[Any], int]:
    def read(value: object) -> int:
        text = _plain(value)
        if not _WHOLE.fullmatch(text):
            raise wrong(f"must be a whole number of {unit}, not {_excerpt(text)}")
        number = int(text)
        if number < low:
            raise wrong(f"must be at least {low}, not {_excerpt(number)}")
        if number > high:
            raise wrong(f"must be at most {high}, not {_excerpt(number)}")
        return number

    return read


def _date(value: object) -> date:
    text = _plain(value)
    try:
        day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise wrong(f"must be a day of the calendar as YYYY-MM-DD, not {_excerpt(text)}")
    if day.year not in YEARS:
        raise wrong(f"must lie in the years {YEARS[0]} to {YEARS[-1]}, not in {day.year:04}")
    return day


def _rate(value: object) -> Decimal:
    text = _plain(value)
    if not _RATE.fullmatch(text):
        raise wrong(
            f"must be a percentage from 0 to 999.9999 with at most 4 decimals, not {_excerpt(text)}"
        )
    return Decimal(text)


def _currency(value: object) -> str:
    text = _plain(value)
    if not _CURRENCY.fullmatch(text):
        raise wrong(f"must be three capital letters (ISO 4217), not {_excerpt(text)}")
    return text


def _key(value: object) -> str:
    """An id or a lender: goes into workflow ids and search attributes, so no blanks."""
    text = _plain(value)
    if len(text) > 100:
        raise wrong("must be at most 100 characters long")
    if not text.isprintable() or len(text.split()) > 1:
        raise wrong("must not contain blanks or control characters")
    return text


def _text(longest: int) -> Callable[[Any], str]:
    def read(value: object) -> str:
        text = " ".join(_plain(value).split())
        if len(text) > longest:
            raise wrong(f"must be at most {longest} characters long")
        if not text.isprintable():
            raise wrong("must not contain control characters")
        return text

    return read


def _time_zone(value: object) -> str:
    text = _plain(value)
    if text not in time_zones():
        raise wrong(f"must be an IANA time zone such as Asia/Shanghai, not {_excerpt(text)}")
    return text


def _language(value: object) -> str:
    text = _plain(value)
    if text not in LANGUAGES:
        raise wrong(f"must be {' or '.join(LANGUAGES)}, not {_excerpt(text)}")
    return text


Paid = Annotated[int, BeforeValidator(_whole_number("minor units", 0, MAX_AMOUNT_MINOR))]
Amount = Annotated[int, BeforeValidator(_whole_number("minor units", 1, MAX_AMOUNT_MINOR))]
Months = Annotated[int, BeforeValidator(_whole_number("months", 1, MAX_TERM_MONTHS))]
Day = Annotated[date, BeforeValidator(_date)]
Rate = Annotated[Decimal, BeforeValidator(_rate)]
Currency = Annotated[str, BeforeValidator(_currency)]
Key = Annotated[str, BeforeValidator(_key)]
Text = Annotated[str, BeforeValidator(_text(200))]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]
Language = Annotated[str, BeforeValidator(_language)]
