"""`ops.py simulate POLICY`: a whole book under a policy, over months, in memory."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from commands.command_line import ROOT, CommandError, counted, day_of
from commands.ops.policy.source import find_policy
from domain.policy.policy import Policy
from runtime.release import RELEASE
from simulation.report.buckets import BUCKETS
from simulation.report.files import write_differences, write_tally
from simulation.report.tally import Tally, roll_rates
from simulation.run import Result, RunError, Simulation, run
from simulation.world.behaviours import BehaviourError, Behaviours, read_behaviours
from simulation.world.book import Book, BookError, read_book

TAPE = ROOT / "demo" / "data" / "loan_tape_2018.csv"
SHIPPED = {"default": "behaviours.yaml", "silent": "silent.yaml"}
BEHAVIOURS = ROOT / "simulation" / "world"
OUT = ROOT / ".local" / "simulation"
MOST_LOANS, MOST_DAYS, MOST_PROCESSES = 10_000_000, 3660, 64


async def simulate(  # noqa: PLR0913, PLR0917  (each is an option)
    policy: Annotated[
        str | None, typer.Argument(metavar="POLICY", help="A stored version or a .yaml file")
    ] = None,
    loans: Annotated[int, typer.Option(min=1, max=MOST_LOANS, help="How many")] = 4000,
    seed: Annotated[int, typer.Option(help="Another seed, other chances")] = 1,
    days: Annotated[int, typer.Option(min=30, max=MOST_DAYS, help="How long")] = 180,
    begin: Annotated[str | None, typer.Option(metavar="DATE", help="The first day")] = None,
    book: Annotated[Path, typer.Option(help="A loan tape; else the shipped one")] = TAPE,
    behaviours: Annotated[str, typer.Option(help="A .yaml file, default, or silent")] = "default",
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="A B", help="Two policies instead of one, loan by loan"),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=MOST_PROCESSES, help="At a time")] = 2,
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Where the result goes")] = None,
) -> int:
    """Simulate a book under a policy, or under two: the production rules, months in minutes.

    People behave as a file says; nothing is promised of what real ones would do. A run that was
    interrupted goes on where it stopped.
    """
    policies = await _policies(policy, compare)
    first_day = _first_day(begin, policies)
    simulation = Simulation(
        policies=policies,
        behaviours=_behaviours(behaviours),
        book=_book(book, first_day, policies[0]),
        loans=loans,
        seed=seed,
        ends=first_day + timedelta(days=days),
        release=RELEASE,
    )
    directory = out or OUT / "-".join([*(each.version for each in policies), f"{loans}", f"{seed}"])
    result = _run(simulation, directory, processes)
    _write(simulation, result, directory)
    _show(simulation, result)
    typer.echo(f"\ntables as CSV and pictures as SVG: {directory}")
    return 0


async def _policies(one: str | None, two: tuple[str, str] | None) -> tuple[Policy, ...]:
    if (one is None) == (two is None):
        raise CommandError("name one POLICY, or two with --compare A B")
    return tuple([await find_policy(each) for each in two or (one or "",)])


def _first_day(given: str | None, policies: tuple[Policy, ...]) -> date:
    """The day that was asked for, or the first on which all the policies are in effect."""
    if given is None:
        return max(policy.effective_from for policy in policies)
    return day_of("--begin", given)


def _behaviours(given: str) -> Behaviours:
    file = BEHAVIOURS / SHIPPED[given] if given in SHIPPED else Path(given)
    try:
        return read_behaviours(file)
    except BehaviourError as error:
        raise CommandError(str(error)) from error


def _book(file: Path, first_day: date, policy: Policy) -> Book:
    try:
        return read_book(file, first_day, policy.visit.holiday_country.value)
    except BookError as error:
        raise CommandError(str(error)) from error


def _run(simulation: Simulation, directory: Path, processes: int) -> Result:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("loans", total=simulation.loans)
        try:
            return run(simulation, directory, processes, lambda more: progress.advance(task, more))
        except RunError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{directory}: {error.strerror}") from error


def _write(simulation: Simulation, result: Result, directory: Path) -> None:
    for name, (policy, tally) in _named(simulation, result).items():
        write_tally(tally, directory / name if len(simulation.policies) > 1 else directory)
        (directory / f"{name}.policy").write_text(policy.version + "\n", encoding="utf-8")
    if len(simulation.policies) > 1:
        write_differences(result.differences, directory / "differences.csv")


def _named(simulation: Simulation, result: Result) -> dict[str, tuple[Policy, Tally]]:
    """Each policy's tally; the first and the second may be of the same version."""
    both = zip(simulation.policies, result.tallies, strict=True)
    return dict(zip(("first", "second"), both, strict=False))


