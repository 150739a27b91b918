"""The field types of a loan tape: what a value must look like, and what to say when it does not.

A reason quotes a value only where the field cannot hold a name, a phone number or an address.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.debt.currencies import MINOR_DIGITS
from domain.local_time import time_zones
from domain.tape.characters import refused_character
from domain.tape.phone_number import e164
from domain.tape.status_words import meaning_of

MAX_AMOUNT_MINOR = 10**15  # times the longest term, still far below a bigint
MAX_TERM_MONTHS = 600
LONGEST_ID = 80  # an event's ids have 120 characters, and the longest is a loan's with 31 more
YEARS = range(1970, 2101)
LANGUAGES = ("zh", "en")

_WHOLE = re.compile(r"-?[0-9]{1,30}")
_RATE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Co", "Cn"))
_EPOCH = date(1970, 1, 1)  # what many systems write for no date
# Words that stand for nothing, and what a spreadsheet writes for a formula that failed.
_PLACEHOLDERS = frozenset({
    "n/a", "na", "n.a.", "n.a", "null", "nil", "none", "nan", "<na>", "nat", "unknown",
    "undefined", "unassigned", "missing", "empty", "blank", "tbd", "tbc", "-", "--", "---",
    "?", "??", "???", ".", "/", "*", "-1", "0", "(null)", "[null]", "(blank)", "\\n", "无",
    "未知", "不详", "不明", "空", "暂无", "没有", "未填", "未提供", "缺失",
})  # fmt: skip
_ZEROS_OR_ERROR = re.compile(r"0+(\.0*)?|#.*")
# Digits are lost: 1001.0 was 1001, and 1.23E+15 was one of a thousand million numbers.
_REWRITTEN = re.compile(
    r"[+-]?[0-9]+[.,][0-9]*(e[+-]?[0-9]+)?|[+-]?[0-9]+e[+-][0-9]+", re.IGNORECASE
)


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
    if day == _EPOCH:
        raise wrong(f"{day} is what systems write for no date")
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
    if text not in MINOR_DIGITS:
        raise wrong(f"{_excerpt(text)} is no currency of ISO 4217 with a minor unit")
    return text


def _is_placeholder(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return plain in _PLACEHOLDERS or _ZEROS_OR_ERROR.fullmatch(plain) is not None


def _id(value: object) -> str:
    """A loan's or borrower's id, which events name: of it alone, or with what is appended to it."""
    text = _key(value)
    if not text.isascii():
        raise wrong("must be ASCII letters, digits and signs: no event could name it otherwise")
    if len(text) > LONGEST_ID:
        raise wrong(f"must be at most {LONGEST_ID} characters long")
    return text


def _key(value: object) -> str:
    """An id or a lender: goes into workflow ids and search attributes, so no blanks."""
    text = _plain(value)
    if len(text) > 100:
        raise wrong("must be at most 100 characters long")
    if len(text.split()) > 1:
        raise wrong("must not contain blanks")
    if (refused := refused_character(text, joiners=False)) is not None:
        raise wrong(f"must not contain the character {refused}")
    if _is_placeholder(text):
        raise wrong(f"{_excerpt(text)} stands for nothing: it is no id")
    if _REWRITTEN.fullmatch(text):
        raise wrong(f"{_excerpt(text)} looks like a number that a spreadsheet has rewritten")
    return text


def _text(longest: int) -> Callable[[Any], str]:
    def read(value: object) -> str:
        text = " ".join(_plain(value).split())
        if len(text) > longest:
            raise wrong(f"must be at most {longest} characters long")
        if (refused := refused_character(text)) is not None:
            raise wrong(f"must not contain the character {refused}")
        return text

    return read


def _about_a_person(longest: int) -> Callable[[Any], str]:
    read_text = _text(longest)

    def read(value: object) -> str:
        text = read_text(value)
        if _is_placeholder(text):
            raise wrong("is a word that stands for nothing; leave it empty")
        return text

    return read


def _name(value: object) -> str:
    text = _about_a_person(200)(value)
    if not any(_can_name(letter) for letter in text):
        raise wrong("has no letter")
    return text


def _can_name(letter: str) -> bool:
    """A letter, or one that this interpreter does not know yet, or of private use."""
    return unicodedata.category(letter) in _LETTERS


def _phone(value: object, info: ValidationInfo) -> str:
    """A number in the form of E.164, without a word of what was written."""
    country = (info.context or {}).get("country", "CN")
    if (number := e164(_plain(value), country)) is None:
        raise wrong(f"must be one telephone number that can be dialled, as in {country} or with +")
    return number


def _status_word(value: object) -> str:
    text = _text(200)(value)
    if meaning_of(text) is None:
        raise wrong(f"{_excerpt(text)} is no known word for the state of a loan")
    return text


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
Id = Annotated[str, BeforeValidator(_id)]
Key = Annotated[str, BeforeValidator(_key)]
Text = Annotated[str, BeforeValidator(_text(200))]
StatusWord = Annotated[str, BeforeValidator(_status_word)]
Name = Annotated[str, BeforeValidator(_name)]
Address = Annotated[str, BeforeValidator(_about_a_person(200))]
Phone = Annotated[str, BeforeValidator(_phone)]
TimeZone = Annotated[str, BeforeValidator(_time_zone)]
Language = Annotated[str, BeforeValidator(_language)]
