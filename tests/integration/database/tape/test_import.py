"""The import on a real Postgres: what is stored, what is kept, what is said."""

import asyncio
import csv
import json
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from database.tape.tape_import import import_tape
from database.tape.tape_store import ImportOptions
from domain.tape.lines import read_tape
from domain.tape.report import ImportReport, Outcome
from domain.tape.row import BORROWER_COLUMNS, COLUMNS
from starter import app

TAPE = Path(__file__).parents[4] / "demo" / "data" / "loan_tape_2018.csv"
ROW = {
    "loan_id": "L-1",
    "borrower_id": "B-1",
    "lender": "a-lender",
    "currency": "CNY",
    "principal_minor": 1_000_000,
    "annual_rate_percent": "14.07",
    "term_months": 12,
    "installment_minor": 100_000,
    "first_due_on": "2018-01-31",
    "paid_minor": 150_000,
    "as_of": "2018-07-01",
    "region": "NJ",
    "annual_income_minor": 9_000_000,
    "purpose": "moving",
    "reported_status": "Late (31-120 days)",
}


class Importer:
    """Runs the command on a database and looks at what it left."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self._database_url = database_url
        self._folder = folder

    def run(self, *arguments: str | Path) -> Result:
        environment = {"DATABASE_URL": self._database_url}
        words = ["import", *map(str, arguments)]
        return CliRunner().invoke(app, words, env=environment, catch_exceptions=False)

    def counts(self, *arguments: str | Path) -> dict[str, Any]:
        result = self.run(*arguments, "--json")
        counted: dict[str, Any] = json.loads(result.stdout)
        assert result.exit_code == (1 if counted["rejected"] else 0)
        return counted

    def rows(self, *changes: dict[str, Any], suffix: str = ".csv") -> Path:
        """A tape with one row for each set of changes to `ROW`."""
        file = self._folder / f"tape{suffix}"
        rows = [ROW | change for change in changes]
        if suffix == ".csv":
            with file.open("w", encoding="utf-8", newline="") as out:
                writer = csv.DictWriter(out, [*COLUMNS, *BORROWER_COLUMNS])
                writer.writeheader()
                writer.writerows(rows)
        else:
            file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        return file

    def fetch(self, query: str) -> list[tuple[Any, ...]]:
        return asyncio.run(self._fetch(query))

    async def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self._database_url)
        try:
            return [tuple(record) for record in await connection.fetch(query)]
        finally:
            await connection.close()


@pytest.fixture
def importer(database_url: str, tmp_path: Path) -> Importer:
    return Importer(database_url, tmp_path)


def _snapshot(importer: Importer) -> list[list[tuple[Any, ...]]]:
    tables = ("borrowers", "phones", "addresses", "loans", "loan_instalments", "payments")
    return [importer.fetch(f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]  # noqa: S608


def test_the_whole_tape_is_imported_once(importer: Importer) -> None:
    """4,000 loans, 68 overdue; a second time nothing changes, and the trigger agrees with us."""
    first = importer.counts(TAPE)
    assert first == {
        "rows": 4000,
        "imported": 4000,
        "unchanged": 0,
        "differs": 0,
        "rejected": 0,
        "disagreements": 1,
        "overdue": 68,
        "min_days_past_due": 4,
        "max_days_past_due": 123,
        "as_of": ["2018-07-01"],
        "borrowers_differ": 0,
        "ignored_columns": [],
        "errors": [],
        "findings": [
            {
                "line": 3641,
                "loan_id": "LC-09145",
                "kind": "disagreement",
                "field": "reported_status",
                "reason": "reported In Grace Period, but nothing is overdue by the schedule",
            }
        ],
    }
    before = _snapshot(importer)
    assert importer.counts(TAPE) == first | {"imported": 0, "unchanged": 4000}
    assert _snapshot(importer) == before
    _check_oldest_unpaid(importer)


def _check_oldest_unpaid(importer: Importer) -> None:
    """Compare the trigger's date of every loan with one worked out from the file alone."""
    stored = dict(importer.fetch("SELECT loan_id, oldest_unpaid_due_on FROM loans"))
    with TAPE.open(encoding="utf-8", newline="") as file:
        expected = {row["loan_id"]: _oldest_unpaid(row) for row in csv.DictReader(file)}
    assert stored == expected
    assert len(expected) == 4000
    closed = importer.fetch("SELECT status, count(*) FROM loans GROUP BY status ORDER BY status")
    assert closed == [("active", 3805), ("settled", 193), ("written_off", 2)]
    to_scan = "SELECT count(*) FROM loans WHERE status = 'active' AND oldest_unpaid_due_on < "
    assert importer.fetch(f"{to_scan} DATE '2018-07-01'") == [(68,)]


