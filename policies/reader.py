"""Reads a policy file and says on which line it is wrong.

The texts that it names are read with it, and are part of it.
"""

import hashlib
from datetime import timedelta
from pathlib import Path

import yaml
from pydantic import ValidationError

from domain.contact.replies import Reading, read_reply, words_of
from domain.local_time import time_zones
from domain.mistakes import describe_mistake
from domain.policy.policy import Policy
from domain.visit.appointments import TIME_TO_TELL
from policies.files import PolicyError, content_of, place_of, read_with_base
from policies.public_holidays import is_known_country
from policies.texts.reader import put_texts, see_texts


def read_policy(path: Path) -> Policy:
    """The policy in a YAML file, and in the one it extends, with the texts that it names.

    Raises:
        PolicyError: with one `file:line: field: reason` line for each mistake.
    """
    root = read_with_base(path)
    put_texts(root)
    try:
        policy = Policy.model_validate(content_of(root, path))
    except ValidationError as error:
        lines = [
            f"{place_of(root, mistake['loc'])}: {describe_mistake(mistake)}"
            for mistake in error.errors()
        ]
        raise PolicyError("\n".join(lines)) from error
    _see_names(policy, root)
    _see_replies(policy, root)
    _see_appointments(policy, root)
    see_texts(policy.texts, root)
    return policy


def refuse_placeholders(policy: Policy, path: Path) -> None:
    """See that a borrower who calls a number of the policy in a file can reach somebody.

    Raises:
        PolicyError: with one line for each number that is a placeholder.
    """
    root = read_with_base(path)
    lines = [
        f"{place_of(root, ('channels', name))}: channels.{name}: {number} is a placeholder: nobody"
        " answers there (--demo accepts it)"
        for name, number in policy.channels.placeholders.items()
    ]
    if lines:
        raise PolicyError("\n".join(lines))


def fingerprint(policy: Policy) -> str:
    """The SHA-256 of a policy's content, its texts among it, whatever its files look like."""
    parts = (policy.model_dump_json(), policy.texts_json())
    return hashlib.sha256("\0".join(part for part in parts if part).encode()).hexdigest()


def _see_names(policy: Policy, root: yaml.MappingNode) -> None:
    """A time zone that there is, and a country whose holidays are known: without them every
    appointment would be without a day.
    """
    if policy.time_zone not in time_zones():
        reason = f"must be an IANA time zone such as Asia/Shanghai, not {policy.time_zone!r}"
        raise _mistake(root, ("time_zone",), reason)
    country = policy.visit.holiday_country.value
    if not is_known_country(country):
        place = ("visit", "holiday_country", "value")
        raise _mistake(root, place, f"no holidays are known of {country}")


def _mistake(root: yaml.MappingNode, place: tuple[str, ...], reason: str) -> PolicyError:
    return PolicyError(f"{place_of(root, place)}: {'.'.join(place)}: {reason}")


def _see_replies(policy: Policy, root: yaml.MappingNode) -> None:
    """A text must not ask for a word that nothing understands when it comes back."""
    contact = policy.contact
    for name, rule, reading in (
        ("reply_not_me", contact.reply_not_me, Reading.WRONG_PERSON),
        ("reply_stop", contact.reply_stop, Reading.REFUSED),
    ):
        if rule is not None and read_reply(rule.value) is not reading:
            words = ", ".join(sorted(words_of(reading)))
            reason = (
                f"{rule.value!r} would not be understood as {reading.value}; these are: {words}"
            )
            raise _mistake(root, ("contact", name, "value"), reason)


def _see_appointments(policy: Policy, root: yaml.MappingNode) -> None:
    """An approval has to last until an appointment can have been told of, and be over."""
    visit = policy.visit
    least = TIME_TO_TELL + visit.notice + timedelta(hours=visit.duration_hours.value)
    if timedelta(days=visit.approval_valid_days.value) <= least:
        reason = (
            "no appointment would be possible: with its notice, and a day to give it in, one takes"
            f" {least / timedelta(hours=1):g} hours"
        )
        raise _mistake(root, ("visit", "approval_valid_days", "value"), reason)
