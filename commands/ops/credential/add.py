"""`ops.py credential add`: a sending system may come in by the front door."""

import re
from typing import Annotated

import typer

from activities.business_time import real_time
from commands.command_line import CommandError, no_event, open_database
from commands.ops.credential.shown_once import new_salt, show
from database.door.credentials import Credentials
from domain.events import EVENTS
from runtime.settings import door_key_of, load_settings

KeyId = Annotated[str, typer.Argument(metavar="KEY_ID", help="Its name: a-z, 0-9, - and _")]
_KEY_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_SOURCE = re.compile(r"[\x21-\x7e]{1,120}")


async def add(
    key_id: KeyId,
    source: Annotated[str, typer.Option(help="What its events say as their source")],
    event: Annotated[list[str], typer.Option(help="An event it may send; may be repeated")],
    lender: Annotated[
        list[str], typer.Option(help="A lender it may speak of; may be repeated; * for every one")
    ],
    may_name_staff: Annotated[
        bool, typer.Option("--may-name-staff", help="It may name approvers, handlers and crews")
    ] = False,
) -> int:
    """Add a credential and print its secret, which is shown once."""
    _see_words(key_id, source, event)
    settings = load_settings()
    door_key, salt = door_key_of(settings), new_salt()
    async with open_database(settings) as pool:
        added = await Credentials(pool).add(
            key_id, source, event, lender, salt, real_time(), may_name_staff=may_name_staff
        )
        if not added:
            raise CommandError(f"KEY_ID: there is, or was, a credential {key_id}")
        unknown = await Credentials(pool).lenders_without_loans(lender)
    for each in unknown:
        typer.echo(f"no loan of {each} is on record yet: is it spelt as in the tape?", err=True)
    show(door_key, key_id, salt)
    return 0


def _see_words(key_id: str, source: str, names: list[str]) -> None:
    if not _KEY_ID.fullmatch(key_id):
        raise CommandError("KEY_ID: must be 1 to 60 of a-z, 0-9, - and _")
    if not _SOURCE.fullmatch(source):
        raise CommandError("--source: must be 1 to 120 visible ASCII characters")
    unknown = next((name for name in names if name not in EVENTS), None)
    if unknown is not None:
        raise CommandError(f"--event: {no_event(unknown)}")
