"""`ops.py send LOAN NAME JSON`: one event, and what became of it."""

import secrets
from typing import Annotated, Any

import typer

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import CommandError, LoanId, no_event, open_database, print_json
from database.event_record import Events
from domain.events import EVENTS, UnreadableEventError, read_json
from door.one_path import OnePath
from policies.reader import read_policy
from runtime.settings import load_settings
from temporal.client import connect_temporal
from temporal.delivery import LateAnswerError, NoAnswerError


async def send(
    loan_id: LoanId,
    name: Annotated[str, typer.Argument(help="The event, such as payment_received")],
    body: Annotated[str, typer.Argument(metavar="JSON", help="The event's body, one JSON object")],
) -> int:
    """Send one event and print what became of it. Ends with 1 when it was refused."""
    event = _read_event(name, body)
    settings = load_settings()
    client = await connect_temporal()
    try:
        async with open_database(settings) as pool:
            await warn_of_another_clock(pool, settings)
            events = Events(pool, decisions_by_door_only=settings.decisions_from == "door")
            path = OnePath(
                client,
                events,
                read_policy(settings.policy_file),
                business_time(settings.business_clock),
            )
            answer = await path.bring(loan_id, event, f"ops:{secrets.token_hex(16)}")
    except LateAnswerError as error:
        again = "The event may still be taken in: send it again under the same event_id"
        raise CommandError(f"LOAN {loan_id}: {error} {again}") from error
    except NoAnswerError as error:
        raise CommandError(f"LOAN {loan_id}: {error}") from error
    print_json(answer)
    return 0 if answer["accepted"] else 1


def _read_event(name: str, body: str) -> dict[str, Any]:
    """The event as it is delivered, with its name."""
    if name not in EVENTS:
        raise CommandError(f"NAME: {no_event(name)}")
    try:
        event = read_json(body.encode())
    except UnreadableEventError as error:
        raise CommandError(f"JSON: {error}") from error
    if not isinstance(event, dict):
        raise CommandError("JSON: must be one object, {…}")
    return event | {"name": name}
