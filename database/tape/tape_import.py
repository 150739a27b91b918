"""Imports a loan tape, a batch at a time, and tells of every row that was not simply taken."""

from collections.abc import Callable, Iterator
from datetime import datetime

import asyncpg

from database.errors import unusable_in_words
from database.migrate import apply_migrations
from database.sql import SQL, Connection
from database.tape.row_results import NumberedRow, Stored
from database.tape.tape_store import TapeStore
from domain.contact.hold import HoldReason
from domain.tape.characters import is_readable
from domain.tape.doubts import doubts
from domain.tape.lines import Record, Tape
from domain.tape.options import ImportOptions
from domain.tape.report import Finding, ImportReport, Kind, Outcome
from domain.tape.row import Problem, TapeRow, parse_row

BATCH_ROWS = 500

_COMPLETED = "was missing of the borrower and is kept now; a hold 'data_missing' may be released"

Tell = Callable[[Finding], None]


async def import_tape(
    tape: Tape, database_url: str, options: ImportOptions, tell: Tell, now: Callable[[], datetime]
) -> ImportReport:
    """Store the good rows of a tape; `tell` hears of the others as they are met.

    Memory does not grow with the tape. A batch that was stored stays, whatever comes after. Loans
    that have to wait are on hold from when they are stored, by `now`.

    Raises:
        DatabaseUnusableError: importing the same tape again goes on where it stopped.
        TapeError: for a line in another encoding than the file's.
    """
    with unusable_in_words(OSError):
        await apply_migrations(database_url)
        connection = await asyncpg.connect(database_url)
    try:
        with unusable_in_words(OSError):
            store = TapeStore(connection, options, now)
            reader = _Reader(options, await _known_time_zones(connection), tell)
            await store.begin()
        reader.report.ignored_columns = tape.ignored_columns
        return await _import(tape, store, reader)
    finally:
        with unusable_in_words(OSError):
            await connection.close()


async def _known_time_zones(connection: Connection) -> frozenset[str]:
    """What the database takes for a zone: it works out the borrower's day."""
    return frozenset([row["name"] async for row in SQL.known_time_zones(connection)])


class _Reader:
    """Reads records into rows that can be believed; the others are counted and told."""

    def __init__(self, options: ImportOptions, time_zones: frozenset[str], tell: Tell) -> None:
        self.options = options
        self.tell = tell
        self.report = ImportReport()
        self._time_zones = time_zones

    def batches(self, records: Iterator[Record]) -> Iterator[list[NumberedRow]]:
        """The rows that can be believed; the others are reported on the way."""
        batch: list[NumberedRow] = []
        for record in records:
            row = record.problems or self._believable(record)
            if isinstance(row, TapeRow):
                batch.append(NumberedRow(record.line, row))
            else:
                _reject(record, row, self.report, self.tell)
            if len(batch) == BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    def _believable(self, record: Record) -> TapeRow | list[Problem]:
        row = parse_row(record.fields, self.options.country)
        if isinstance(row, list):
            return row
        problems = doubts(row, self.options)
        zone = row.time_zone or self.options.zone_of(row.region)
        if zone is not None and zone not in self._time_zones:
            problems.append(Problem("time_zone", f"the database does not know {zone}"))
        return problems or row


async def _import(tape: Tape, store: TapeStore, reader: _Reader) -> ImportReport:
    for batch in reader.batches(tape.records):
        # What is read and told between batches has errors of its own.
        with unusable_in_words(OSError):
            found = await store.add(batch)
        for numbered, stored in zip(batch, found, strict=True):
            _note(numbered, stored, reader.report, reader.options, reader.tell)
    return reader.report


def _reject(record: Record, problems: list[Problem], report: ImportReport, tell: Tell) -> None:
    report.count(Outcome.REJECTED)
    loan_id = _readable_id(record)
    for problem in problems:
        tell(Finding(record.line, loan_id, Kind.REJECTED, problem.field, problem.reason))


def _readable_id(record: Record) -> str | None:
    """The loan id of a bad row, when that at least is one."""
    loan_id = record.fields.get("loan_id")
    if isinstance(loan_id, str) and is_readable(loan_id) and len(loan_id) <= 100:
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
    for field in stored.completed:
        tell(Finding(line, row.loan_id, Kind.COMPLETED, field, _COMPLETED))
    if (hold := stored.hold) is not None:
        report.held += 1
        tell(Finding(line, row.loan_id, Kind.HELD, hold.field, _why_held(hold.reason)))
    if stored.is_taken:
        as_of = row.as_of + row.shift_to(options.shift_to)
        report.as_of.add(as_of)
        if stored.is_first:
            report.count_loan(row, options.days_later(as_of))
        if (disagreement := row.disagreement()) is not None:
            report.disagreements += 1
            tell(Finding(line, row.loan_id, Kind.DISAGREEMENT, "reported_status", disagreement))


def _why_held(reason: HoldReason) -> str:
    missing = reason is HoldReason.DATA_MISSING
    why = "is missing; nobody is written to" if missing else "no contact"
    return f"{why} until the hold '{reason}' is released"
