"""The import on a real Postgres: what is stored of a tape's loans and borrowers."""

import csv
from calendar import monthrange
from datetime import UTC, date, datetime

from tests.support.tapes.importer import TAPE, Importer, snapshot


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
        "held": 0,
        "overdue": 68,
        "min_days_past_due": 4,
        "max_days_past_due": 123,
        "as_of": ["2018-07-01"],
        "borrowers_differ": 0,
        "ignored_columns": [],
        "encoding": "utf-8",
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
    before = snapshot(importer)
    assert importer.counts(TAPE) == first | {"imported": 0, "unchanged": 4000}
    assert snapshot(importer) == before
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
    assert importer.fetch(
        "SELECT payment_id, loan_id, amount_minor, kind, received_at, recorded_at,"
        " reversed_at, source FROM payments"
    ) == [("L-1-opening", "L-1", 150_000, "opening", midnight, midnight, None, "loan_tape")]
    assert importer.fetch(
        "SELECT full_name, language, time_zone, phone_id, number, address_id, line, region"
        " FROM borrowers JOIN phones USING (borrower_id) JOIN addresses USING (borrower_id)"
    ) == [
        ("借款人 00001", "zh", "Asia/Shanghai", "B-1-p1", "+8600000000001", "B-1-a1",
         "示例路 1 号, NJ", "NJ"),
    ]  # fmt: skip


def test_what_a_tape_says_of_a_borrower_is_stored(importer: Importer) -> None:
    """JSON lines with the optional columns; the borrower's zone decides when midnight is."""
    told = {"borrower_name": "张三", "phone": "(0086) 138 0000 0001", "address": "Road 1",
            "time_zone": "America/New_York", "language": "en"}  # fmt: skip
    importer.counts(importer.rows(told, suffix=".jsonl"))
    assert importer.fetch(
        "SELECT full_name, language, time_zone, number, written, line, received_at FROM borrowers"
        " JOIN phones USING (borrower_id) JOIN addresses USING (borrower_id), payments"
    ) == [
        ("张三", "en", "America/New_York", "+8613800000001", "(0086) 138 0000 0001", "Road 1",
         datetime(2018, 7, 1, 4, tzinfo=UTC))
    ]  # fmt: skip


def test_contact_person_comes_with_the_tape(importer: Importer) -> None:
    """A second number, under its relation; another one in a later tape is reported."""
    importer.counts(importer.rows({"phone": "13800000001", "contact_person_phone": "13900000009"}))
    assert importer.fetch("SELECT number, relation FROM phones ORDER BY phone_id DESC") == [
        ("+8613800000001", "self"),
        ("+8613900000009", "contact_person"),
    ]
    importer.counts(importer.rows({"phone": "13800000001", "contact_person_phone": "13900000009"}))
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
    """Each date moves by the same days; days past due are as of today, two days later."""
    counted = importer.counts(importer.rows({}), "--shift-to", "2018-06-29")
    assert (counted["as_of"], counted["max_days_past_due"]) == (["2018-06-29"], 125)
    moved = date(2018, 6, 29) - date(2018, 7, 1)
    assert importer.fetch(
        "SELECT due_on FROM loan_instalments WHERE number IN (1, 2) ORDER BY number"
    ) == [(date(2018, 1, 31) + moved,), (date(2018, 2, 28) + moved,)]
    assert importer.fetch("SELECT received_at FROM payments") == [
        (datetime(2018, 6, 30, 16, tzinfo=UTC) + moved,)
    ]
    again = importer.counts(importer.rows({}), "--shift-to", "2018-06-29")
    assert again["unchanged"] == 1
    later = importer.counts(importer.rows({}), "--shift-to", "2018-06-28")
    assert [finding["field"] for finding in later["findings"]] == ["first_due_on"]


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
