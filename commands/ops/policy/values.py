"""Values of a policy's rules, in words."""

import json
from typing import Any


def value_in_words(value: Any) -> str:
    """A rule's value for a person: hours as a span, lists and fields in a row."""
    if isinstance(value, dict) and {"start", "end"} == value.keys():
        return f"{value['start'][:5]} to {value['end'][:5]}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {value_in_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(value_in_words(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value)
