"""What so many open loans ask for: actions, processors, shards and disks. Pure arithmetic."""

import math
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, NonNegativeFloat, PositiveFloat, PositiveInt

from simulation.capacity.measured import (
    CACHED_KIB,
    CACHED_LOANS,
    CONTACT,
    CONTACTS_A_DAY,
    DAYS_OPEN,
    EVENT,
    EVENTS,
    OTHER_ACTIONS,
    PEAK_SHARE,
    START,
    WORKER_MB,
    Work,
)

DAYS_A_MONTH, HOURS_A_MONTH, SECONDS_AN_HOUR = 30, 744, 3600
KIB_A_GB = 1e9 / 1024
LEAST_SHARDS, MOST_SHARDS = 512, 16_384
# "Each shard responsible for tens of thousands of workflow executions" (Temporal's documentation).
LOANS_A_SHARD = 20_000
WRITES_AN_ACTION = 2.5  # an action is begun and ended, and makes a task of the workflow
SHARD_BUSY = 0.1  # at the peak: what waits for a shard's lock waits for one write at most, mostly


class Book(BaseModel):
    """What is asked: the loans, what happens to them, and how near to the edge one may go."""

    model_config = ConfigDict(frozen=True)

    open_loans: PositiveInt = 10_000_000
    days_open: PositiveFloat = DAYS_OPEN.value
    contacts_a_day: NonNegativeFloat = CONTACTS_A_DAY.value  # of an open loan
    events_a_contact: NonNegativeFloat = EVENTS.value
    other_actions: NonNegativeFloat = OTHER_ACTIONS.value  # for a contact
    peak_share: float = Field(PEAK_SHARE.value, gt=0, le=1)
    scan_hours: PositiveFloat = 6  # within which the cases of a day are to be started
    busy: float = Field(0.6, gt=0, le=1)  # of a processor, at the peak
    write_ms: PositiveFloat = 10  # until Temporal's database has kept a write
    retention_days: PositiveFloat = 90  # of runs that have ended, at Temporal
    kept_years: PositiveFloat = 3  # of what is on record with us
    price_a_million: PositiveFloat | None = None  # of actions


class PerDay(NamedTuple):
    """How many of each there are in a day."""

    starts: float
    contacts: float
    events: float
    other: float  # actions


class Load(NamedTuple):
    """Processors that are busy all the time."""

    worker: float
    temporal: float
    postgres: float


class Capacity(BaseModel):
    """What it asks for."""

    starts_a_day: float
    contacts_a_day: float
    events_a_day: float
    actions_of_a_life: float
    actions_a_day: float
    actions_a_month: float
    peak_actions_a_second: float
    peak_contacts_a_second: float
    worker_processors: float
    temporal_processors: float
    postgres_processors: float
    workers: int
    worker_gb: float
    shards: int
    our_gb_a_year: float
    our_gb: float
    temporal_open_gb: float
    temporal_closed_gb: float
    active_gb_hours_a_month: float
    retained_gb_hours_a_month: float
    actions_price_a_month: float | None


def capacity_for(book: Book) -> Capacity:
    """The sizes that follow."""
    day = _a_day(book)
    actions = _actions(day)
    peak = _peak(book, day)
    loads, writes = _load(peak), _actions(peak) * WRITES_AN_ACTION / SECONDS_AN_HOUR
    workers = max(math.ceil(loads.worker / book.busy), 2)  # one may always be away
    ours, open_gb, closed_gb = _disks(book, day)
    per_month = actions * DAYS_A_MONTH
    return Capacity(
        starts_a_day=day.starts,
        contacts_a_day=day.contacts,
        events_a_day=day.events,
        actions_of_a_life=actions / day.starts,
        actions_a_day=actions,
        actions_a_month=per_month,
        peak_actions_a_second=_actions(peak) / SECONDS_AN_HOUR,
        peak_contacts_a_second=peak.contacts / SECONDS_AN_HOUR,
        worker_processors=loads.worker,
        temporal_processors=loads.temporal / book.busy,
        postgres_processors=loads.postgres / book.busy,
        workers=workers,
        worker_gb=(WORKER_MB.value * 1e6 + CACHED_LOANS * CACHED_KIB.value * 1024) / 1e9,
        shards=shards_for(book.open_loans, writes, book.write_ms),
        our_gb_a_year=ours * 365,
        our_gb=ours * 365 * book.kept_years,
        temporal_open_gb=open_gb,
        temporal_closed_gb=closed_gb,
        active_gb_hours_a_month=open_gb * HOURS_A_MONTH,
        retained_gb_hours_a_month=closed_gb * HOURS_A_MONTH,
        actions_price_a_month=(
            None if book.price_a_million is None else per_month / 1e6 * book.price_a_million
        ),
    )


def shards_for(open_loans: int, writes_a_second: float, write_ms: float) -> int:
    """A power of two: enough for the loans, and for the writes that wait for one another."""
    by_writes = writes_a_second * write_ms / 1000 / SHARD_BUSY
    wanted = max(open_loans / LOANS_A_SHARD, by_writes, LEAST_SHARDS)
    return int(min(2 ** math.ceil(math.log2(wanted)), MOST_SHARDS))


def _a_day(book: Book) -> PerDay:
    contacts = book.open_loans * book.contacts_a_day
    return PerDay(
        starts=book.open_loans / book.days_open,
        contacts=contacts,
        events=contacts * book.events_a_contact,
        other=contacts * book.other_actions,
    )


def _peak(book: Book, day: PerDay) -> PerDay:
    """The busiest hour: that of the contacts, if the scan is still at work in it."""
    return PerDay(
        day.starts / max(book.scan_hours, 1),
        *(number * book.peak_share for number in (day.contacts, day.events, day.other)),
    )


def _actions(many: PerDay) -> float:
    return (
        many.starts * START.actions
        + many.contacts * CONTACT.actions
        + many.events * EVENT.actions
        + many.other
    )


def _load(hour: PerDay) -> Load:
    """An action that is nothing else is taken to cost half a contact."""
    works: list[tuple[Work, float]] = [
        (START, hour.starts),
        (CONTACT, hour.contacts + hour.other / CONTACT.actions),
        (EVENT, hour.events),
    ]
    columns = (
        [work.worker_ms * many for work, many in works],
        [work.temporal_ms * many for work, many in works],
        [work.postgres_ms * many for work, many in works],
    )
    return Load(*(sum(column) / 1000 / SECONDS_AN_HOUR for column in columns))


def _disks(book: Book, day: PerDay) -> tuple[float, float, float]:
    """GB: what a day adds to ours; Temporal's of open cases, and of those that have ended."""
    ours = day.starts * START.our_kib + day.contacts * CONTACT.our_kib + day.events * EVENT.our_kib
    # What a life has written by its end; one that is open has written half of it.
    growing = (
        (day.contacts + day.other / CONTACT.actions) * CONTACT.temporal_kib
        + day.events * EVENT.temporal_kib
    ) / day.starts
    open_kib = book.open_loans * (START.temporal_kib + growing / 2)
    closed_kib = day.starts * book.retention_days * (START.temporal_kib + growing)
    return ours / KIB_A_GB, open_kib / KIB_A_GB, closed_kib / KIB_A_GB
