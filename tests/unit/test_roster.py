"""The lists of people: a bad row is named, nothing is half read."""

from pathlib import Path

import pytest

from command_line import CommandError
from domain.authority import Level
from roster import read_staff


def _file(folder: Path, text: str) -> Path:
    file = folder / "staff.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_staff_is_read(tmp_path: Path) -> None:
    """By id; a later line counts."""
    file = _file(tmp_path, "staff_id,level,note\nA-1,approver,x\n A-2 ,senior_approver,y\n")
    assert read_staff(file) == {"A-1": Level.APPROVER, "A-2": Level.SENIOR_APPROVER}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("staff_id\nA-1\n", "staff.csv: no column level"),
        (
            "staff_id,level\nA-1,approver\nA-2,chief\n",
            "staff.csv:3: level: must be approver or senior_approver, not 'chief'",
        ),
        ("staff_id,level\nA-1,crew\n", "staff.csv:2: level: must be"),
        ("staff_id,level\nA-1\n", "staff.csv:2: level: must be"),
        ("staff_id,level\nA 1,approver\n", "staff.csv:2: staff_id: String should match"),
        ("staff_id,level\n,approver\n", "staff.csv:2: staff_id: String should have at least"),
    ],
)
def test_bad_row_is_named(tmp_path: Path, text: str, reason: str) -> None:
    """File, line, column and reason."""
    with pytest.raises(CommandError) as refused:
        read_staff(_file(tmp_path, text))
    assert reason in str(refused.value)


def test_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """One clear line."""
    with pytest.raises(CommandError, match="cannot be read"):
        read_staff(tmp_path / "none.csv")
