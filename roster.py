"""Reads the roster of collectors who may be sent on visits."""

import csv
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from command_line import CommandError
from domain.events import Id

COLUMNS = ("badge_id", "full_name")
_BADGE = TypeAdapter(Id)


def read_roster(file: Path) -> dict[str, str]:
    """Full names by badge id, from a CSV file with a header.

    Raises:
        CommandError: naming the file, the line, the column and the reason. Nothing is half read.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            rows = csv.DictReader(lines)
            missing = set(COLUMNS) - set(rows.fieldnames or ())
            if missing:
                raise CommandError(f"{file}: no column {', '.join(sorted(missing))}")
            return dict(_member(file, rows.line_num, row) for row in rows)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CommandError(f"{file}: cannot be read: {error}") from error


def _member(file: Path, line: int, row: dict[str, str | None]) -> tuple[str, str]:
    name = (row["full_name"] or "").strip()
    if not name:
        raise CommandError(f"{file}:{line}: full_name: is empty")
    try:
        return _BADGE.validate_python((row["badge_id"] or "").strip()), name
    except ValidationError as error:
        raise CommandError(f"{file}:{line}: badge_id: {error.errors()[0]['msg']}") from error
