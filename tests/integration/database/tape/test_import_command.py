"""The command that imports: its lines, its exit codes, and what it says when nothing works."""

from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.support.tapes.importer import TAPE, Importer

FULL = Path("/dev/full")


def test_bad_rows_are_told_and_good_rows_stay(importer: Importer) -> None:
    """Line, loan, field and reason of everything that is wrong; exit code 1."""
    tape = importer.rows(
        {}, {"loan_id": "L-2", "currency": "", "principal_minor": "12.50"}, {"loan_id": "L-3"}
    )
    with tape.open("ab") as file:
        file.write(b"too,short\n")
    result = importer.run(tape)
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if line.startswith("line")] == [
        "line 3: L-2 rejected: currency: is empty",
        "line 3: L-2 rejected: principal_minor: must be a whole number of minor units, not '12.50'",
        "line 5: rejected: row: has 2 fields, the header has 22",
    ]
    assert [line.split() for line in result.stdout.splitlines()[:4]] == [
        ["imported", "2"], ["unchanged", "0"], ["differs", "0"], ["rejected", "2"],
    ]  # fmt: skip
    assert "overdue        2, 123 days past due today; tape of 2018-07-01" in result.stdout
    assert importer.fetch("SELECT loan_id FROM loans ORDER BY 1") == [("L-1",), ("L-3",)]


def test_a_file_that_cannot_be_read_is_one_clear_line(importer: Importer, tmp_path: Path) -> None:
    """Nothing is written, the exit code is 2."""
    short = tmp_path / "short.csv"
    short.write_text("loan_id,lender\nL-1,x\n", encoding="utf-8")
    empty = tmp_path / "empty.csv"
    empty.touch()
    for file, words in {
        tmp_path / "none.csv": "No such file or directory",
        tmp_path: "Is a directory",
        tmp_path / "tape.xlsx": "No such file or directory",
        empty: "the file is empty",
        short: "line 1: missing columns: borrower_id, currency, principal_minor",
    }.items():
        result = importer.run(file)
        assert (result.exit_code, result.stdout) == (2, "")
        assert result.stderr.startswith(f"{file}: {words}")
        assert len(result.stderr.splitlines()) == 1
    assert importer.fetch("SELECT * FROM loans") == []


def test_wrong_options_are_named(importer: Importer) -> None:
    """An unknown zone or language or a far day never reaches the file."""
    for option, value in (
        ("--time-zone", "Mars"),
        ("--language", "fr"),
        ("--shift-to", "0001-01-01"),
    ):
        result = importer.run(TAPE, option, value)
        assert (result.exit_code, option in result.stderr) == (2, True)


@pytest.mark.skipif(not FULL.exists(), reason="no device here is always full")
def test_list_that_can_hold_no_more_is_not_the_databases_fault(importer: Importer) -> None:
    """It is named itself; what was stored by then stays."""
    tape = importer.rows(*({"loan_id": f"L-{number}", "currency": ""} for number in range(500)))
    result = importer.run(tape, "--findings", FULL)
    assert result.exit_code == 2
    assert result.stderr.endswith("--findings /dev/full: No space left on device\n")


def test_an_unreachable_database_is_one_clear_line(tmp_path: Path) -> None:
    """The line names the variable and keeps the password to itself."""
    nowhere = urlencode({"host": tmp_path})
    result = Importer(f"postgresql://me:secret@/x?{nowhere}", tmp_path).run(TAPE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("DATABASE_URL: the database cannot be used: ")
    assert "secret" not in result.stderr
    assert len(result.stderr.splitlines()) == 1
