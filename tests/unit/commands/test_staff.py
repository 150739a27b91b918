"""The list of who may approve what: good rows are kept, every bad one is named."""

from pathlib import Path

import pytest

from commands.command_line import CommandError
from commands.starter.staff import read_staff
from domain.plan.authority import Level


def _file(folder: Path, text: str) -> Path:
    file = folder / "staff.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_staff_is_read(tmp_path: Path) -> None:
    """By id; other columns are nobody's business."""
    file = _file(tmp_path, "staff_id,level,note\nA-1,approver,x\n A-2 ,senior_approver,y\n")
    assert read_staff(file) == ({"A-1": Level.APPROVER, "A-2": Level.SENIOR_APPROVER}, [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("A-2,chief", "level: must be approver or senior_approver, not 'chief'"),
        ("A-2,crew", "level: must be"),
        ("A-2", "level: must be"),
        ("A 2,approver", "staff_id: must be ASCII letters"),
        (",approver", "staff_id: must not be empty"),
        ("A-1,senior_approver", "staff_id: stands in an earlier row, too"),
    ],
)
def test_bad_row_is_named_and_good_ones_are_kept(tmp_path: Path, row: str, reason: str) -> None:
    """File, line, column and reason."""
    levels, mistakes = read_staff(_file(tmp_path, f"staff_id,level\nA-1,approver\n{row}\n"))
    assert levels == {"A-1": Level.APPROVER}
    [mistake] = mistakes
    assert f"staff.csv:3: {reason}" in mistake


def test_file_that_says_nothing_is_named(tmp_path: Path) -> None:
    """One clear line."""
    with pytest.raises(CommandError, match="no column level"):
        read_staff(_file(tmp_path, "staff_id\nA-1\n"))
    with pytest.raises(CommandError, match="cannot be read"):
        read_staff(tmp_path / "none.csv")