def _oldest_unpaid(row: dict[str, str]) -> date | None:
    """Straight from the words: walk the months until the shortfall is 5 % of an instalment."""
    year, month, day = map(int, row["first_due_on"].split("-"))
    shortfall = -int(row["paid_minor"])
    for _ in range(int(row["term_months"])):
        shortfall += int(row["installment_minor"])
        if shortfall / int(row["installment_minor"]) >= 0.05:
            return date(year, month, min(day, monthrange(year, month)[1]))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return None


def test_one_loan_is_stored_in_all_its_parts(importer: Importer) -> None:
    """Loan, schedule, opening balance and a made-up borrower."""
    importer.counts(importer.rows({}))
    assert importer.fetch(
        "SELECT loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent::text,"
        " term_months, status, arrears_tolerance_minor, annual_income_minor, purpose,"
        " reported_status, oldest_unpaid_due_on FROM loans"
    ) == [
        ("L-1", "B-1", "a-lender", "CNY", 1_000_000, "14.0700", 12, "active", 4_999, 9_000_000,
         "moving", "Late (31-120 days)", date(2018, 2, 28)),
    ]  # fmt: skip
    schedule = importer.fetch("SELECT number, due_on, contract_due_on, amount_minor"
                              " FROM loan_instalments ORDER BY number")  # fmt: skip
    assert schedule[:3] == [
        (1, date(2018, 1, 31), date(2018, 1, 31), 100_000),
        (2, date(2018, 2, 28), date(2018, 2, 28), 100_000),
        (3, date(2018, 3, 31), date(2018, 3, 31), 100_000),
    ]
    assert len(schedule) == 12
    midnight = datetime(2018, 6, 30, 16, tzinfo=UTC)
    assert importer.fetch("SELECT * FROM payments") == [
        ("L-1-opening", "L-1", 150_000, "opening", midnight, midnight, None, "loan_tape")
    ]
    assert importer.fetch(
        "SELECT full_name, language, time_zone, phone_id, number, address_id, line, region"
        " FROM borrowers JOIN phones USING (borrower_id) JOIN addresses USING (borrower_id)"
    ) == [
        ("借款人 00001", "zh", "Asia/Shanghai", "B-1-p1", "+86 000 0000 0001", "B-1-a1",
         "示例路 1 号, NJ", "NJ"),
    ]  # fmt: skip


def test_what_a_tape_says_of_a_borrower_is_stored(importer: Importer) -> None:
    """JSON lines with the optional columns; the borrower's zone decides when midnight is."""
    told = {"borrower_name": "张三", "phone": "+00 1", "address": "Road 1",
            "time_zone": "America/New_York", "language": "en"}  # fmt: skip
    importer.counts(importer.rows(told, suffix=".jsonl"))
    assert importer.fetch(
        "SELECT full_name, language, time_zone, number, line, received_at FROM borrowers"
        " JOIN phones USING (borrower_id) JOIN addresses USING (borrower_id), payments"
    ) == [
        ("张三", "en", "America/New_York", "+00 1", "Road 1", datetime(2018, 7, 1, 4, tzinfo=UTC))
    ]


def test_contact_person_comes_with_the_tape(importer: Importer) -> None:
    """A second number, under its relation; another one in a later tape is reported."""
    importer.counts(importer.rows({"phone": "+00 1", "contact_person_phone": "+00 9"}))
    assert importer.fetch("SELECT number, relation FROM phones ORDER BY phone_id DESC") == [
        ("+00 1", "self"),
        ("+00 9", "contact_person"),
    ]
    importer.counts(importer.rows({"phone": "+00 1", "contact_person_phone": "+00 9"}))
    assert importer.fetch("SELECT count(*) FROM phones") == [(2,)]


def test_nothing_paid_is_no_payment(importer: Importer) -> None:
    """A balance of zero leaves no row."""
    importer.counts(importer.rows({"paid_minor": 0}))
    assert importer.fetch("SELECT * FROM payments") == []


def test_options_fill_in_for_borrowers(importer: Importer) -> None:
    """Time zone and language of the command apply where the tape has none."""
    importer.counts(
        importer.rows({}, {"loan_id": "L-2", "borrower_id": "B-2", "language": "zh"}),
        "--time-zone", "Europe/Paris", "--language", "en",
    )  # fmt: skip
    assert importer.fetch("SELECT full_name, language, time_zone FROM borrowers ORDER BY 1") == [
        ("Borrower 00001", "en", "Europe/Paris"),
        ("借款人 00002", "zh", "Europe/Paris"),
    ]


