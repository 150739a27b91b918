"""`starter.py crew FILE`: the roster of collectors who may be sent on visits, put on file."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, NamedTuple, TypeVar

import typer

from commands.command_line import counted, open_database
from commands.starter.people_file import Cells, RowError, read_people, report_rows
from database.visit.visits import CrewMember, Visits
from domain.tape.characters import is_readable
from domain.visit.working_time import RosterError, read_days, read_working_time
from runtime.settings import load_settings

Value = TypeVar("Value")

COLUMNS = ("badge_id", "full_name")
MAY_BE_MISSING = ("region", "skills", "works", "off_days")
_SKILL_SEPARATORS = str.maketrans(";,", "  ")


class Roster(NamedTuple):
    """What a roster file says: the good rows, and `file:line: column: reason` for each bad one."""

    members: list[CrewMember]
    mistakes: list[str]


async def crew(
    file: Annotated[
        Path,
        typer.Argument(help="CSV: badge_id,full_name and optional region,skills,works,off_days"),
    ],
) -> int:
    """Put the collectors who may be sent on visits on file; safe to repeat.

    Ends with 1 when a row was rejected (the good rows are kept), with 2 when the file or the
    database cannot be used.
    """
    roster = read_roster(file)
    async with open_database(load_settings()) as pool:
        have_left = await Visits(pool).add_crew(roster.members)
    return report_rows(counted(len(roster.members), "crew member"), roster.mistakes, have_left)


def read_roster(file: Path) -> Roster:
    """The collectors in a CSV file with a header.

    Columns: `badge_id`, `full_name`; optional `region` (of the addresses), `skills` (languages,
    such as `zh en`), `works` (`Mon-Fri 09:00-18:00`), `off_days` (`2026-05-06..2026-05-08;
    2026-06-01`). An empty cell is not stated.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    people, mistakes = read_people(file, COLUMNS, _member, MAY_BE_MISSING)
    return Roster([*people.values()], mistakes)


def _member(cells: Cells) -> CrewMember:
    badge_id, name = cells["badge_id"], cells["full_name"]
    if not name or not is_readable(name):
        raise RowError("full_name: is empty or not printable")
    works = _read(cells, "works", read_working_time)
    return CrewMember(
        badge_id=badge_id,
        full_name=name,
        region=_read(cells, "region", _printable),
        skills=_read(cells, "skills", _skills),
        work_days=works and works.days,
        works_from=works and works.hours.start,
        works_until=works and works.hours.end,
        absences=_absences(cells),
    )


def _read(cells: Cells, column: str, read: Callable[[str], Value]) -> Value | None:
    """What a cell says; None when it is not stated."""
    cell = cells.get(column, "")
    if not cell:
        return None
    try:
        return read(cell)
    except RosterError as error:
        raise RowError(f"{column}: {error}") from error


def _skills(cell: str) -> list[str]:
    return sorted(set(_printable(cell).translate(_SKILL_SEPARATORS).lower().split()))


def _printable(cell: str) -> str:
    if not is_readable(cell):
        raise RosterError("is not printable")
    return cell


def _absences(cells: Cells) -> list[tuple[date, date]] | None:
    """An empty cell says that there are none; without the column, what is on file stays."""
    if "off_days" not in cells:
        return None
    return _read(cells, "off_days", read_days) or []
