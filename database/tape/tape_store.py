"""Writes the rows of a loan tape: a batch is one transaction, a loan that is there stays."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from database.sql import SQL, Connection
from database.tape.confirmed_phones import confirm_phones
from database.tape.row_results import (
    Differences,
    Hold,
    NumberedRow,
    Stored,
    compared,
    hold_heard,
    hold_of,
    other_loans,
    strangers,
    without_second_rows,
)
from database.tape.tape_borrowers import TapeBorrowers, every
from domain.tape.borrower_profile import BorrowerProfile, differing_fields
from domain.tape.facts import differing_facts
from domain.tape.options import ImportOptions
from domain.tape.report import Outcome
from domain.tape.row import TapeRow, midnight

# The columns that a row and the table of loans share.
_LOAN_COLUMNS = (
    "loan_id",
    "borrower_id",
    "lender",
    "currency",
    "principal_minor",
    "term_months",
    "annual_income_minor",
    "purpose",
    "reported_status",
)


class TapeStore:
    """The loans of one import, over one connection that is the import's own."""

    def __init__(
        self, connection: Connection, options: ImportOptions, now: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._options = options
        self._now = now  # when holds are placed
        self._borrowers = TapeBorrowers(connection, options)

    async def begin(self) -> None:
        """Forget the lines of an earlier import on this connection."""
        await SQL.create_tape_lines(self._connection)
        await SQL.clear_tape_lines(self._connection)

    async def add(self, batch: Sequence[NumberedRow]) -> list[Stored]:
        """Store a batch in one transaction; the answers are in the order of the rows.

        Of a loan that the batch has twice, the first row that is not refused counts.
        """
        async with self._connection.transaction():
            stored: dict[int, Stored] = {}
            while waiting := [numbered for numbered in batch if numbered.line not in stored]:
                stored |= await self._add_some(waiting)
            for line in await self._first_taken(batch, stored):
                stored[line] = stored[line]._replace(is_first=True)
        return [stored[numbered.line] for numbered in batch]

    async def _add_some(self, waiting: Sequence[NumberedRow]) -> dict[int, Stored]:
        """Store the rows of loans that are there, and of each new loan one; at least one of all.

        Nothing of a row is written before it is known not to be refused.
        """
        kept = await self._kept_loans({row.loan_id for _, row in waiting})
        tried = [*without_second_rows(waiting, kept)]
        found = {
            line: differing_facts(row, kept[row.loan_id], self._shift(row))
            for line, row in tried
            if row.loan_id in kept
        }
        stored = other_loans(found)
        theirs = [numbered for numbered in tried if numbered.line not in stored]
        profiles = await self._borrowers.add(row for _, row in theirs)
        stored |= strangers(theirs, profiles)
        known = [numbered for numbered in theirs if numbered.line not in stored]
        lines = await self._note_lines(known)
        results = {
            line: compared(line, lines[row.loan_id], found[line])
            for line, row in known
            if line in found
        }
        stored |= {line: each for line, each in results.items() if each.outcome is Outcome.REJECTED}
        taken = [numbered for numbered in known if numbered.line not in stored]
        of_people = [each for each in taken if _may_tell_of_people(each.row, profiles, kept)]
        filled_in = await self._borrowers.complete(of_people, profiles)
        await confirm_phones(
            self._connection, [row for _, row in of_people], profiles, self._options
        )
        results |= await self._add_new([each for each in taken if each.line not in found], profiles)
        held = await self._hold_known([each for each in taken if each.line in found], found)
        for line, row in taken:
            if line in results:  # else another import was faster: it is kept, the next time
                stored[line] = results[line]._replace(
                    hold=results[line].hold or held.get(row.loan_id),
                    borrower_differences=differing_fields(row, profiles[row.borrower_id]),
                    completed=filled_in.get(line, ()),
                )
        return stored

    async def _add_new(
        self, batch: Sequence[NumberedRow], profiles: Mapping[str, BorrowerProfile]
    ) -> dict[int, Stored]:
        """Add loans that were not there; of those that are there by now, nothing is said."""
        added = await self._add_loans([row for _, row in batch])
        new = [numbered for numbered in batch if numbered.row.loan_id in added]
        rows = [row for _, row in new]
        await self._add_opening_balances(rows, profiles)
        await self._add_schedules(rows)
        held = await self._add_holds(
            [(row, hold) for row in rows if (hold := hold_of(row, profiles[row.borrower_id]))]
        )
        return {line: Stored(Outcome.IMPORTED, hold=held.get(row.loan_id)) for line, row in new}

    async def _hold_known(
        self, batch: Sequence[NumberedRow], found: Mapping[int, Differences]
    ) -> dict[str, Hold]:
        """Loans that are there, of whose borrowers the tape says anew that they are to be left in
        peace.
        """
        return await self._add_holds(
            [(row, hold) for line, row in batch if (hold := hold_heard(row, found[line]))]
        )

    async def _first_taken(
        self, batch: Sequence[NumberedRow], stored: Mapping[int, Stored]
    ) -> list[int]:
        """The lines on which a loan of this tape was taken that no earlier one had brought."""
        lines: dict[str, int] = {}
        for line, row in batch:
            if stored[line].is_taken:
                lines.setdefault(row.loan_id, line)
        new = await every(SQL.note_taken_loans(self._connection, loan_ids=sorted(lines)))
        return [lines[record["loan_id"]] for record in new]

    async def _add_holds(self, wanted: Sequence[tuple[TapeRow, Hold]]) -> dict[str, Hold]:
        """Put on hold the loans of people who are to be left in peace, or cannot be reached; which
        were not before.
        """
        borrower_ids = [row.borrower_id for row, _ in wanted]
        # A run may have a contact in hand: it is before the hold, or sees it.
        await SQL.lock_borrowers(self._connection, borrower_ids=borrower_ids)
        placed = await every(
            SQL.add_tape_holds(
                self._connection,
                loan_ids=[row.loan_id for row, _ in wanted],
                borrower_ids=borrower_ids,
                reasons=[hold.reason.value for _, hold in wanted],
                now=self._now(),
            )
        )
        holds = {row.loan_id: hold for row, hold in wanted}
        return {record["loan_id"]: holds[record["loan_id"]] for record in placed}

    async def _note_lines(self, batch: Sequence[NumberedRow]) -> dict[str, int]:
        """On which line of this tape each loan came first."""
        loan_ids = [row.loan_id for _, row in batch]
        await SQL.note_tape_lines(
            self._connection, loan_ids=loan_ids, lines=[line for line, _ in batch]
        )
        found = await every(SQL.first_tape_lines(self._connection, loan_ids=loan_ids))
        return {record["loan_id"]: record["line"] for record in found}

    async def _add_loans(self, rows: list[TapeRow]) -> set[str]:
        """Add the loans that are not there, and return their ids."""
        loans = [_loan_columns(row) for row in sorted(rows, key=lambda row: row.loan_id)]
        added = await every(SQL.add_loans(self._connection, loans=json.dumps(loans)))
        return {record["loan_id"] for record in added}

    async def _add_opening_balances(
        self, rows: list[TapeRow], profiles: Mapping[str, BorrowerProfile]
    ) -> None:
        payments = []
        for row in rows:
            if row.paid_minor > 0:
                zone = profiles[row.borrower_id].time_zone
                at = midnight(row.as_of + self._shift(row), zone)
                payment_id = f"{row.loan_id}-opening"
                payments.append(
                    (payment_id, row.loan_id, row.paid_minor, "opening", at, at, "loan_tape")
                )
        await self._copy(
            "payments",
            payments,
            "payment_id loan_id amount_minor kind received_at recorded_at source",
        )

    async def _add_schedules(self, rows: list[TapeRow]) -> None:
        """Add the instalments; after the balances, so that the debt is worked out only once."""
        await self._copy(
            "loan_instalments",
            (
                (row.loan_id, number, due_on, due_on, row.installment_minor, parts.interest_minor)
                for row in rows
                for number, (due_on, parts) in enumerate(
                    zip(row.due_dates(self._shift(row)), row.parts(), strict=True), start=1
                )
            ),
            "loan_id number due_on contract_due_on amount_minor interest_minor",
        )

    async def _copy(self, table: str, records: Iterable[tuple[Any, ...]], columns: str) -> None:
        await self._connection.copy_records_to_table(
            table, records=records, columns=columns.split()
        )

    async def _kept_loans(self, loan_ids: set[str]) -> dict[str, dict[str, Any]]:
        if not loan_ids:
            return {}
        kept = await every(SQL.kept_loans(self._connection, loan_ids=sorted(loan_ids)))
        return {record["loan_id"]: dict(record) for record in kept}

    def _shift(self, row: TapeRow) -> timedelta:
        return row.shift_to(self._options.shift_to)


def _may_tell_of_people(
    row: TapeRow, profiles: Mapping[str, BorrowerProfile], kept: Mapping[str, Mapping[str, Any]]
) -> bool:
    """Whether a row says whom to write to. Of who was erased only a loan that is owed may."""
    if not profiles[row.borrower_id].is_erased:
        return True
    return row.loan_id not in kept or kept[row.loan_id]["is_owed"]


def _loan_columns(row: TapeRow) -> dict[str, object]:
    penalty_rate = row.penalty_rate_percent
    return {name: getattr(row, name) for name in _LOAN_COLUMNS} | {
        "penalty_rate_percent": None if penalty_rate is None else str(penalty_rate),
        "annual_rate_percent": str(row.annual_rate_percent),
        "status": row.status,
        "arrears_tolerance_minor": row.tolerance_minor,
    }
