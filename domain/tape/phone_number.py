"""Telephone numbers: one number is one text (E.164), however it was written."""

import re
import unicodedata

import phonenumbers

_WRITTEN = re.compile(r"\+?[0-9(][0-9 ().\-]*")
_DECIMAL = re.compile(r"[0-9]+\.[0-9]{1,2}")  # what a data frame makes of a number
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))


def e164(written: str, country: str) -> str | None:
    """The one form of a number; None when it cannot be dialled.

    `country` (ISO 3166, two letters) is where a number without a country's code belongs.
    """
    text = " ".join(unicodedata.normalize("NFKC", written).translate(_DASHES).split())
    if not _WRITTEN.fullmatch(text) or _DECIMAL.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
