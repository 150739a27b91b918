"""`starter.py staff FILE`: who has which authority to waive, put on file."""

from pathlib import Path
from typing import Annotated

import typer

from commands.command_line import open_database
from commands.starter.people_file import Cells, RowError, read_people, report_rows
from database.visit.staff import Staff
from domain.plan.authority import Level
from runtime.settings import load_settings

COLUMNS = ("staff_id", "level")
LEVELS = (Level.APPROVER, Level.SENIOR_APPROVER)


async def staff(file: Annotated[Path, typer.Argument(help="CSV with staff_id,level")]) -> int:
    """Say who has which authority: approver or senior_approver; safe to repeat."""
    levels, mistakes = read_staff(file)
    async with open_database(load_settings()) as pool:
        have_left = await Staff(pool).add_staff(levels)
    return report_rows(f"{len(levels)} of the staff", mistakes, have_left)


def read_staff(file: Path) -> tuple[dict[str, Level], list[str]]:
    """Levels of authority by staff id, and `file:line: column: reason` for each bad row.

    Raises:
        CommandError: naming the file and the reason, when it cannot be read at all.
    """
    return read_people(file, COLUMNS, _level)


def _level(cells: Cells) -> Level:
    text = cells["level"]
    if text not in LEVELS:
        raise RowError(f"level: must be {' or '.join(LEVELS)}, not {text[:40]!r}")
    return Level(text)
