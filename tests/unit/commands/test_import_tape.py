"""`starter.py import`, where it stops before anything is stored."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from starter import app

TAPE = Path(__file__).parents[3] / "demo" / "data" / "loan_tape_2018.csv"
NOWHERE = "postgresql://me:secret@127.0.0.1:1/x"  # nobody listens there


def _import(*words: str | Path) -> Result:
    """A run that ends with 2 and prints no result."""
    arguments = ["import", *map(str, words)]
    result = CliRunner().invoke(
        app, arguments, env={"DATABASE_URL": NOWHERE}, catch_exceptions=False
    )
    assert (result.exit_code, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
    return result


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.csv", None, "No such file or directory"),
        (".", None, "Is a directory"),
        ("empty.csv", "", "the file is empty"),
        (
            "short.csv",
            "loan_id,lender\nL-1,x\n",
            "line 1: missing columns: borrower_id, currency, principal_minor",
        ),
    ],
)
def test_file_that_cannot_be_read_is_one_clear_line(
    tmp_path: Path, name: str, content: str | None, reason: str
) -> None:
    """Said before the database is asked."""
    file = tmp_path / name
    if content is not None:
        file.write_text(content, encoding="utf-8")
    assert _import(file).stderr.startswith(f"{file}: {reason}")


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--time-zone", "Mars", "must be an IANA time zone"),
        ("--language", "fr", "must be zh or en"),
        ("--shift-to", "0001-01-01", "must lie in the years"),
        ("--shift-to", "2100-01-01", "2100-01-01 lies in the future; today is "),
        ("--shift-to", "2018-07-01", "2018-07-01 is not within 7 days before today, "),
    ],
)
def test_wrong_option_is_named(option: str, value: str, reason: str) -> None:
    """An unknown zone or language or a far day never reaches the file."""
    assert _import(TAPE, option, value).stderr.startswith(f"{option}: {reason}")


def test_list_of_findings_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With its path: whoever gave it may have meant another."""
    file = tmp_path / "none" / "f.csv"
    line = _import(TAPE, "--findings", file).stderr
    assert line == f"--findings {file}: No such file or directory\n"


def test_tape_is_not_the_list_of_its_findings(tmp_path: Path) -> None:
    """Which would be written over it."""
    tape = tmp_path / "tape.csv"
    tape.write_bytes(TAPE.read_bytes())
    (tmp_path / "link.csv").symlink_to(tape)
    for findings in (tape, tmp_path / "link.csv"):
        assert _import(tape, "--findings", findings).stderr.endswith(": is the tape itself\n")
    assert tape.read_bytes() == TAPE.read_bytes()


def test_unreachable_database_is_one_clear_line() -> None:
    """The line names the variable and keeps the password to itself."""
    line = _import(TAPE).stderr
    assert line.startswith("DATABASE_URL: the database cannot be used: ")
    assert "secret" not in line
