"""Counts of what happened to many loans. Adding up is the same in any order."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, Self

from simulation.life import Life, marks_by_day
from simulation.process.desk import Action
from simulation.process.visits import CREW_SENT
from simulation.report.buckets import BUCKETS, bucket_of

MONTH = timedelta(days=30)
CONTACTS = ("sms", "call")
# Each count by its name, and the columns of its keys.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "loans": ("what",),
    "contacts": ("channel", "template"),
    "contacts_per_loan": ("contacts",),
    "contacts_by_hour": ("hour", "channel"),
    "contacts_by_day": ("day", "channel"),
    "refusals": ("rule",),
    "visits": ("what",),
    "visits_by_day": ("day",),
    "notices": ("kind",),
    "ends_by_stage": ("stage", "outcome"),
    "stages": ("stage",),
    "buckets": ("day", "bucket"),
    "rolls": ("month", "from", "to"),
}


class Tally:
    """Counts by name; each key is the values of its columns, as text."""

    def __init__(self, counts: Mapping[str, Mapping[str, int]] | None = None) -> None:
        given = counts or {}
        self.counts = {name: Counter(dict(given.get(name, {}))) for name in COLUMNS}

    def merge(self, other: Self) -> None:
        """Add another tally to this one."""
        for name, counter in other.counts.items():
            self.counts[name].update(counter)

    def as_json(self) -> dict[str, dict[str, int]]:
        return {name: dict(sorted(counter.items())) for name, counter in self.counts.items()}

    def rows(self, name: str) -> list[tuple[tuple[str, ...], int]]:
        """The keys of a count with their numbers, in order."""
        found = [(tuple(key.split("|")), number) for key, number in self.counts[name].items()]
        return sorted(found, key=lambda row: tuple(map(_in_order, row[0])))

    def add(self, life: Life, begins: date, ends: date) -> None:
        """Count one loan."""
        contacts = 0
        for action in life.actions:
            contacts += action.kind in CONTACTS
            self._add_action(action)
        self._note("loans", "simulated")
        if any(action.kind in (*CONTACTS, "refused") for action in life.actions):
            self._note("loans", "with a case")
            self._note("contacts_per_loan", contacts)
        self._add_days(life, begins, ends)

    def _add_action(self, action: Action) -> None:
        match action.kind:
            case "sms" | "call":
                self._note("contacts", action.kind, action.about)
                self._note("contacts_by_hour", f"{action.at:%H}", action.kind)
                self._note("contacts_by_day", action.at.date(), action.kind)
            case "refused":
                self._note("refusals", action.about)
            case "visit":
                self._note("visits", action.about)
                if action.about == CREW_SENT:
                    self._note("visits_by_day", action.at.date())
            case "notice":
                self._note("notices", action.about)
            case "end":
                self._note("ends_by_stage", action.stage, action.about)
            case _:
                self._note("stages", action.about)

    def _add_days(self, life: Life, begins: date, ends: date) -> None:
        before = ""
        for day, mark in marks_by_day(life, begins, ends):
            bucket = bucket_of(mark, day)
            self._note("buckets", day, bucket)
            if (day - begins) % MONTH == timedelta(0):
                month = (day - begins) // MONTH
                if month:
                    self._note("rolls", month, before, bucket)
                before = bucket

    def _note(self, name: str, *values: object) -> None:
        self.counts[name]["|".join(map(str, values))] += 1


def _in_order(value: str) -> tuple[int, str]:
    """Buckets as they follow, numbers by their size."""
    if value in BUCKETS:
        return BUCKETS.index(value), ""
    return (int(value), "") if value.isdigit() else (0, value)


def roll_rates(tally: Tally) -> dict[str, dict[str, float]]:
    """Of the loans in a bucket, which share is in which a month later; all months together."""
    moved: dict[str, Counter[str]] = {}
    for (_, was, becomes), number in tally.rows("rolls"):
        moved.setdefault(was, Counter())[becomes] += number
    return {
        was: {becomes: number / to.total() for becomes, number in _ordered(to.items())}
        for was, to in _ordered(moved.items())
    }


def _ordered(items: Iterable[tuple[str, object]]) -> list[tuple[str, Any]]:
    return sorted(items, key=lambda item: BUCKETS.index(item[0]))
