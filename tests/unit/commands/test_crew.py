"""The roster file: good rows are kept, every bad one is named by its line and the reason."""

from datetime import date, time
from pathlib import Path

import pytest

from commands.command_line import CommandError
from commands.starter.crew import read_roster
from database.visit.visits import CrewMember
from domain.visit.working_time import RosterError, read_days, read_working_time

FULL = "badge_id,full_name,region,skills,works,off_days\n"


def _file(directory: Path, text: str) -> Path:
    file = directory / "crew.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_name_and_badge_are_enough(tmp_path: Path) -> None:
    """What is not stated fits any visit; absences stay as they are on file."""
    roster = read_roster(_file(tmp_path, "badge_id,full_name\nC-1, 外勤一 \n"))
    assert roster.members == [CrewMember("C-1", "外勤一")]
    assert roster.members[0].absences is None
    assert not roster.mistakes


def test_everything_is_read(tmp_path: Path) -> None:
    """Region, languages, working time and days off; empty cells are not stated."""
    rows = (
        "C-1,One,Beijing,en zh,Mon-Fri 09:00-18:00,2026-05-06..2026-05-08; 2026-06-01\n"
        "C-2,Two,,,,\n"
    )
    roster = read_roster(_file(tmp_path, FULL + rows))
    days_off = [
        (date(2026, 5, 6), date(2026, 5, 8)),
        (date(2026, 6, 1), date(2026, 6, 1)),
    ]
    assert roster.members == [
        CrewMember(
            "C-1", "One", "Beijing", ["en", "zh"], [1, 2, 3, 4, 5], time(9), time(18), days_off
        ),
        CrewMember("C-2", "Two", absences=[]),
    ]


def test_header_is_read_as_its_cells_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without blanks around a name; and no column is passed over in silence."""
    header = "badge_id, full_name , region,Works"
    roster = read_roster(_file(tmp_path, f"{header}\nC-1,One,Beijing,Mon-Fri 09:00-18:00\n"))
    assert roster.members == [CrewMember("C-1", "One", "Beijing")]
    said = capsys.readouterr().err
    assert "ignored columns: Works; read are badge_id, full_name, region, skills, works" in said


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        ("a b,Name,,,,", "badge_id: must be ASCII letters, digits and signs, without blanks"),
        (",Name,,,,", "badge_id: must not be empty"),
        ("C-9,,,,,", "full_name: is empty or not printable"),
        ("C-9,Na\x07me,,,,", "full_name: is empty or not printable"),
        ("C-9,Name,,z\x07h,,", "skills: is not printable"),
        ("C-9,Name,,,always,", "works: must look like Mon-Fri 09:00-18:00"),
        ("C-9,Name,,,Mon-Foo 09:00-18:00,", "works: no such day: 'Foo'"),
        ("C-9,Name,,,Fri-Mon 09:00-18:00,", "works: Fri-Mon: the week begins on Monday"),
        ("C-9,Name,,,Mon 25:00-26:00,", "works: no such time of day"),
        ("C-9,Name,,,Mon 18:00-09:00,", "works: start must come before end"),
        ("C-9,Name,,,,soon", "off_days: 'soon': must look like 2026-05-06"),
        ("C-9,Name,,,,2026-05-08..2026-05-06", "off_days: '2026-05-08..2026-05-06': ends before"),
        ("C-9,Name,,,,,more", "more cells than columns"),
        ("C-1,Again,,,,", "badge_id: stands in an earlier row, too"),
    ],
)
def test_bad_row_is_named_and_the_others_are_kept(tmp_path: Path, row: str, mistake: str) -> None:
    """By file, line, column and reason."""
    file = _file(tmp_path, f"{FULL}C-1,One,,,,\n{row}\nC-2,Two,,,,\n")
    roster = read_roster(file)
    assert [member.badge_id for member in roster.members] == ["C-1", "C-2"]
    assert len(roster.mistakes) == 1
    assert roster.mistakes[0].startswith(f"{file}:3: {mistake}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("name\nx\n", "no column badge_id, full_name"),
        ("", "no column"),
        ("badge_id,full_name,region, region\n", "repeated columns: region"),
    ],
)
def test_file_without_its_columns_is_no_roster(tmp_path: Path, text: str, reason: str) -> None:
    """Nothing is read; a file that is not there is said to be unreadable."""
    with pytest.raises(CommandError, match=reason):
        read_roster(_file(tmp_path, text))
    with pytest.raises(CommandError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


def test_days_of_the_week_may_be_listed() -> None:
    """Single days, spans, in any case, each once."""
    assert read_working_time("Mon, wed-Fri,FRI 10:00-16:30").days == [1, 3, 4, 5]
    assert read_days(" ; ") == []
    with pytest.raises(RosterError, match="2026-02-30"):
        read_days("2026-02-30")
