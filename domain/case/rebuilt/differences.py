"""Where the state in a run and the state from the record differ, field by field."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

from domain.case.state import CaseState, Stage

# Only a cache, or set anew by whoever takes the case up: each with its reason.
NOT_COMPARED = {
    "clock": "a setting of the process",
    "long_history_events": "a setting of the process",
    "waiting_for": "the stage says it again when it is taken up",
    "remembered_events": "the record itself answers a repeated event as it did before",
    "refusals": "the latest for people who ask; contact_refusals and case_events have all",
    "taken_up_again_at": "of one run",
    "ladder_followed_until": "of one run",
    "reviewed_for_its_age": "on record with the legal desk's notice only",
    "reviewed_since": "on record with the legal desk's notice only",
    "unsettled": "a run waits for the activity itself",
    "end": "a run that has closed its case goes on from there itself",
    "next_reminder_at": "a run has its own timer",
    "visit.told_at": "a run has its own timer",
    "turns_on": "of whoever waits",
    "turns": "of whoever waits",
    "deliveries": "numbers deliveries within a run, whose id is part of the receipt",
}
# In these stages the deadline is counted anew each time, from a date that payments change.
_COUNTED_ANEW = (Stage.EARLY_CONTACT,)


class Difference(NamedTuple):
    """One field, as it is in the run and as the record has it."""

    field: str
    in_run: Any
    on_record: Any

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.in_run)} in the run, {_shown(self.on_record)} on record"


def differences(in_run: CaseState, on_record: CaseState) -> list[Difference]:
    """What differs, to the innermost field."""
    skipped = set(NOT_COMPARED)
    if in_run.stage in _COUNTED_ANEW:
        skipped.add("stage_ends_at")
    left, right = in_run.model_dump(), on_record.model_dump()
    return [
        difference
        for field in left
        for difference in _compare(field, left[field], right[field])
        if difference.field not in skipped
    ]


def _compare(field: str, left: object, right: object) -> Iterator[Difference]:
    if isinstance(left, dict) and isinstance(right, dict):
        for name in left:
            yield from _compare(f"{field}.{name}", left[name], right.get(name))
    elif left != right:
        yield Difference(field, left, right)


def _shown(value: object) -> str:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(value)
