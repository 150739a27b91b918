"""What becomes of the rows of a tape: which are tried, which refused and why, which wait."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.contact.hold import HoldReason
from domain.debt.status import LoanStatus
from domain.tape.borrower_profile import BorrowerProfile, stranger
from domain.tape.report import Outcome
from domain.tape.row import TapeRow

# What makes the same id another loan.
_IDENTITY = ("lender", "borrower_id")
_STATUS = "reported_status"
Differences = Sequence[tuple[str, str]]  # (field, reason) for each


class NumberedRow(NamedTuple):
    """A row and the line it stands on."""

    line: int
    row: TapeRow


class Hold(NamedTuple):
    """Why a loan waits, and on which column of the tape."""

    reason: HoldReason
    field: str


class Stored(NamedTuple):
    """What became of a row, with what is otherwise than what is kept."""

    outcome: Outcome
    differences: Differences = ()
    borrower_differences: Sequence[str] = ()  # columns of the tape
    completed: Sequence[str] = ()  # the same, which were missing of the borrower before
    hold: Hold | None = None  # on which the loan waits from now on
    is_first: bool = False  # of the rows of its loan that were taken

    @property
    def is_taken(self) -> bool:
        """Whether the loan is in the database as the row says."""
        return self.outcome in (Outcome.IMPORTED, Outcome.UNCHANGED)


def without_second_rows(
    batch: Sequence[NumberedRow], kept: Mapping[str, object]
) -> Iterator[NumberedRow]:
    """The rows, but of each loan that is not there only the first."""
    begun = set[str]()
    for numbered in batch:
        loan_id = numbered.row.loan_id
        if loan_id in kept or loan_id not in begun:
            begun.add(loan_id)
            yield numbered


def other_loans(found: Mapping[int, Differences]) -> dict[int, Stored]:
    """The rows whose loan is not the kept one of its id, by their line."""
    others: dict[int, Stored] = {}
    for line, differences in found.items():
        reasons = [f"is another loan: {why}" for field, why in differences if field in _IDENTITY]
        if reasons:
            others[line] = _rejected("loan_id", *reasons)
    return others


def strangers(
    batch: Sequence[NumberedRow], profiles: Mapping[str, BorrowerProfile]
) -> dict[int, Stored]:
    """The rows whose borrower is not the kept one, by their line."""
    found = ((line, stranger(row, profiles[row.borrower_id])) for line, row in batch)
    return {line: _rejected("borrower_id", reason) for line, reason in found if reason is not None}


def compared(line: int, first_line: int, differences: Differences) -> Stored:
    """A row of a loan that is there, which came first on one line of this tape."""
    if not differences:
        return Stored(Outcome.UNCHANGED)
    if line == first_line:
        return Stored(Outcome.DIFFERS, differences)
    names = ", ".join(name for name, _ in differences)
    return _rejected("loan_id", f"also on line {first_line}; here with another {names}")


def hold_of(row: TapeRow, profile: BorrowerProfile) -> Hold | None:
    """On which a new loan waits, if it does."""
    if row.status is not LoanStatus.ACTIVE:
        return None
    if (hold := _hold_told(row)) is None and (missing := profile.missing):
        return Hold(HoldReason.DATA_MISSING, missing[0])
    return hold


def hold_heard(row: TapeRow, differences: Differences) -> Hold | None:
    """On which a loan waits that is there, if the tape says anew what asks for it."""
    says_anew = any(field == _STATUS for field, _ in differences)
    return _hold_told(row) if says_anew and row.status is LoanStatus.ACTIVE else None


def _hold_told(row: TapeRow) -> Hold | None:
    return None if row.hold is None else Hold(row.hold, _STATUS)


def _rejected(field: str, *reasons: str) -> Stored:
    return Stored(Outcome.REJECTED, [(field, reason) for reason in reasons])