def test_a_shifted_tape_keeps_every_distance(importer: Importer) -> None:
    """Each date moves by the same days, the days past due stay."""
    counted = importer.counts(importer.rows({}), "--shift-to", "2026-11-24")
    assert (counted["as_of"], counted["max_days_past_due"]) == (["2026-11-24"], 123)
    moved = date(2026, 11, 24) - date(2018, 7, 1)
    assert importer.fetch(
        "SELECT due_on FROM loan_instalments WHERE number IN (1, 2) ORDER BY number"
    ) == [(date(2018, 1, 31) + moved,), (date(2018, 2, 28) + moved,)]
    assert importer.fetch("SELECT received_at FROM payments") == [
        (datetime(2018, 6, 30, 16, tzinfo=UTC) + moved,)
    ]
    again = importer.counts(importer.rows({}), "--shift-to", "2026-11-24")
    assert again["unchanged"] == 1
    later = importer.counts(importer.rows({}), "--shift-to", "2026-11-25")
    assert [finding["field"] for finding in later["findings"]] == ["first_due_on"]


def test_bad_rows_are_told_and_good_rows_stay(importer: Importer) -> None:
    """Line, loan, field and reason of everything that is wrong; exit code 1."""
    tape = importer.rows(
        {}, {"loan_id": "L-2", "currency": "", "principal_minor": "12.50"}, {"loan_id": "L-3"}
    )
    with tape.open("ab") as file:
        file.write(b"too,short\n\xff\xfe\n")
    result = importer.run(tape)
    assert result.exit_code == 1
    assert [line for line in result.stderr.splitlines() if line.startswith("line")] == [
        "line 3: L-2 rejected: currency: is empty",
        "line 3: L-2 rejected: principal_minor: must be a whole number of minor units, not '12.50'",
        "line 5: rejected: row: has 2 fields, the header has 21",
        "line 6: rejected: row: is not UTF-8 at byte 1",
    ]
    assert [line.split() for line in result.stdout.splitlines()[:4]] == [
        ["imported", "2"], ["unchanged", "0"], ["differs", "0"], ["rejected", "3"],
    ]  # fmt: skip
    assert "overdue        2, 123 to 123 days past due, as of 2018-07-01" in result.stdout
    assert importer.fetch("SELECT loan_id FROM loans ORDER BY 1") == [("L-1",), ("L-3",)]


def test_a_loan_that_is_there_is_never_changed(importer: Importer) -> None:
    """Other facts are told field by field; the exit code is that of a good file."""
    importer.counts(importer.rows({}))
    before = _snapshot(importer)
    changed = {"paid_minor": 250_000, "reported_status": "Current", "term_months": 11}
    counted = importer.counts(importer.rows(changed))
    assert (counted["differs"], counted["unchanged"]) == (1, 0)
    assert [(one["kind"], one["field"], one["reason"]) for one in counted["findings"]] == [
        ("differs", "term_months", "12 is kept, the tape says 11"),
        ("differs", "paid_minor", "150000 is kept, the tape says 250000"),
        ("differs", "reported_status", "Late (31-120 days) is kept, the tape says Current"),
    ]
    assert _snapshot(importer) == before


def test_later_life_of_a_loan_is_no_difference(importer: Importer) -> None:
    """Payments, deferred instalments and a closed loan do not contradict the tape."""
    importer.counts(importer.rows({}))
    importer.fetch("UPDATE loan_instalments SET due_on = due_on + 90")
    importer.fetch("UPDATE loans SET status = 'settled'")
    importer.fetch("INSERT INTO payments SELECT 'p', loan_id, 5, 'payment', received_at,"
                   " recorded_at, NULL, 'ledger' FROM payments")  # fmt: skip
    assert importer.counts(importer.rows({}))["unchanged"] == 1


@pytest.mark.parametrize("between", [0, 600])
def test_a_loan_twice_in_a_file(importer: Importer, between: int) -> None:
    """The same again is unchanged; another content is a bad row, in one batch or across two."""
    others = [{"loan_id": f"X-{number}"} for number in range(between)]
    tape = importer.rows({}, *others, {}, {"principal_minor": 7, "purpose": ""})
    counted = importer.counts(tape)
    assert (counted["imported"], counted["unchanged"], counted["rejected"]) == (1 + between, 1, 1)
    assert [(one["line"], one["field"], one["reason"]) for one in counted["errors"]] == [
        (between + 4, "loan_id", "also on line 2; here with another principal_minor, purpose")
    ]
    assert importer.fetch("SELECT principal_minor FROM loans WHERE loan_id = 'L-1'") == [
        (1_000_000,)
    ]


