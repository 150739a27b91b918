"""Loan tapes as a lender would hand them in."""

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

LENDER = "outside-lender"
ROW: dict[str, Any] = {
    "lender": LENDER,
    "currency": "CNY",
    "principal_minor": 1_200_000,
    "annual_rate_percent": "12.0",
    "term_months": 12,
    "installment_minor": 100_000,
    "region": "TEST",
    "annual_income_minor": 12_000_000,
    "purpose": "other",
    "reported_status": "Late (31-120 days)",
    "phone_confirmed_on": "2025-01-02",
}


def write_tape(
    path: Path, as_of: date, days_past_due: Mapping[str, int], paid: Mapping[str, int] | None = None
) -> Path:
    """JSON lines with a loan for each id: its days past due on that day, and what was paid of it.

    On a fast clock the day is the clock's today: an import takes no tape that is a week old.
    """
    rows = [
        ROW
        | {
            "loan_id": loan_id,
            "borrower_id": f"B-{loan_id}",
            "as_of": str(as_of),
            "first_due_on": str(as_of - timedelta(days=days)),
            "paid_minor": (paid or {}).get(loan_id, 0),
        }
        for loan_id, days in days_past_due.items()
    ]
    path = path.with_suffix(".jsonl")
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path
