"""`starter.py import FILE`: a loan tape into Postgres; every row not simply taken is told."""

import codecs
import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from activities.business_time import business_time
from commands.command_line import CommandError, day_of
from database.tape import tape_import
from database.tape.tape_import import Tell
from domain.local_time import time_zones
from domain.tape.encoding import UTF_8, encoding_of, in_utf8, is_encoding
from domain.tape.fields import LANGUAGES
from domain.tape.lines import Tape, TapeError, read_tape
from domain.tape.options import ImportOptions
from domain.tape.report import Finding, ImportReport, Kind, Outcome
from policies.reader import read_policy
from runtime.settings import load_settings

_A_ZONE = "an IANA time zone such as Asia/Shanghai"
_A_LANGUAGE = " or ".join(LANGUAGES)


async def import_tape(  # noqa: PLR0913, PLR0917  (each is an option)
    file: Annotated[Path, typer.Argument(help="CSV (.csv) or JSON lines (.jsonl, .ndjson, .json)")],
    shift_to: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM-DD", help="Move every date so that as_of becomes this day"),
    ] = None,
    as_of_anyway: Annotated[
        bool, typer.Option("--as-of-anyway", help="Take a tape of long ago, or of the future")
    ] = False,
    invent_people: Annotated[
        bool, typer.Option("--invent-people", help="Make up names, numbers, addresses: for trying")
    ] = False,
    time_zone: Annotated[
        str | None, typer.Option(help="For borrowers without one; else the policy's")
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="For borrowers without one: zh or en; else the policy's")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option(help="Of the file; else UTF-8, or GB18030 if all of it is")
    ] = None,
    findings_file: Annotated[
        Path | None, typer.Option("--findings", help="Where to list what needs a person (CSV)")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Import a loan tape into Postgres; safe to repeat, a loan that is there is never changed.

    Ends with 0 when every row was taken as it stands, with 1 when one was rejected, differs or
    waits on hold (what was taken is kept), with 2 when the file or the database cannot be used.
    """
    settings = load_settings()
    policy = read_policy(settings.policy_file)
    now = business_time(settings.business_clock)
    options = ImportOptions(
        country=policy.visit.holiday_country.value,
        time_zone=_known(time_zone or policy.time_zone, time_zones(), "--time-zone", _A_ZONE),
        zone_is_said=time_zone is not None,
        language=_known(language or policy.language, LANGUAGES, "--language", _A_LANGUAGE),
        shift_to=None if shift_to is None else day_of("--shift-to", shift_to),
        today=now().astimezone(ZoneInfo(policy.time_zone)).date(),
        any_day=as_of_anyway,
        invents_people=invent_people,
    )
    _require_near(options)
    findings: list[Finding] = []
    try:
        with (
            _reading(file, _known_encoding(encoding)) as (tape, found, progress),
            _listing(findings_file, file) as note,
        ):
            tell = _both(findings.append if as_json else _printer(progress), note)
            report = await tape_import.import_tape(tape, settings.database_url, options, tell, now)
            report.encoding = found
    except TapeError as error:
        raise CommandError(f"{file}: {error}") from error
    typer.echo(_as_json(report, findings) if as_json else _as_text(report))
    return 0 if report.is_clean else 1


@contextmanager
def _reading(file: Path, said: str | None) -> Iterator[tuple[Tape, str, Progress]]:
    """The tape in a file and its encoding, with a bar on a terminal that follows the bytes read."""
    encoding = said or _found_encoding(file)
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
    with _opened(file, encoding) as source, progress:
        task = progress.add_task("importing", total=file.stat().st_size)

        def lines() -> Iterator[bytes]:
            try:
                for line in source:
                    progress.advance(task, len(line))
                    yield line
            except OSError as error:
                raise TapeError(error.strerror or str(error)) from error

        yield read_tape(lines(), file.suffix), encoding, progress


def _found_encoding(file: Path) -> str:
    """The one that the whole file is in: it is read through before any of it is believed."""
    with _opened(file, UTF_8) as source:
        encoding = encoding_of(source)
    if encoding is None:
        raise TapeError("the file is not UTF-8, nor all of it GB18030; give its --encoding")
    if encoding != UTF_8:
        typer.echo(f"{file}: is not UTF-8; all of it is read as {encoding.upper()}", err=True)
    return encoding


@contextmanager
def _opened(file: Path, encoding: str) -> Iterator[Iterator[bytes]]:
    """The lines of a file, in UTF-8."""
    try:
        if encoding == UTF_8:
            with file.open("rb") as source:
                yield source
        else:
            with file.open(encoding=encoding, newline="\n") as text:
                yield in_utf8(text)
    except OSError as error:
        raise TapeError(error.strerror or str(error)) from error
    except UnicodeError as error:
        raise TapeError(f"the file is not {encoding}: {error}") from error


@contextmanager
def _listing(file: Path | None, tape: Path) -> Iterator[Tell]:
    """Writes each finding on a line of a CSV file that can be worked through."""
    if file is None:
        yield lambda _: None
        return
    if file.exists() and file.samefile(tape):
        raise CommandError(f"--findings {file}: is the tape itself")
    try:
        with file.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(Finding._fields)
            yield writer.writerow
    except BrokenPipeError:  # of whoever reads what is printed
        raise
    except OSError as error:
        raise CommandError(f"--findings {file}: {error.strerror}") from error


def _both(first: Tell, second: Tell) -> Tell:
    def tell(finding: Finding) -> None:
        first(finding)
        second(finding)

    return tell


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
        least, most = report.min_days_past_due, report.max_days_past_due
        days_past_due = f"{least}" if least == most else f"{least} to {most}"
        overdue += f", {days_past_due} days past due today"
    if days:
        overdue += f"; tape of {days[0]}" + (f" to {days[-1]}" if len(days) > 1 else "")
    lines = [f"{outcome:14} {report.outcomes[outcome]}" for outcome in Outcome]
    lines += [
        overdue,
        f"on hold        {report.held}",
        f"disagreements  {report.disagreements}",
    ]
    if report.borrowers_differ:
        lines.append(f"rows with another borrower than kept: {report.borrowers_differ}")
    if report.ignored_columns:
        lines.append(f"ignored columns: {', '.join(report.ignored_columns)}")
    return "\n".join(lines)


def _known(value: str, known: tuple[str, ...] | frozenset[str], option: str, expected: str) -> str:
    if value not in known:
        raise CommandError(f"{option}: must be {expected}")
    return value


def _known_encoding(name: str | None) -> str | None:
    if name is None:
        return None
    if not is_encoding(name):
        raise CommandError(f"--encoding: no encoding is called {name!r}")
    return codecs.lookup(name).name


def _require_near(options: ImportOptions) -> None:
    """A day that the tape is moved to is the option's; one that it says itself is a row's."""
    why = None if options.shift_to is None else options.why_far(options.shift_to)
    if why is not None:
        raise CommandError(f"--shift-to: {why}")
