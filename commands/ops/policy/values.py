"""Values of a policy's rules, in words."""

import json
from calendar import day_name
from collections.abc import Mapping
from typing import Any

from domain.policy.rule import WHOLE

_WHO = {
    "borrower": "to one borrower, all loans and agencies together",
    "phone": "to one number",
    "loan": "about one loan",
}
_PURPOSES = {"locate": "finding the borrower"}
_WHAT = {
    ("sms", "attempts"): "message",
    ("call", "attempts"): "call",
    ("call", "connected"): "connected call",
    ("call", "unanswered"): "unanswered call",
    (None, "attempts"): "contact by message or call",
}


_YES_OR_NO = {True: "yes", False: "no", None: "none"}
_SHARES = ("_share", "waiver_limit", "rate_cap")  # are in basis points


def value_lines(path: str, value: Any) -> list[str]:
    """A rule's value for a person who reads it alone: a line, or a line for each step of a list."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [_step_in_words(each) for each in value]
    return [_value_in_a_line(path, value)]


def _value_in_a_line(path: str, value: Any) -> str:
    if path.endswith(_SHARES) and value is not None:
        return f"{value * 100 / WHOLE:g} % ({value} basis points)"
    if path.endswith("confirmed_by"):
        return ", ".join(_plain(each) for each in value)
    if path.endswith("weekdays"):
        return ", ".join(day_name[day - 1] for day in value)
    if isinstance(value, bool) or value is None:
        return _YES_OR_NO[value]
    return _limit_in_words(value) if isinstance(value, dict) else value_in_words(value) or "none"


def _limit_in_words(value: Mapping[str, Any]) -> str:
    if value.keys() == {"limit", "minutes"}:
        return f"at most {value['limit']} within any {value['minutes']} minutes"
    return counter_in_words(value) if "scope" in value else value_in_words(value)


def counter_in_words(counter: Mapping[str, Any]) -> str:
    """A counter as a sentence."""
    limit, channel = counter["limit"], counter["channel"]
    what = _WHAT[channel, counter["counted"]]
    if limit != 1:
        what = what.replace("message by", "messages by") if channel is None else f"{what}s"
    purposes = " or ".join(_PURPOSES.get(each, each) for each in counter["purposes"])
    about = f" for {purposes}" if purposes else ""
    count = f"At most {limit}" if limit else "No"
    also = " Conversations that the borrower began count, too." if counter.get("inbound") else ""
    window = _window_in_words(counter["window"])
    return f"{count} {what}{about} {window}, {_WHO[counter['scope']]}.{also}"


def _window_in_words(window: Mapping[str, Any]) -> str:
    if (days := window.get("calendar_days")) is not None:
        return "on one calendar day" if days == 1 else f"within {days} calendar days"
    if (days := window.get("rolling_days")) is not None:
        return "within any 24 hours" if days == 1 else f"within any {days} days of 24 hours"
    return f"within any {window['rolling_hours']} hours"


def _step_in_words(step: Any) -> str:
    if isinstance(step, dict) and {"days_past_due", "channel", "template"} == step.keys():
        return f"day {step['days_past_due']}: {step['channel']}, {_plain(step['template'])}"
    return value_in_words(step)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def value_in_words(value: Any) -> str:
    """A rule's value within a sentence: hours as a span, lists and fields in a row."""
    if isinstance(value, dict) and {"start", "end"} == value.keys():
        return f"{value['start'][:5]} to {value['end'][:5]}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {value_in_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(value_in_words(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value)
