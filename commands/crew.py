"""Reads the roster of collectors who may be sent on visits: who works where and when."""

import csv
from collections.abc import Callable, Container
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from commands.command_line import CommandError
from database.visit.visits import CrewMember
from domain.events import Id
from domain.mistakes import describe_mistake
from domain.visit.working_time import RosterError, read_days, read_working_time

Value = TypeVar("Value")
Person = TypeVar("Person")
Cells = dict[str, str]

COLUMNS = ("badge_id", "full_name")  # region, skills, works, off_days may be missing
_ID = TypeAdapter(Id)
_SKILL_SEPARATORS = str.maketrans(";,", "  ")


class Roster(NamedTuple):
    """What a roster file says: the good rows, and `file:line: column: reason` for each bad one."""

    members: list[CrewMember]
    mistakes: list[str]


class RowError(Exception):
    """A row that cannot be taken; the text is `column: reason`."""


def read_roster(file: Path) -> Roster:
    """The collectors in a CSV file with a header.

    Columns: `badge_id`, `full_name`; optional `region` (of the addresses), `skills` (languages,
    such as `zh en`), `works` (`Mon-Fri 09:00-18:00`), `off_days` (`2026-05-06..2026-05-08;
    2026-06-01`). An empty cell is not stated.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    people, mistakes = read_people(file, COLUMNS, _member)
    return Roster([*people.values()], mistakes)


def read_people(
    file: Path, columns: tuple[str, ...], read: Callable[[Cells], Person]
) -> tuple[dict[str, Person], list[str]]:
    """People by id from a CSV file with a header; the first column is the id.

    The good rows, and `file:line: column: reason` for each bad one.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            missing = set(columns) - set(rows.fieldnames or ())
            if missing:
                raise CommandError(f"{file}: no column {', '.join(sorted(missing))}")
            return _read_rows(file, columns[0], rows, read)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def _read_rows(
    file: Path, key: str, rows: "csv.DictReader[str]", read: Callable[[Cells], Person]
) -> tuple[dict[str, Person], list[str]]:
    people: dict[str, Person] = {}
    mistakes: list[str] = []
    for row in rows:
        try:
            cells = _cells(row)
            people[_new_identity(cells[key], key, people)] = read(cells)
        except RowError as error:
            mistakes.append(f"{file}:{rows.line_num}: {error}")
    return people, mistakes


def _cells(row: dict[Any, Any]) -> Cells:
    if None in row:
        raise RowError("more cells than columns")
    return {name: (cell or "").strip() for name, cell in row.items()}


def _member(cells: Cells) -> CrewMember:
    badge_id, name = cells["badge_id"], cells["full_name"]
    if not name or not name.isprintable():
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


def _new_identity(cell: str, column: str, earlier: Container[str]) -> str:
    try:
        identity = _ID.validate_python(cell)
    except ValidationError as error:
        raise RowError(f"{column}: {describe_mistake(error.errors()[0])}") from error
    if identity in earlier:
        raise RowError(f"{column}: stands in an earlier row, too")
    return identity


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
    if not cell.isprintable():
        raise RosterError("is not printable")
    return cell


def _absences(cells: Cells) -> list[tuple[date, date]] | None:
    """An empty cell says that there are none; without the column, what is on file stays."""
    if "off_days" not in cells:
        return None
    return _read(cells, "off_days", read_days) or []
