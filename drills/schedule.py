"""What goes wrong when: a pure function of the seed.

Servers die on long days only (`BusinessClock.long_days`): Temporal's timeouts of 10 and 30 real
seconds would be weeks of a loan's life on the others, and nothing could be called missed.
"""

import random
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Fault(StrEnum):
    """Everything that the drill does to the service; each has a stroke of this name."""

    KILL_WORKER = "worker killed"
    KILL_DOOR = "front door killed"
    KILL_TEMPORAL = "Temporal killed"
    KILL_POSTGRES = "Postgres killed"
    FREEZE_WORKER = "worker frozen"
    FREEZE_DOOR = "front door frozen"
    FREEZE_TEMPORAL = "Temporal frozen"
    FREEZE_POSTGRES = "Postgres frozen"
    FILL_DISK = "Postgres' disk full"
    EXHAUST_CONNECTIONS = "Postgres' connections used up"
    LOSE_ENGINE = "Temporal's data lost"
    DEPLOY_BUILD = "another build of the worker"
    PROVIDER_BUSY = "providers busy"
    PROVIDER_REFUSES = "providers refuse"
    PROVIDER_LOSES_ANSWERS = "providers lose answers"
    PROVIDER_DROPS = "providers drop the line"
    PROVIDER_LAGS = "providers drop the line, their log lags"
    PROVIDER_HANGS = "providers hang"
    PROVIDER_CANNOT_TELL = "providers cannot tell"
    STAMMER = "events twice and out of order"
    TERMINATE_RUNS = "runs terminated by hand"
    ADOPT_POLICY = "another policy adopted"


# Two things at a time: the servers and processes of ours, and the world around them.
SERVERS = (
    *(Fault.KILL_WORKER, Fault.KILL_DOOR, Fault.KILL_TEMPORAL, Fault.KILL_POSTGRES),
    *(Fault.FREEZE_WORKER, Fault.FREEZE_DOOR, Fault.FREEZE_TEMPORAL, Fault.FREEZE_POSTGRES),
    *(Fault.FILL_DISK, Fault.EXHAUST_CONNECTIONS, Fault.LOSE_ENGINE, Fault.DEPLOY_BUILD),
)
AROUND = tuple(fault for fault in Fault if fault not in SERVERS)

FIRST_SHARE, LAST_SHARE = 0.08, 0.66  # of a long day: what is struck late would end on a short one
SHORTEST_SECONDS, LONGEST_SECONDS = 3.0, 8.0
AROUND_LONGER = 1.6  # a provider that fails should meet some contacts


class Planned(NamedTuple):
    """One fault: on which business day, at which share of it, for how long in real seconds."""

    day: int
    share: float
    fault: Fault
    seconds: float


def plan(seed: int, days: Sequence[int], faults: Sequence[Fault] = tuple(Fault)) -> list[Planned]:
    """Every fault once, in an order, on days and at moments that the seed decides."""
    chance = random.Random(seed)  # noqa: S311  (it has to be the same again)
    planned: list[Planned] = []
    for lane in (SERVERS, AROUND):
        chosen = [fault for fault in lane if fault in faults]
        chance.shuffle(chosen)
        first = chance.randrange(len(days)) if days else 0
        for offset in range(len(days)):
            of_day = chosen[offset :: len(days)]
            longer = AROUND_LONGER if lane is AROUND else 1.0
            planned += _on_day(chance, days[(first + offset) % len(days)], of_day, longer)
    return sorted(planned)


def _on_day(
    chance: random.Random, day: int, faults: Sequence[Fault], longer: float
) -> list[Planned]:
    """Evenly over the day, each a little off its place."""
    step = (LAST_SHARE - FIRST_SHARE) / max(len(faults), 1)
    return [
        Planned(
            day,
            round(FIRST_SHARE + step * (number + chance.uniform(0, 0.4)), 4),
            fault,
            round(chance.uniform(SHORTEST_SECONDS, LONGEST_SECONDS) * longer, 2),
        )
        for number, fault in enumerate(faults)
    ]