def test_two_lenders_share_a_borrower(importer: Importer) -> None:
    """One borrower; what the second lender says differently is told without being repeated."""
    counted = importer.counts(
        importer.rows(
            {"phone": "+00 1", "time_zone": "Asia/Tokyo"},
            {"loan_id": "L-2", "lender": "another", "phone": "+00 2", "region": "CA"},
        )
    )
    assert (counted["imported"], counted["borrowers_differ"]) == (2, 1)
    assert [(one["kind"], one["field"]) for one in counted["findings"]] == [
        ("borrower_differs", "phone"),
        ("borrower_differs", "region"),
    ]
    assert "+00" not in json.dumps(counted)
    assert importer.fetch("SELECT number FROM phones") == [("+00 1",)]
    assert importer.fetch("SELECT DISTINCT received_at FROM payments") == [
        (datetime(2018, 7, 1, tzinfo=UTC) - timedelta(hours=9),)
    ]


def test_two_imports_at_once_store_each_loan_once(importer: Importer, database_url: str) -> None:
    """They wait for each other; every row is imported by one and unchanged to the other."""
    file = importer.rows(*({"loan_id": f"L-{number}"} for number in range(1200)))
    backwards = file.read_bytes().splitlines(keepends=True)
    backwards[1:] = backwards[:0:-1]

    async def both() -> list[ImportReport]:
        tapes = [
            read_tape(lines, ".csv")
            for lines in (file.read_bytes().splitlines(keepends=True), backwards)
        ]
        imports = (
            import_tape(tape, database_url, ImportOptions(), lambda _: None) for tape in tapes
        )
        return await asyncio.gather(*imports)

    reports = asyncio.run(both())
    assert sum(report.outcomes[Outcome.IMPORTED] for report in reports) == 1200
    assert sum(report.outcomes[Outcome.UNCHANGED] for report in reports) == 1200


def test_contradicting_statuses_are_told(importer: Importer) -> None:
    """The schedule decides: both loans stay active, only the first is overdue."""
    counted = importer.counts(
        importer.rows({"reported_status": "Current"}, {"loan_id": "L-2", "paid_minor": 600_000})
    )
    assert (counted["disagreements"], counted["overdue"]) == (2, 1)
    assert importer.fetch("SELECT DISTINCT status FROM loans") == [("active",)]


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


def test_an_unreachable_database_is_one_clear_line(tmp_path: Path) -> None:
    """The line names the variable and keeps the password to itself."""
    nowhere = urlencode({"host": tmp_path})
    result = Importer(f"postgresql://me:secret@/x?{nowhere}", tmp_path).run(TAPE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("DATABASE_URL: the database cannot be used: ")
    assert "secret" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_components_and_the_penalty_rate_are_stored(importer: Importer) -> None:
    """By the contract's amortisation; the rate of a tape that has the column."""
    importer.counts(importer.rows({}))
    sums = "SELECT sum(principal_minor), sum(interest_minor) FROM loan_instalments"
    assert importer.fetch(sums) == [(1_000_000, 200_000)]
    first = "SELECT interest_minor, principal_minor FROM loan_instalments WHERE number = 1"
    assert importer.fetch(first) == [(11_725, 88_275)]  # a twelfth of 14.07 %
    file = importer.rows({"loan_id": "L-2", "penalty_rate_percent": "7.5"}, suffix=".jsonl")
    assert importer.counts(file)["imported"] == 1
    assert importer.counts(file)["unchanged"] == 1
    rates = "SELECT penalty_rate_percent::text FROM loans ORDER BY loan_id"
    assert importer.fetch(rates) == [(None,), ("7.5000",)]
    file = importer.rows({"loan_id": "L-2", "penalty_rate_percent": "8"}, suffix=".jsonl")
    assert importer.counts(file)["differs"] == 1


def test_instalments_of_a_real_tape_are_whole(importer: Importer) -> None:
    """Every principal part sums to its loan's principal, whatever the instalments."""
    importer.counts(TAPE)
    wrong = (
        "SELECT l.loan_id FROM loans l JOIN loan_instalments i USING (loan_id) GROUP BY l.loan_id"
        " HAVING sum(i.principal_minor) <> least(l.principal_minor, sum(i.amount_minor))"
        " OR min(least(i.principal_minor, i.interest_minor)) < 0"
    )
    assert importer.fetch(wrong) == []
