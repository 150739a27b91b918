"""Plans and agreements."""

import json

from database.event_effects.effect import EventContext, take_effect
from database.sql import SQL, Connection
from domain import events


@take_effect.register(events.PlanApproved)
@take_effect.register(events.PlanRejected)
async def _(
    event: events.PlanApproved | events.PlanRejected, connection: Connection, context: EventContext
) -> None:
    """The approver's name goes into the agreement that the plan leads to."""


@take_effect.register
async def _(event: events.AgreementSigned, connection: Connection, context: EventContext) -> None:
    await SQL.sign_agreement(
        connection,
        agreement_id=event.agreement_id,
        sha256=event.document_sha256,
        signatories=json.dumps(event.signatories),
        now=context.now,
    )
    await SQL.defer_instalments(connection, agreement_id=event.agreement_id)


@take_effect.register
async def _(event: events.AgreementDeclined, connection: Connection, context: EventContext) -> None:
    await SQL.decline_agreement(connection, agreement_id=event.agreement_id, now=context.now)
