"""Reads who may be sent on visits, and who has which authority."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from command_line import CommandError
from domain.authority import Level
from domain.events import Id

COLUMNS = ("badge_id", "full_name")
STAFF_COLUMNS = ("staff_id", "level")
STAFF_LEVELS = (Level.APPROVER, Level.SENIOR_APPROVER)
_ID = TypeAdapter(Id)

Value = TypeVar("Value")
Row = dict[str, str | None]


def read_roster(file: Path) -> dict[str, str]:
    """Full names by badge id, from a CSV file with a header.

    Raises:
        CommandError: naming the file, the line, the column and the reason. Nothing is half read.
    """
    return _read(file, COLUMNS, _name)


def read_staff(file: Path) -> dict[str, Level]:
    """Levels of authority by staff id, from a CSV file with a header.

    Raises:
        CommandError: naming the file, the line, the column and the reason. Nothing is half read.
    """
    return _read(file, STAFF_COLUMNS, _level)


def _read(
    file: Path, columns: tuple[str, str], value_of: Callable[[str, str], Value]
) -> dict[str, Value]:
    """The second column, as `value_of(text, place)` reads it, by the id in the first."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            missing = set(columns) - set(rows.fieldnames or ())
            if missing:
                raise CommandError(f"{file}: no column {', '.join(sorted(missing))}")
            read = dict[str, Value]()
            for row in rows:
                place = f"{file}:{rows.line_num}"
                value = value_of(_text(row, columns[1]), f"{place}: {columns[1]}")
                read[_identity(row, columns[0], place)] = value
            return read
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def _text(row: Row, column: str) -> str:
    return (row[column] or "").strip()


def _identity(row: Row, column: str, place: str) -> str:
    try:
        return _ID.validate_python(_text(row, column))
    except ValidationError as error:
        raise CommandError(f"{place}: {column}: {error.errors()[0]['msg']}") from error


def _name(text: str, place: str) -> str:
    if not text:
        raise CommandError(f"{place}: is empty")
    return text


def _level(text: str, place: str) -> Level:
    if text not in STAFF_LEVELS:
        raise CommandError(f"{place}: must be {' or '.join(STAFF_LEVELS)}, not {text[:40]!r}")
    return Level(text)
