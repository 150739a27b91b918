"""Plans and agreements."""

import json

from database.event_effects.authority import require_approver
from database.event_effects.effect import (
    EffectRefusedError,
    EventContext,
    refuse_unless,
)
from database.sql import SQL, Connection
from domain import events
from domain.case.facts import PromiseStatus


async def require_authority_to_waive(
    event: events.PlanApproved, connection: Connection, context: EventContext
) -> None:
    """The approver's name goes into the agreement that the plan leads to; the level is checked."""
    level = await require_approver(connection, "approver_id", event.approver_id)
    if (waiver := context.waiver) is None:
        return
    if not waiver.may_grant(level):
        raise EffectRefusedError(
            f"LC-AUTHORITY: approver_id: the level {level} may waive"
            f" {waiver.limits_minor[level]}; a waiver of {waiver.waiver_minor} takes the level"
            f" {waiver.level}"
        )


async def record_agreement_signed(
    event: events.AgreementSigned, connection: Connection, context: EventContext
) -> None:
    offered_at = await SQL.offered_at(connection, agreement_id=event.agreement_id)
    refuse_unless(
        offered_at is None or event.occurred_at >= offered_at - context.clock_tolerance,
        "occurred_at: lies before the agreement was offered",
        "LC-DOCUMENT",
    )
    replaced = await SQL.supersede_agreement(
        connection, agreement_id=event.agreement_id, now=context.now
    )
    refuse_unless(replaced, "agreement_id: the agreement it replaces is not in force")
    signed = await SQL.sign_agreement(
        connection,
        agreement_id=event.agreement_id,
        sha256=event.document_sha256,
        signatories=json.dumps(event.signatories),
        is_disclosed=event.costs_confirmed is True,
        now=context.now,
    )
    refuse_unless(signed, "agreement_id: the agreement is not offered any more")
    await SQL.charge_penalty(connection, agreement_id=event.agreement_id, now=context.now)
    await SQL.resolve_open_promises(
        connection, case_id=context.case_id, status=PromiseStatus.REPLACED, now=context.now
    )
    await SQL.put_off_instalments(connection, agreement_id=event.agreement_id)


async def record_agreement_declined(
    event: events.AgreementDeclined, connection: Connection, context: EventContext
) -> None:
    await SQL.decline_agreement(connection, agreement_id=event.agreement_id, now=context.now)
