"""`ops.py person BORROWER`: everything kept about a person, for a request for access."""

from typing import Annotated

import typer

from commands.command_line import CommandError, open_database, print_json
from database.case.person import read_person
from runtime.settings import load_settings


async def person(
    borrower_id: Annotated[str, typer.Argument(metavar="BORROWER", help="The borrower's id")],
) -> int:
    """Print everything kept about a borrower as one JSON object, by table."""
    async with open_database(load_settings()) as pool:
        kept = await read_person(pool, borrower_id)
    if kept is None:
        raise CommandError(f"BORROWER {borrower_id}: there is no such borrower")
    print_json(kept)
    return 0
