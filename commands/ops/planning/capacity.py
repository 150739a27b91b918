"""`ops.py capacity`: what an installation for so many open loans asks for."""

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from simulation.capacity.measured import FIGURES, UNITS, WORKS, Work
from simulation.capacity.model import Book, Capacity, capacity_for
from simulation.capacity.words import ASSUMPTIONS, ROWS

SHIPPED = Book()
COLUMNS = ("worker ms", "Temporal ms", "Postgres ms", "actions", "Temporal KiB", "our KiB")
_Hours = Annotated[float, typer.Option(min=1, max=24, help="To start a day's cases in")]
_Share = Annotated[float, typer.Option(min=0.01, max=1, help="Of a day, in its busiest hour")]


async def capacity(  # noqa: PLR0913, PLR0917  (each is an option)
    open_loans: Annotated[int, typer.Option(min=1, help="Cases open at a time")] = (
        SHIPPED.open_loans
    ),
    days_open: Annotated[float, typer.Option(min=1, help="How long one is, on average")] = (
        SHIPPED.days_open
    ),
    contacts_a_day: Annotated[float, typer.Option(min=0, help="Of each, on average")] = (
        SHIPPED.contacts_a_day
    ),
    events_a_contact: Annotated[float, typer.Option(min=0, help="That come in")] = (
        SHIPPED.events_a_contact
    ),
    other_actions: Annotated[float, typer.Option(min=0, help="For each contact")] = (
        SHIPPED.other_actions
    ),
    peak_share: _Share = SHIPPED.peak_share,
    scan_hours: _Hours = SHIPPED.scan_hours,
    busy: Annotated[float, typer.Option(min=0.1, max=1, help="Of a processor, at the peak")] = (
        SHIPPED.busy
    ),
    write_ms: Annotated[float, typer.Option(min=0.1, help="Until Temporal's database kept it")] = (
        SHIPPED.write_ms
    ),
    retention_days: Annotated[float, typer.Option(min=1, help="Of runs that have ended")] = (
        SHIPPED.retention_days
    ),
    kept_years: Annotated[float, typer.Option(min=0.1, help="Of what is on record")] = (
        SHIPPED.kept_years
    ),
    price_a_million: Annotated[
        float | None, typer.Option(min=0.01, help="Of Temporal Cloud's actions, as you pay it")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Say what so many open loans ask for: actions, processors, workers, shards, disks.

    It multiplies measured figures, which are printed with the command that measures each, as are
    the assumptions. An order of magnitude, and no promise: measure your own before you buy.
    """
    book = Book(
        open_loans=open_loans,
        days_open=days_open,
        contacts_a_day=contacts_a_day,
        events_a_contact=events_a_contact,
        other_actions=other_actions,
        peak_share=peak_share,
        scan_hours=scan_hours,
        busy=busy,
        write_ms=write_ms,
        retention_days=retention_days,
        kept_years=kept_years,
        price_a_million=price_a_million,
    )
    found = capacity_for(book)
    if as_json:
        typer.echo(json.dumps(_as_json(book, found), indent=2))
    else:
        _show(book, found)
    return 0


def _as_json(book: Book, found: Capacity) -> dict[str, object]:
    return {
        "asked": book.model_dump(),
        "capacity": found.model_dump(),
        "measured": {
            "of_each": [work._asdict() | {"measured_by": UNITS} for work in WORKS],
            "others": [figure._asdict() for figure in FIGURES],
        },
        "assumptions": list(ASSUMPTIONS),
    }


def _show(book: Book, found: Capacity) -> None:
    console = Console()
    title = f"{book.open_loans:,} open loans"
    table = Table(title=title, title_justify="left", show_header=False)
    numbers = found.model_dump()
    for name, words in ROWS.items():
        value = numbers[name]
        table.add_row(words, "not given" if value is None else _in_words(value))
    console.print(table)
    typer.echo("It is reckoned from:")
    for work in WORKS:
        typer.echo(f"  {_of_each(work)} ({UNITS})")
    for figure in FIGURES:
        typer.echo(f"  {figure.name}: {figure.value:g} {figure.unit} ({figure.measured_by})")
    typer.echo("Assumptions:")
    for each in ASSUMPTIONS:
        typer.echo(f"  * {each}")


def _of_each(work: Work) -> str:
    costs = zip(COLUMNS, work[1:], strict=True)
    return f"{work.name}: {', '.join(f'{column} {cost:g}' for column, cost in costs)}"


def _in_words(value: float) -> str:
    """Three digits of what is large; of a count all that there is."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
