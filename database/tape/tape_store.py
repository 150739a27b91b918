"""Writes the rows of a loan tape: a batch is one transaction, a loan that is there stays."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import asyncpg

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
from domain.tape.borrower_profile import BorrowerProfile, completed, differing_fields, profile_of
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
        profiles = await self._add_borrowers(row for _, row in theirs)
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
        filled_in = await self._complete(of_people, profiles)
        await confirm_phones(
            self._connection, [row for _, row in of_people], profiles, self._options
        )
        results |= await self._add_new([each for each in taken if each.line not in found], profiles)
        held = await self._hold_known([each for each in taken if each.line in found], found)
        for line, row in taken:
            if line in results:  # else another import was faster: it is kept, the next time
                stored[line] = results[line]._replace(
                    hold=results[line].hold or held.get(row.loan_id),
                    borrower_differences=()
                    if profiles[row.borrower_id].is_erased
                    else differing_fields(row, profiles[row.borrower_id]),
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
        holds = {row.loan_id: hold_of(row, profiles[row.borrower_id]) for row in rows}
        held = await self._add_holds(rows, holds)
        return {line: Stored(Outcome.IMPORTED, hold=held.get(row.loan_id)) for line, row in new}

    async def _hold_known(
        self, batch: Sequence[NumberedRow], found: Mapping[int, Differences]
    ) -> dict[str, Hold]:
        """Loans that are there, of whose borrowers the tape says anew that they are to be left in
        peace.
        """
        told = [(row, hold) for line, row in batch if (hold := hold_heard(row, found[line]))]
        return await self._add_holds(
            [row for row, _ in told], {row.loan_id: hold for row, hold in told}
        )

    async def _first_taken(
        self, batch: Sequence[NumberedRow], stored: Mapping[int, Stored]
    ) -> list[int]:
        """The lines on which a loan of this tape was taken that no earlier one had brought."""
        lines: dict[str, int] = {}
        for line, row in batch:
            if stored[line].is_taken:
                lines.setdefault(row.loan_id, line)
        new = await _all(SQL.note_taken_loans(self._connection, loan_ids=sorted(lines)))
        return [lines[record["loan_id"]] for record in new]

    async def _add_borrowers(self, rows: Iterable[TapeRow]) -> dict[str, BorrowerProfile]:
        """Add the borrowers that are not there, and return all of them as kept."""
        profiles = dict[str, BorrowerProfile]()
        for row in rows:
            if row.borrower_id not in profiles:
                profiles[row.borrower_id] = profile_of(row, self._options)
        # A fixed order, so that two imports at once wait for each other instead of deadlocking.
        wanted = [profiles[borrower_id] for borrower_id in sorted(profiles)]
        added = await _all(
            SQL.add_borrowers(
                self._connection,
                borrower_ids=[profile.borrower_id for profile in wanted],
                names=[profile.full_name for profile in wanted],
                languages=[profile.language for profile in wanted],
                time_zones=[profile.time_zone for profile in wanted],
                made_up=[profile.is_made_up for profile in wanted],
            )
        )
        new = [profiles[record["borrower_id"]] for record in added]
        await self._add_contacts(new)
        if len(new) < len(wanted):
            there = sorted(profiles.keys() - {profile.borrower_id for profile in new})
            kept = await _all(SQL.kept_borrowers(self._connection, borrower_ids=there))
            profiles |= {record["borrower_id"]: BorrowerProfile(**record) for record in kept}
        return profiles

    async def _complete(
        self, batch: Sequence[NumberedRow], profiles: dict[str, BorrowerProfile]
    ) -> dict[int, list[str]]:
        """Fill in what was missing of borrowers; which columns, by the line that had them."""
        filled_in: dict[int, list[str]] = {}
        changed: dict[str, BorrowerProfile] = {}
        for line, row in batch:
            profile, columns = completed(profiles[row.borrower_id], row)
            if columns:
                filled_in[line] = columns
                profiles[row.borrower_id] = changed[row.borrower_id] = profile
        if not changed:
            return filled_in
        wanted = [changed[borrower_id] for borrower_id in sorted(changed)]
        await SQL.fill_in_names(
            self._connection,
            borrower_ids=[profile.borrower_id for profile in wanted],
            names=[profile.full_name for profile in wanted],
        )
        await self._add_contacts(wanted)
        return filled_in

    async def _add_holds(
        self, rows: Sequence[TapeRow], holds: Mapping[str, Hold | None]
    ) -> dict[str, Hold]:
        """Put on hold the loans of people who are to be left in peace, or cannot be reached; which
        were not before.
        """
        held = {row.loan_id: (row, hold) for row in rows if (hold := holds[row.loan_id])}
        # A run may have a contact in hand: it is before the hold, or sees it.
        await SQL.lock_borrowers(
            self._connection, borrower_ids=[row.borrower_id for row, _ in held.values()]
        )
        placed = await _all(
            SQL.add_tape_holds(
                self._connection,
                loan_ids=list(held),
                borrower_ids=[row.borrower_id for row, _ in held.values()],
                reasons=[hold.reason.value for _, hold in held.values()],
                now=self._now(),
            )
        )
        return {record["loan_id"]: held[record["loan_id"]][1] for record in placed}

    async def _add_contacts(self, profiles: list[BorrowerProfile]) -> None:
        phones = [(profile.borrower_id, phone) for profile in profiles for phone in profile.phones]
        await SQL.add_phones(
            self._connection,
            borrower_ids=[borrower_id for borrower_id, _ in phones],
            phone_ids=[phone.phone_id for _, phone in phones],
            numbers=[phone.number for _, phone in phones],
            written=[phone.written for _, phone in phones],
            relations=[phone.relation.value for _, phone in phones],
        )
        homes = [profile for profile in profiles if profile.address]
        await SQL.add_addresses(
            self._connection,
            address_ids=[profile.address_id for profile in homes],
            borrower_ids=[profile.borrower_id for profile in homes],
            address_lines=[profile.address for profile in homes],
            regions=[profile.region for profile in homes],
        )

    async def _note_lines(self, batch: Sequence[NumberedRow]) -> dict[str, int]:
        """On which line of this tape each loan came first."""
        loan_ids = [row.loan_id for _, row in batch]
        await SQL.note_tape_lines(
            self._connection, loan_ids=loan_ids, lines=[line for line, _ in batch]
        )
        found = await _all(SQL.first_tape_lines(self._connection, loan_ids=loan_ids))
        return {record["loan_id"]: record["line"] for record in found}

    async def _add_loans(self, rows: list[TapeRow]) -> set[str]:
        """Add the loans that are not there, and return their ids."""
        loans = [_loan_columns(row) for row in sorted(rows, key=lambda row: row.loan_id)]
        added = await _all(SQL.add_loans(self._connection, loans=json.dumps(loans)))
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
        kept = await _all(SQL.kept_loans(self._connection, loan_ids=sorted(loan_ids)))
        return {record["loan_id"]: dict(record) for record in kept}

    def _shift(self, row: TapeRow) -> timedelta:
        return row.shift_to(self._options.shift_to)


async def _all(rows: AsyncIterator[asyncpg.Record]) -> list[asyncpg.Record]:
    return [row async for row in rows]


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
