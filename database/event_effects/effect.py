"""What effects on the record are made of."""

from datetime import datetime, timedelta
from typing import NamedTuple

from database.sql import SQL, Connection
from domain import events
from domain.plan.authority import WaiverRequest

AFTER_THAT = "send it again, under its id, after that"  # ends the reason, for now, of what waits


class EffectRefusedError(Exception):
    """The record knows a reason against the event; the text is `RULE: reason`."""


class OtherHalfMissingError(EffectRefusedError):
    """For now: the event may come again, under its id, once what it belongs to is on record."""


class EventContext(NamedTuple):
    """Which case an event belongs to, and what its effect needs to know."""

    case_id: str | None  # none of a loan without an open case
    loan_id: str
    visit_id: str | None
    due_at: datetime | None
    now: datetime
    waiver: WaiverRequest | None = None  # of the plan that is decided on
    clock_tolerance: timedelta = timedelta(0)  # how far two clocks may differ


async def nothing(event: events.Event, connection: Connection, context: EventContext) -> None:
    """The event itself is recorded, and changes nothing else in the database."""


async def rule_of_case(
    connection: Connection, context: EventContext, section: str, name: str, before: str
) -> str:
    """The id of a rule in the case's own policy; of a policy that lacks it, our own name for it."""
    rule_id = await SQL.rule_of_case(
        connection, case_id=context.case_id, section=section, rule=name
    )
    return before if rule_id is None else str(rule_id)


def wait_unless(fits: object, reason: str) -> None:
    if not fits:
        raise OtherHalfMissingError(f"LC-RECORD: {reason}; {AFTER_THAT}")


def refuse_unless(fits: object, reason: str, rule_id: str = "LC-RECORD") -> None:
    if not fits:
        raise EffectRefusedError(f"{rule_id}: {reason}")
