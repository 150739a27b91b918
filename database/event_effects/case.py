"""What is decided about the case itself."""

from database.event_effects.effect import EventContext, refuse_unless
from database.sql import SQL, Connection
from domain import events


async def record_policy_adopted(
    event: events.PolicyAdopted, connection: Connection, context: EventContext
) -> None:
    exists = await SQL.policy_exists(connection, version=event.policy_version)
    refuse_unless(exists, "policy_version: no such policy is stored")
    is_overtaken = await SQL.is_adoption_overtaken(
        connection, case_id=context.case_id, occurred_at=event.occurred_at
    )
    refuse_unless(not is_overtaken, "occurred_at: another policy was adopted later", "LC-TIME")
    await SQL.pin_policy(connection, case_id=context.case_id, version=event.policy_version)
