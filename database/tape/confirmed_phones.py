"""Numbers that a lender has checked to be the borrower's own, as its tape tells."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from database.sql import SQL, Connection
from domain.tape.borrower_profile import BorrowerProfile
from domain.tape.options import ImportOptions
from domain.tape.row import TapeRow, midnight


class Checked(NamedTuple):
    """One number, and when the day of its check began."""

    borrower_id: str
    number: str
    at: datetime


async def confirm_phones(
    connection: Connection,
    rows: Sequence[TapeRow],
    profiles: Mapping[str, BorrowerProfile],
    options: ImportOptions,
) -> None:
    """Note the numbers that were checked: also of borrowers who were there before."""
    checked = list(_checked(rows, profiles, options))
    await SQL.confirm_tape_phones(
        connection,
        borrower_ids=[each.borrower_id for each in checked],
        numbers=[each.number for each in checked],
        confirmed_at=[each.at for each in checked],
    )


def _checked(
    rows: Sequence[TapeRow], profiles: Mapping[str, BorrowerProfile], options: ImportOptions
) -> Iterator[Checked]:
    """What a row says of its number, as far as that is the one that is kept."""
    for row in rows:
        kept, day = profiles[row.borrower_id], row.phone_confirmed_on
        is_kept = row.phone == kept.phone or (row.phone is None and kept.is_made_up)
        if day is not None and kept.phone is not None and is_kept:
            moved = day + row.shift_to(options.shift_to)
            yield Checked(row.borrower_id, kept.phone, midnight(moved, kept.time_zone))
