"""Reads who has which authority to waive."""

from pathlib import Path

from commands.crew import Cells, RowError, read_people
from domain.plan.authority import Level

COLUMNS = ("staff_id", "level")
LEVELS = (Level.APPROVER, Level.SENIOR_APPROVER)


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
