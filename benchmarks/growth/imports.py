"""What the import of a row costs, by how many rows a tape has.

A tape of new loans into a database that holds nothing, by the command's own path; a database each,
in turn. Once with a loan a borrower, and once with a hundred.

    python -m benchmarks.growth.imports [--sizes 2000 --sizes 20000] [--rounds 2] [--anyway]
    python -m benchmarks.growth.imports --sizes 10000 --sizes 100000 --sizes 1000000 --rounds 1
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from benchmarks.means.databases import migrated_database
from benchmarks.means.growth import say_growth
from benchmarks.means.quiet import Anyway, run_bench
from database.tape.tape_import import import_tape
from domain.tape.lines import read_tape
from domain.tape.options import ImportOptions
from domain.tape.report import Outcome

SIZES = [2000, 20_000]
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
MANY = 100  # loans of one borrower
HEADER = (
    "loan_id,borrower_id,lender,currency,principal_minor,annual_rate_percent,term_months,"
    "installment_minor,first_due_on,paid_minor,as_of,region,annual_income_minor,purpose,reported_status\n"
)


def main(
    sizes: Annotated[list[int], typer.Option(help="Rows of a tape")] = SIZES,
    rounds: Annotated[int, typer.Option(help="How often each is imported")] = 2,
    anyway: Anyway = False,
) -> None:
    """Print the time of a row at each size, and the ratio of the largest and the smallest."""
    run_bench(_run(sorted(sizes), rounds), anyway=anyway)


async def _run(sizes: list[int], rounds: int) -> int:
    taken: dict[int, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for size in sizes:
            taken[size].append(await _import(size, loans_each=1))
    say_growth("import of a row", "rows of the tape", "ms of a processor", taken)
    by_loans: dict[int, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for loans_each in (1, MANY):
            by_loans[loans_each].append(await _import(sizes[0], loans_each))
    say_growth("import of a row", "loans of a borrower", "ms of a processor", by_loans)
    return 0


async def _import(rows: int, loans_each: int) -> float:
    options = ImportOptions(today=date(2026, 6, 1), invents_people=True)
    async with migrated_database() as database:
        tape = read_tape(_lines(rows, loans_each), ".csv")
        taken = database.processor_seconds()
        report = await import_tape(tape, database.url, options, lambda _: None, lambda: NOW)
        took = database.processor_seconds() - taken
    if report.outcomes[Outcome.IMPORTED] != rows:
        raise RuntimeError(f"not all were imported: {report.outcomes}")
    return took / rows * 1000


def _lines(rows: int, loans_each: int) -> Iterator[bytes]:
    yield HEADER.encode()
    for number in range(rows):
        yield (
            f"L-{number},B-{number // loans_each},bench,CNY,1200000,12,12,106619,2026-02-10,106619,"
            f"2026-06-01,NJ,9000000,car,Current\n"
        ).encode()


if __name__ == "__main__":
    typer.run(main)
