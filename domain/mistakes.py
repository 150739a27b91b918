"""What is wrong with a value that somebody wrote, in words that are not Python's."""

import re
from collections.abc import Sequence

from pydantic_core import ErrorDetails

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
    "time_type": "must be a time of day, such as 18:00",
    "time_parsing": "must be a time of day, such as 18:00",
    "date_type": "must be a day, such as 2026-08-01",
    "date_parsing": "must be a day, such as 2026-08-01",
    "date_from_datetime_parsing": "must be a day, such as 2026-08-01",
    "missing": "is missing",
}
_SHAPES = {  # a pattern is no words
    r"^[\x21-\x7e]+$": "must be ASCII letters, digits and signs, without blanks",
    "^[0-9]{6}$": "must be six digits",
    "^[A-Z]{3}$": "must be three capital letters, such as CNY",
}
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
    if mistake["type"] == "string_pattern_mismatch" and mistake["ctx"]["pattern"] in _SHAPES:
        return _SHAPES[mistake["ctx"]["pattern"]]
    said = _LIBRARYS_WORDS.sub("", mistake["msg"])
    return _WORDS.get(mistake["type"], re.sub("^should ", "must ", said))


def _is_within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer
