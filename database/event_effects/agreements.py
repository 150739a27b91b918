"""Plans and agreements."""

import json
from datetime import timedelta

from database.event_effects.authority import require_approver, require_not_left
from database.event_effects.effect import (
    EffectRefusedError,
    EventContext,
    refuse_unless,
    rule_of_case,
)
from database.sql import SQL, Connection
from domain import events
from domain.case.facts import PromiseStatus

TWO_CLOCKS = timedelta(minutes=15)  # how far the e-sign platform's may be behind ours


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


async def require_to_work_here(
    event: events.RenegotiationRequested, connection: Connection, context: EventContext
) -> None:
    """Who has left asks for nothing. The request changes nothing until another plan is signed."""
    await require_not_left(connection, "requested_by_id", event.requested_by_id)


async def record_agreement_signed(
    event: events.AgreementSigned, connection: Connection, context: EventContext
) -> None:
    offered_at = await SQL.offered_at(connection, agreement_id=event.agreement_id)
    refuse_unless(
        offered_at is None or event.occurred_at >= offered_at - context.clock_tolerance,
        "occurred_at: lies before the agreement was offered",
        "LC-DOCUMENT",
    )
    await _require_confirmed_costs(event, connection, context)
    replaced = await SQL.supersede_agreement(
        connection, agreement_id=event.agreement_id, now=context.now
    )
    refuse_unless(replaced, "agreement_id: the agreement it replaces is not in force")
    signed = await SQL.sign_agreement(
        connection,
        agreement_id=event.agreement_id,
        sha256=event.document_sha256,
        signatories=json.dumps(event.signatories),
        costs_confirmed_at=event.costs_confirmed_at,
        now=context.now,
    )
    refuse_unless(signed, "agreement_id: the agreement is not offered any more")
    await SQL.charge_penalty(connection, agreement_id=event.agreement_id, now=context.now)
    await SQL.resolve_open_promises(
        connection, case_id=context.case_id, status=PromiseStatus.REPLACED, now=context.now
    )
    await SQL.put_off_instalments(connection, agreement_id=event.agreement_id)


async def _require_confirmed_costs(
    event: events.AgreementSigned, connection: Connection, context: EventContext
) -> None:
    """What was confirmed is this document's table: it was there by then, but for two clocks."""
    offered = await SQL.offered_agreement(connection, agreement_id=event.agreement_id)
    confirmed_at = event.costs_confirmed_at
    refuse_unless(
        confirmed_at is not None
        and (offered is None or confirmed_at >= offered["offered_at"] - TWO_CLOCKS),
        "costs_confirmed_at: lies before the agreement was offered",
        await rule_of_case(connection, context, "plan", "costs_confirmed", "LC-PLAN-COSTS"),
    )


async def record_agreement_declined(
    event: events.AgreementDeclined, connection: Connection, context: EventContext
) -> None:
    await SQL.decline_agreement(connection, agreement_id=event.agreement_id, now=context.now)
