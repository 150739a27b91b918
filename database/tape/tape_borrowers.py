"""The borrowers of a loan tape: added where they are not there, completed where they can be."""

from collections.abc import AsyncIterator, Iterable, Sequence

import asyncpg

from database.sql import SQL, Connection
from database.tape.row_results import NumberedRow
from domain.tape.borrower_profile import BorrowerProfile, completed, profile_of
from domain.tape.options import ImportOptions
from domain.tape.row import TapeRow


class TapeBorrowers:
    """Who the rows of one import are about, and how they are reached."""

    def __init__(self, connection: Connection, options: ImportOptions) -> None:
        self._connection = connection
        self._options = options

    async def add(self, rows: Iterable[TapeRow]) -> dict[str, BorrowerProfile]:
        """Add the borrowers that are not there, and return all of them as kept."""
        profiles = dict[str, BorrowerProfile]()
        for row in rows:
            if row.borrower_id not in profiles:
                profiles[row.borrower_id] = profile_of(row, self._options)
        # A fixed order, so that two imports at once wait for each other instead of deadlocking.
        wanted = [profiles[borrower_id] for borrower_id in sorted(profiles)]
        added = await every(
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
            kept = await every(SQL.kept_borrowers(self._connection, borrower_ids=there))
            profiles |= {record["borrower_id"]: BorrowerProfile(**record) for record in kept}
        return profiles

    async def complete(
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


async def every(rows: AsyncIterator[asyncpg.Record]) -> list[asyncpg.Record]:
    """All rows of an answer."""
    return [row async for row in rows]
