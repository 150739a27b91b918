"""Reads the roster of collectors who may be sent on visits: who works where and when."""

import csv
from collections.abc import Callable, Container
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import TypeAdapter, ValidationError

from command_line import CommandError
from database.visits import CrewMember
from domain.events import Id
from domain.working_time import RosterError, read_days, read_working_time

Value = TypeVar("Value")

COLUMNS = ("badge_id", "full_name")  # region, skills, works, off_days may be missing
_BADGE = TypeAdapter(Id)
_SKILL_SEPARATORS = str.maketrans(";,", "  ")


class Roster(NamedTuple):
    """What a roster file says: the good rows, and `file:line: column: reason` for each bad one."""

    members: list[CrewMember]
    mistakes: list[str]


class _RowError(Exception):
    """A row that cannot be taken; the text is `column: reason`."""


def read_roster(file: Path) -> Roster:
    """The collectors in a CSV file with a header.

    Columns: `badge_id`, `full_name`; optional `region` (of the addresses), `skills` (languages,
    such as `zh en`), `works` (`Mon-Fri 09:00-18:00`), `off_days` (`2026-05-06..2026-05-08;
    2026-06-01`). An empty cell is not stated.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            missing = set(COLUMNS) - set(rows.fieldnames or ())
            if missing:
                raise CommandError(f"{file}: no column {', '.join(sorted(missing))}")
            return _read_rows(file, rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def _read_rows(file: Path, rows: "csv.DictReader[str]") -> Roster:
    members: dict[str, CrewMember] = {}
    mistakes: list[str] = []
    for row in rows:
        try:
            member = _member(row, members)
            members[member.badge_id] = member
        except _RowError as error:
            mistakes.append(f"{file}:{rows.line_num}: {error}")
    return Roster([*members.values()], mistakes)


def _member(row: dict[Any, Any], earlier: Container[str]) -> CrewMember:
    if None in row:
        raise _RowError("more cells than columns")
    cells = {name: (cell or "").strip() for name, cell in row.items()}
    badge_id, name = _badge(cells["badge_id"]), cells["full_name"]
    if badge_id in earlier:
        raise _RowError("badge_id: stands in an earlier row, too")
    if not name or not name.isprintable():
        raise _RowError("full_name: is empty or not printable")
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


def _badge(cell: str) -> str:
    try:
        return _BADGE.validate_python(cell)
    except ValidationError as error:
        raise _RowError(f"badge_id: {error.errors()[0]['msg']}") from error


def _read(cells: dict[str, str], column: str, read: Callable[[str], Value]) -> Value | None:
    """What a cell says; None when it is not stated."""
    cell = cells.get(column, "")
    if not cell:
        return None
    try:
        return read(cell)
    except RosterError as error:
        raise _RowError(f"{column}: {error}") from error


def _skills(cell: str) -> list[str]:
    return sorted(set(_printable(cell).translate(_SKILL_SEPARATORS).lower().split()))


def _printable(cell: str) -> str:
    if not cell.isprintable():
        raise RosterError("is not printable")
    return cell


def _absences(cells: dict[str, str]) -> list[tuple[date, date]] | None:
    """An empty cell says that there are none; without the column, what is on file stays."""
    if "off_days" not in cells:
        return None
    return _read(cells, "off_days", read_days) or []
