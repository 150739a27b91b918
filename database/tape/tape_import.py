"""Imports a loan tape, a batch at a time, and tells of every row that was not simply taken."""

from collections.abc import Callable, Iterator

import asyncpg

from database.errors import unusable_in_words
from database.migrate import apply_migrations
from database.sql import Connection
from database.tape.tape_store import ImportOptions, NumberedRow, Stored, TapeStore
from domain.tape.lines import Record, Tape
from domain.tape.report import Finding, ImportReport, Kind, Outcome
from domain.tape.row import Problem, TapeRow, parse_row

BATCH_ROWS = 500

Tell = Callable[[Finding], None]


async def import_tape(
    tape: Tape, database_url: str, options: ImportOptions, tell: Tell
) -> ImportReport:
    """Store the good rows of a tape; `tell` hears of the others as they are met.

    Memory does not grow with the tape. A batch that was stored stays, whatever comes after.

    Raises:
        DatabaseUnusableError: importing the same tape again goes on where it stopped.
    """
    with unusable_in_words(OSError):
        await apply_migrations(database_url)
        connection = await asyncpg.connect(database_url)
        try:
            return await _import(tape, connection, options, tell)
        finally:
            await connection.close()


async def _import(
    tape: Tape, connection: Connection, options: ImportOptions, tell: Tell
) -> ImportReport:
    report = ImportReport(ignored_columns=tape.ignored_columns)
    store = TapeStore(connection, options)
    await store.begin()
    for batch in _batches(tape.records, report, tell):
        for numbered, stored in zip(batch, await store.add(batch), strict=True):
            _note(numbered, stored, report, options, tell)
    return report


def _batches(
    records: Iterator[Record], report: ImportReport, tell: Tell
) -> Iterator[list[NumberedRow]]:
    """The rows that can be believed; the others are reported on the way."""
    batch: list[NumberedRow] = []
    for record in records:
        row = record.problems or parse_row(record.fields)
        if isinstance(row, TapeRow):
            batch.append(NumberedRow(record.line, row))
        else:
            _reject(record, row, report, tell)
        if len(batch) == BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _reject(record: Record, problems: list[Problem], report: ImportReport, tell: Tell) -> None:
    report.count(Outcome.REJECTED)
    loan_id = _readable_id(record)
    for problem in problems:
        tell(Finding(record.line, loan_id, Kind.REJECTED, problem.field, problem.reason))


def _readable_id(record: Record) -> str | None:
    """The loan id of a bad row, when that at least is one."""
    loan_id = record.fields.get("loan_id")
    if isinstance(loan_id, str) and loan_id.isprintable() and len(loan_id) <= 100:
        return loan_id or None
    return None


def _note(
    numbered: NumberedRow,
    stored: Stored,
    report: ImportReport,
    options: ImportOptions,
    tell: Tell,
) -> None:
    line, row = numbered
    report.count(stored.outcome)
    for field, reason in stored.differences:
        kind = Kind.REJECTED if stored.outcome is Outcome.REJECTED else Kind.DIFFERS
        tell(Finding(line, row.loan_id, kind, field, reason))
    other = f"is not what is kept of borrower {row.borrower_id}, which stays"
    for field in stored.borrower_differences:
        tell(Finding(line, row.loan_id, Kind.BORROWER_DIFFERS, field, other))
    report.borrowers_differ += bool(stored.borrower_differences)
    if stored.outcome in (Outcome.IMPORTED, Outcome.UNCHANGED):
        report.count_taken(row, row.as_of + row.shift_to(options.shift_to))
        if (disagreement := row.disagreement()) is not None:
            report.disagreements += 1
            tell(Finding(line, row.loan_id, Kind.DISAGREEMENT, "reported_status", disagreement))
