"""What is decided about the case itself."""

from database.event_effects.effect import EventContext, refuse_unless, take_effect
from database.sql import SQL, Connection
from domain import events


@take_effect.register
async def _(event: events.PolicyAdopted, connection: Connection, context: EventContext) -> None:
    exists = await SQL.policy_exists(connection, version=event.policy_version)
    refuse_unless(exists, "policy_version: no such policy is stored")
    await SQL.pin_policy(connection, case_id=context.case_id, version=event.policy_version)


@take_effect.register
async def _(event: events.CaseClosed, connection: Connection, context: EventContext) -> None:
    """Nothing yet: the workflow closes what is under way first, then the case."""
