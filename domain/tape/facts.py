"""What a tape tells of a loan, compared with what is kept of it."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from domain.tape.row import TapeRow

# The facts of a loan besides its due dates, under the names of the tape's columns. Its day,
# as_of, is not among them: the same loan on the next day's tape is the same loan.
FACTS = (
    "borrower_id",
    "lender",
    "currency",
    "principal_minor",
    "annual_rate_percent",
    "penalty_rate_percent",
    "term_months",
    "installment_minor",
    "paid_minor",
    "annual_income_minor",
    "purpose",
    "reported_status",
)


def differing_facts(
    row: TapeRow, kept: Mapping[str, Any], shift: timedelta
) -> list[tuple[str, str]]:
    """(field, reason) for each fact of a row that is not the kept one.

    `kept` has the `FACTS` and `due_dates`, the contract's dates from first to last; of what was
    erased (`was_erased`) nothing is a difference.
    """
    found = [
        (name, f"{kept[name]} is kept, the tape says {getattr(row, name)}")
        for name in FACTS
        if kept[name] != getattr(row, name) and not (kept["was_erased"] and kept[name] is None)
    ]
    if (moved := _first_moved(kept["due_dates"], row.due_dates(shift))) is not None:
        found.append(("first_due_on", moved))
    return found


def _first_moved(kept: list[date], told: list[date]) -> str | None:
    # Schedules of different length differ in term_months already.
    for number, (old, new) in enumerate(zip(kept, told, strict=False), start=1):
        if old != new:
            return f"{old} is kept as the due date of instalment {number}, the tape says {new}"
    return None
