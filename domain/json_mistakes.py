"""Why a text that somebody sent is no JSON: where it breaks, and nothing of what it holds."""

import json


class _NoNumberError(ValueError):
    """`NaN` or the like, which Python reads as a number and JSON does not know."""


def refuse_constant(name: str) -> object:
    """What `json.loads` calls for such a word; it is always refused."""
    raise _NoNumberError(name)


def why_no_json(error: ValueError | RecursionError) -> str:
    """The reason why `json.loads` has given up."""
    if isinstance(error, json.JSONDecodeError):
        return _where(error)
    if isinstance(error, UnicodeDecodeError):
        return f"it is not {error.encoding.upper()} at byte {error.start + 1}"
    if isinstance(error, UnicodeEncodeError):
        return "half of a surrogate pair is no character"
    if isinstance(error, _NoNumberError):
        return f"{error} is no number"
    if isinstance(error, RecursionError):
        return "it nests too deeply"
    return "a number is too long"


def _where(error: json.JSONDecodeError) -> str:
    if not error.doc.strip():
        return "it is empty"
    line = f"line {error.lineno}, " if error.lineno > 1 else ""
    return f"{error.msg.removesuffix(' at')} at {line}character {error.colno}"
