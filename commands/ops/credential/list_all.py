"""`ops.py credential list`: who may send what by the front door."""

import json
from typing import Annotated, Any

import typer

from commands.command_line import open_database
from database.door.credentials import Credential, Credentials
from domain.events import EVENTS
from runtime.settings import load_settings


async def list_all(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
) -> int:
    """Print every credential there is or was. No secret is among what is kept."""
    async with open_database(load_settings()) as pool:
        found = await Credentials(pool).all()
    for credential in found:
        shown = _shown(credential)
        typer.echo(json.dumps(shown) if as_json else _line(shown))
    return 0


def _shown(credential: Credential) -> dict[str, Any]:
    shown = credential.model_dump(mode="json", exclude={"salt", "previous_salt"})
    return shown | {"events": [name for name in EVENTS if name in credential.events]}


def _line(shown: dict[str, Any]) -> str:
    staff = ", may name staff" if shown["may_name_staff"] else ""
    state = f"revoked {shown['revoked_at']}" if shown["revoked_at"] else "in force"
    return (
        f"{shown['key_id']}: {state}; source {shown['source']}; lenders"
        f" {', '.join(shown['lenders'])}; {', '.join(shown['events'])}{staff}"
    )
