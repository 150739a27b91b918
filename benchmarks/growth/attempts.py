"""What a reservation, and the audit of a row, cost as attempts pile up in the database.

A database for each size, ten attempts a loan, invented as `benchmarks/audit_speed.py` does; all of
them up at once and measured in turn, so that what others do on the machine falls on each alike.
A reservation is all that the gate does before the provider is asked; the audit reads everything.

    python -m benchmarks.growth.attempts [--sizes 10000 --sizes 100000] [--rounds 5] [--anyway]
    python -m benchmarks.growth.attempts --sizes 10000 --sizes 100000 --sizes 1000000
"""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import count
from typing import Annotated

import typer

from benchmarks.audit_speed import ATTEMPTS_A_LOAN, NOW, insert_book
from benchmarks.growth.reservations import reserve_each
from benchmarks.means.databases import Database, migrated_database
from benchmarks.means.growth import say_growth
from benchmarks.means.quiet import Anyway, run_bench
from database.audit import Audit
from database.sql import Pool

SIZES = [10_000, 100_000]
ALONG = "attempts on record"
RESERVATIONS = 100  # in a round
Taken = dict[int, list[float]]


def main(
    sizes: Annotated[list[int], typer.Option(help="How many attempts are on record")] = SIZES,
    rounds: Annotated[int, typer.Option(help="How often reservations are measured")] = 5,
    audits: Annotated[int, typer.Option(help="How often the audit is measured")] = 2,
    anyway: Anyway = False,
) -> None:
    """Print the cost of each at each size, and the ratio between the largest and the smallest."""
    run_bench(_run(sorted(sizes), rounds, audits), anyway=anyway)


async def _run(sizes: list[int], rounds: int, audits: int) -> int:
    reserved: Taken = defaultdict(list)
    audited: Taken = defaultdict(list)
    on_disk: Taken = {}
    async with AsyncExitStack() as stack:
        databases = {}
        for size in sizes:
            databases[size] = await stack.enter_async_context(migrated_database())
            on_disk[size] = [await _insert(databases[size].pool, size) / size / 1024]
            audited[size] += [await _audit(databases[size], size) for _ in range(audits)]
        contacts = {size: _contacts(size) for size in sizes}
        for turn in range(rounds + 1):
            for size, database in databases.items():
                took = await reserve_each(database, contacts[size], RESERVATIONS)
                if turn:  # in the first everything is read for the first time
                    reserved[size].append(took)
    say_growth("a reservation by the gate", ALONG, "ms of a processor", reserved)
    say_growth("the audit, a row", ALONG, "µs of a processor", audited)
    say_growth("our data on disk for an attempt with all that belongs to it", ALONG, "KiB", on_disk)
    return 0


def _contacts(size: int) -> Iterator[tuple[str, datetime]]:
    """Cases without a hold and without agreed hours; a day later when all had their contact."""
    free = [n for n in range(1, size // ATTEMPTS_A_LOAN + 1) if n % 3 != 1 and n % 5 != 1]
    for day in count():
        for number in free:
            yield f"L-{number}", NOW + timedelta(days=day, hours=4)


async def _insert(pool: Pool, size: int) -> int:
    """Put them on record; the bytes that they take."""
    empty, began_at = await _bytes_of(pool), time.perf_counter()
    await insert_book(pool, size)
    await pool.execute("VACUUM ANALYZE")
    typer.echo(f"{size} attempts on record in {time.perf_counter() - began_at:.0f} s")
    return await _bytes_of(pool) - empty


async def _audit(database: Database, size: int) -> float:
    taken = database.processor_seconds()
    for guarantee in Audit.guarantees:
        if broken := await Audit(database.pool).breaches_of(guarantee, NOW):
            raise RuntimeError(f"{guarantee}: {broken[0]}")
    return (database.processor_seconds() - taken) / size * 1e6


async def _bytes_of(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT pg_database_size(current_database())"))


if __name__ == "__main__":
    typer.run(main)
