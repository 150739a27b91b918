"""`starter.py import FILE`: a loan tape into Postgres; every row not simply taken is told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from commands.command_line import CommandError
from database.tape import tape_import
from database.tape.tape_import import Tell
from database.tape.tape_store import ImportOptions
from domain.local_time import time_zones
from domain.tape.fields import LANGUAGES, YEARS
from domain.tape.lines import Tape, TapeError, read_tape
from domain.tape.report import Finding, ImportReport, Kind, Outcome
from runtime.settings import load_settings


async def import_tape(
    file: Annotated[Path, typer.Argument(help="CSV (.csv) or JSON lines (.jsonl, .ndjson, .json)")],
    shift_to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Move every date so that as_of becomes this day"),
    ] = None,
    time_zone: Annotated[str, typer.Option(help="For borrowers without one")] = "Asia/Shanghai",
    language: Annotated[str, typer.Option(help="For borrowers without one: zh or en")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Import a loan tape into Postgres; safe to repeat, a loan that is there is never changed.

    Ends with 0 when every row was good, with 1 when a row was rejected (the good rows are
    kept), with 2 when the file or the database cannot be used.
    """
    options = ImportOptions(
        time_zone=_known(time_zone, time_zones(), "--time-zone", "an IANA time zone"),
        language=_known(language, LANGUAGES, "--language", " or ".join(LANGUAGES)),
        shift_to=_near(shift_to),
    )
    findings: list[Finding] = []
    database_url = load_settings().database_url
    try:
        with _reading(file) as (tape, progress):
            tell = findings.append if as_json else _printer(progress)
            report = await tape_import.import_tape(tape, database_url, options, tell)
    except TapeError as error:
        raise CommandError(f"{file}: {error}") from error
    typer.echo(_as_json(report, findings) if as_json else _as_text(report))
    return 0 if report.is_clean else 1


@contextmanager
def _reading(file: Path) -> Iterator[tuple[Tape, Progress]]:
    """The tape in a file, with a bar on a terminal that follows the bytes read."""
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
        transient=True,
    )
    with _opened(file) as source, progress:
        task = progress.add_task("importing", total=file.stat().st_size)

        def lines() -> Iterator[bytes]:
            for line in source:
                progress.advance(task, len(line))
                yield line

        yield read_tape(lines(), file.suffix), progress


def _opened(file: Path) -> BinaryIO:
    try:
        return file.open("rb")
    except OSError as error:
        raise TapeError(error.strerror or str(error)) from error


def _printer(progress: Progress) -> Tell:
    """Says each finding at once, so that a tape full of them takes no memory."""

    def tell(finding: Finding) -> None:
        if progress.disable:
            typer.echo(str(finding), err=True)
        else:
            progress.console.print(str(finding), markup=False, highlight=False, soft_wrap=True)

    return tell


def _as_json(report: ImportReport, findings: list[Finding]) -> str:
    errors = [finding._asdict() for finding in findings if finding.kind is Kind.REJECTED]
    others = [finding._asdict() for finding in findings if finding.kind is not Kind.REJECTED]
    return json.dumps(report.as_json() | {"errors": errors, "findings": others})


def _as_text(report: ImportReport) -> str:
    days = sorted(report.as_of)
    overdue = f"overdue        {report.overdue}"
    if report.overdue:
        overdue += f", {report.min_days_past_due} to {report.max_days_past_due} days past due"
    if days:
        overdue += f", as of {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    lines = [f"{outcome:14} {report.outcomes[outcome]}" for outcome in Outcome]
    lines += [overdue, f"disagreements  {report.disagreements}"]
    if report.borrowers_differ:
        lines.append(f"rows with another borrower than kept: {report.borrowers_differ}")
    if report.ignored_columns:
        lines.append(f"ignored columns: {', '.join(report.ignored_columns)}")
    return "\n".join(lines)


def _known(value: str, known: tuple[str, ...] | frozenset[str], option: str, expected: str) -> str:
    if value not in known:
        raise CommandError(f"{option}: must be {expected}")
    return value


def _near(day: datetime | None) -> date | None:
    if day is not None and day.year not in YEARS:
        raise CommandError(f"--shift-to: must lie in the years {YEARS[0]} to {YEARS[-1]}")
    return day.date() if day else None
