"""The loans of a simulation: those of a tape, and over again, up to the number asked for."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

from domain.debt.status import LoanStatus
from domain.tape.lines import TapeError, read_tape
from domain.tape.row import TapeRow, parse_row
from simulation.world.ledger import Ledger


class BookError(ValueError):
    """A tape that no simulation can begin with; the text is one clear line."""


class Loan(NamedTuple):
    """One loan as the simulation begins. `number` is its place among all, from 1."""

    number: int
    row: TapeRow
    shift: timedelta  # by which every date of the row moves

    @property
    def loan_id(self) -> str:
        return f"{self.row.loan_id}-{self.number}"

    def ledger(self) -> Ledger:
        row = self.row
        dues = row.due_dates(self.shift)
        return Ledger(dues, row.installment_minor, row.paid_minor, row.tolerance_minor)


class Book(NamedTuple):
    """The active loans of a tape, and the day from which they are simulated."""

    rows: list[TapeRow]
    begins: date
    left_out: int = 0  # loans that are settled or written off already, rows that cannot be read

    def loan(self, number: int) -> Loan:
        """The loan of a number: the tape's first again after its last."""
        row = self.rows[(number - 1) % len(self.rows)]
        return Loan(number, row, self.begins - row.as_of)


def read_book(path: Path, begins: date, country: str) -> Book:
    """The book of a tape, its day moved to `begins`. Numbers without a code are of `country`.

    Raises:
        BookError: naming the file, when it cannot be read or has no active loan.
    """
    try:
        with path.open("rb") as lines:
            read = list(_rows(lines, path.suffix, country))
    except OSError as error:
        raise BookError(f"{path}: cannot be read: {error.strerror}") from error
    except TapeError as error:
        raise BookError(f"{path}: {error}") from error
    rows = [row for row in read if row is not None and row.status is LoanStatus.ACTIVE]
    if not rows:
        raise BookError(f"{path}: no row is an active loan that can be read")
    return Book(rows, begins, len(read) - len(rows))


def _rows(lines: Iterable[bytes], suffix: str, country: str) -> Iterator[TapeRow | None]:
    for record in read_tape(lines, suffix).records:
        row = None if record.problems else parse_row(record.fields, country)
        yield row if isinstance(row, TapeRow) else None