def _show(simulation: Simulation, result: Result) -> None:
    console = Console(width=100)
    book = simulation.book
    console.print(
        f"{simulation.loans} loans from {counted(len(book.rows), 'active row')} of the tape"
        f" ({book.left_out} left out), {book.begins} to {simulation.ends}, seed {simulation.seed}"
    )
    for policy, tally in _named(simulation, result).values():
        console.print(f"\n[bold]{policy.version}[/bold]")
        for table in _tables(tally):
            console.print(table)
    if len(simulation.policies) > 1:
        _show_differences(console, simulation, result)


def _tables(tally: Tally) -> list[Table]:
    return [
        _rolls(tally),
        _counts(tally, "contacts", "Contacts"),
        _counts(tally, "refusals", "Refused or missed, by rule"),
        _counts(tally, "visits", "Visits"),
        _counts(tally, "ends_by_stage", "How cases ended, by the stage they were in"),
        _hours(tally),
        _per_loan(tally),
    ]


def _rolls(tally: Tally) -> Table:
    """A month later: which share of a bucket is in which, in per cent."""
    rates = roll_rates(tally)
    seen = [name for name in BUCKETS if any(name in to for to in rates.values())]
    table = Table("from", *seen, title="Roll rates: a month later, per cent", title_justify="left")
    for was, to in rates.items():
        table.add_row(was, *(f"{100 * to[name]:.1f}" if name in to else "" for name in seen))
    return table


def _counts(tally: Tally, name: str, title: str) -> Table:
    rows = sorted(tally.rows(name), key=lambda row: -row[1])
    table = Table(title=title, title_justify="left", show_header=False)
    for key, number in rows:
        table.add_row(*key, f"{number}")
    return table


def _hours(tally: Tally) -> Table:
    numbers = dict(tally.rows("contacts_by_hour"))
    hours = sorted({hour for hour, _ in numbers})
    table = Table("", *hours, title="Contacts by hour of the day", title_justify="left")
    for channel in ("sms", "call"):
        table.add_row(channel, *(f"{numbers.get((hour, channel), 0)}" for hour in hours))
    return table


def _per_loan(tally: Tally) -> Table:
    """Of the loans that had a case."""
    rows = [(int(key), number) for (key,), number in tally.rows("contacts_per_loan")]
    cases = sum(number for _, number in rows)
    contacts = sum(many * number for many, number in rows)
    table = Table(title="Contacts a loan that had a case", title_justify="left", show_header=False)
    table.add_row("loans", f"{cases}")
    table.add_row("on average", f"{contacts / cases:.1f}" if cases else "none")
    table.add_row("at most", f"{max((many for many, _ in rows), default=0)}")
    return table


def _show_differences(console: Console, simulation: Simulation, result: Result) -> None:
    """The first of them; all are in the file. Actions, and no promise of what they bring in."""
    found = result.differences
    of_loans = len({each.loan_id for each in found})
    first, second = (policy.version for policy in simulation.policies)
    console.print(f"\n{counted(len(found), 'action')} of {counted(of_loans, 'loan')} differ")
    table = Table("loan", "what", f"under {first} (first)", f"under {second} (second)")
    for each in found[:20]:
        table.add_row(
            each.loan_id,
            each.kind,
            f"{each.about_first} {each.at_first[:16]}" if each.at_first else "-",
            f"{each.about_second} {each.at_second[:16]}" if each.at_second else "-",
        )
    console.print(table)
