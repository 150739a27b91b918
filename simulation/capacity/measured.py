"""What the capacity model reckons with: each figure, and the command that measures it.

They are of one machine, described in docs/capacity.md: measure yours, and give what differs.
"""

from typing import NamedTuple

UNITS = "python -m benchmarks.growth.units --loans 300"
CACHED = "python -m benchmarks.cached_loans --few 50 --many 350"
OPEN_LOANS = "python -m benchmarks.growth.open_loans"
ACTIONS = "python -m benchmarks.growth.actions"
SIMULATE = "python ops.py simulate policies/cn.yaml --loans 8000"


class Figure(NamedTuple):
    """A measured number, with its unit in words."""

    name: str
    value: float
    unit: str
    measured_by: str


class Work(NamedTuple):
    """What one unit of work costs: milliseconds of a processor, actions, and KiB on disk."""

    name: str
    worker_ms: float
    temporal_ms: float
    postgres_ms: float
    actions: float
    temporal_kib: float
    our_kib: float


START = Work("a case's start", 23.6, 37.2, 4.0, 4, 41.0, 4.5)
CONTACT = Work("a contact", 19.4, 26.8, 6.6, 2, 2.1, 5.1)
EVENT = Work("an event", 26.2, 22.5, 4.1, 3, 3.7, 2.6)

# Stages, notices, visits and plans: actions that are neither a start, a contact nor an event, for
# each contact; in the runs that the replay guard keeps, which show every rare branch.
OTHER_ACTIONS = Figure("other actions for a contact", 3.98, "actions", ACTIONS)
EVENTS = Figure("events for a contact", 1.11, "events", ACTIONS)
CONTACTS_A_DAY = Figure("contacts of an open case", 0.157, "a day", SIMULATE)
DAYS_OPEN = Figure("how long a case is open", 48, "days", SIMULATE)
PEAK_SHARE = Figure("share of a day's contacts in its busiest hour", 0.127, "of 1", SIMULATE)
WORKER_MB = Figure("memory of a worker that has just started", 107, "MB", OPEN_LOANS)
CACHED_LOANS = 1000  # of a worker: the SDK's default
CACHED_KIB = Figure("an open loan in a worker's cache", 149, "KiB", CACHED)

WORKS = (START, CONTACT, EVENT)
FIGURES = (
    OTHER_ACTIONS, EVENTS, CONTACTS_A_DAY, DAYS_OPEN, PEAK_SHARE, WORKER_MB, CACHED_KIB
)  # fmt: skip
