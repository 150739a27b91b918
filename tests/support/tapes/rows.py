"""A good row of a loan tape, changed as said; read, or with what is wrong with it."""

from typing import Any

from domain.tape.row import TapeRow, parse_row

ROW = {
    "loan_id": "L-1",
    "borrower_id": "B-00001",
    "lender": "a-lender",
    "currency": "CNY",
    "principal_minor": "1200000",
    "annual_rate_percent": "14.07",
    "term_months": "12",
    "installment_minor": "110000",
    "first_due_on": "2018-02-15",
    "paid_minor": "0",
    "as_of": "2018-07-01",
    "region": "NJ",
    "annual_income_minor": "9000000",
    "purpose": "moving",
    "reported_status": "Current",
}


def row(**changes: Any) -> TapeRow:
    parsed = parse_row(ROW | changes)
    assert isinstance(parsed, TapeRow), parsed
    return parsed


def problems(**changes: Any) -> dict[str, str]:
    parsed = parse_row(ROW | changes)
    assert isinstance(parsed, list), parsed
    return {problem.field: problem.reason for problem in parsed}
