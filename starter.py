"""How overdue loans become workflows: import, scan, schedule; and the people: crew, staff."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, BinaryIO, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from activities.business_time import business_time
from activities.scan_activities import ScanSummary, scan_overdue
from commands.command_line import database, run_command
from commands.crew import read_roster
from commands.staff import read_staff
from database.case.scan import Scan
from database.policy.stored_policies import StoredPolicies
from database.tape.tape_import import DatabaseUnusableError, Tell, import_tape
from database.tape.tape_store import ImportOptions
from database.visit.staff import Staff
from database.visit.visits import Visits
from domain.tape.fields import LANGUAGES, YEARS, time_zones
from domain.tape.lines import Tape, TapeError, read_tape
from domain.tape.report import Finding, ImportReport, Kind, Outcome
from policies.reader import fingerprint, read_policy
from runtime.settings import SettingsError, load_settings
from temporal.case_starter import TemporalCaseStarter
from temporal.client import connect_temporal
from temporal.names import OVERDUE_SCAN_SCHEDULE
from temporal.scan_schedule import install_schedule

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # an error is one line, not a box
)


@app.callback()
def starter() -> None:
    """Brings loans in and starts a workflow for each that is overdue."""


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV (.csv) or JSON lines (.jsonl, .ndjson, .json)")],
    shift_to: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Move every date so that as_of becomes this day"),
    ] = None,
    time_zone: Annotated[str, typer.Option(help="For borrowers without one")] = "Asia/Shanghai",
    language: Annotated[str, typer.Option(help="For borrowers without one: zh or en")] = "zh",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
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
    try:
        database_url = load_settings().database_url
        with _reading(file) as (tape, progress):
            tell = findings.append if as_json else _printer(progress)
            report = asyncio.run(import_tape(tape, database_url, options, tell))
    except TapeError as error:
        _stop(f"{file}: {error}")
    except (SettingsError, DatabaseUnusableError) as error:
        _stop(str(error))
    typer.echo(_as_json(report, findings) if as_json else _as_text(report))
    raise typer.Exit(0 if report.is_clean else 1)


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
        raise typer.BadParameter(f"must be {expected}", param_hint=option)
    return value


def _near(day: datetime | None) -> date | None:
    if day is not None and day.year not in YEARS:
        reason = f"must lie in the years {YEARS[0]} to {YEARS[-1]}"
        raise typer.BadParameter(reason, param_hint="--shift-to")
    return day.date() if day else None


def _stop(line: str) -> NoReturn:
    typer.echo(line, err=True)
    raise typer.Exit(2)


@app.command()
def scan(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> None:
    """One pass: a case and a workflow for every overdue loan without one. Safe to repeat.

    Ends with 1 when a workflow could not be started; the next pass tries it again.
    """
    run_command(_scan(as_json=as_json))


async def _scan(*, as_json: bool) -> int:
    settings = load_settings()
    policy = read_policy(settings.policy_file)
    now = business_time(settings.business_clock)
    client = await connect_temporal()
    async with database(settings) as pool:
        await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
        starter = TemporalCaseStarter(client, settings.business_clock)
        summary = await scan_overdue(
            Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
        )
    counts = summary.model_dump(exclude={"cursor"})
    if as_json:
        typer.echo(json.dumps(counts))
    else:
        typer.echo(
            "\n".join(f"{name.replace('_', ' '):16}{count}" for name, count in counts.items())
        )
    return 1 if summary.failed else 0


@app.command()
def schedule() -> None:
    """Install or update the Temporal Schedule that scans every SCAN_EVERY_SECONDS."""
    run_command(_schedule())


async def _schedule() -> int:
    settings = load_settings()
    every = timedelta(seconds=settings.scan_every_seconds)
    is_new = await install_schedule(await connect_temporal(), every)
    typer.echo(f"{OVERDUE_SCAN_SCHEDULE} {'installed' if is_new else 'updated'}: every {every}")
    return 0


@app.command()
def crew(
    file: Annotated[
        Path,
        typer.Argument(help="CSV: badge_id,full_name and optional region,skills,works,off_days"),
    ],
) -> None:
    """Put the collectors who may be sent on visits on file; safe to repeat.

    Ends with 1 when a row was rejected (the good rows are kept), with 2 when the file or the
    database cannot be used.
    """
    run_command(_crew(file))


async def _crew(file: Path) -> int:
    roster = read_roster(file)
    async with database(load_settings()) as pool:
        await Visits(pool).add_crew(roster.members)
    for mistake in roster.mistakes:
        typer.echo(mistake, err=True)
    typer.echo(f"{len(roster.members)} crew members on file, {len(roster.mistakes)} rows rejected")
    return 1 if roster.mistakes else 0


@app.command()
def staff(file: Annotated[Path, typer.Argument(help="CSV with staff_id,level")]) -> None:
    """Say who has which authority: approver or senior_approver; safe to repeat."""
    run_command(_staff(file))


async def _staff(file: Path) -> int:
    levels, mistakes = read_staff(file)
    async with database(load_settings()) as pool:
        await Staff(pool).add_staff(levels)
    for mistake in mistakes:
        typer.echo(mistake, err=True)
    typer.echo(f"{len(levels)} of the staff on file, {len(mistakes)} rows rejected")
    return 1 if mistakes else 0


if __name__ == "__main__":
    app()
