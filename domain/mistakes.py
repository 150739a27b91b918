"""What is wrong with a value that somebody wrote, in words that are not Python's."""

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
}


def describe_mistake(mistake: ErrorDetails) -> str:
    """The field by its path, and the reason."""
    path = ".".join(str(part) for part in mistake["loc"])
    return f"{path}: {reason(mistake)}" if path else reason(mistake)


def reason(mistake: ErrorDetails) -> str:
    """The reason alone."""
    if mistake["type"] == "too_short":
        return f"needs at least {mistake['ctx']['min_length']}"
    return _WORDS.get(mistake["type"], mistake["msg"].removeprefix("Value error, "))
