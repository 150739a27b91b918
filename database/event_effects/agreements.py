"""Plans and agreements."""

import json

from database.event_effects.effect import (
    EffectRefusedError,
    EventContext,
    refuse_unless,
    take_effect,
)
from database.sql import SQL, Connection
from domain import events
from domain.case.facts import PromiseStatus
from domain.plan.authority import Level


@take_effect.register
async def _(event: events.PlanApproved, connection: Connection, context: EventContext) -> None:
    """The approver's name goes into the agreement that the plan leads to; his level is checked."""
    if (waiver := context.waiver) is None:
        return
    member = await SQL.staff_member(connection, staff_id=event.approver_id)
    if member is not None and not member["active"]:
        raise EffectRefusedError("LC-AUTHORITY: approver_id: no longer on the staff")
    level = Level.APPROVER if member is None else Level(member["level"])
    if not waiver.may_grant(level):
        raise EffectRefusedError(
            f"LC-AUTHORITY: approver_id: the level {level} may waive"
            f" {waiver.limits_minor[level]}; a waiver of {waiver.waiver_minor} takes the level"
            f" {waiver.level}"
        )


@take_effect.register
async def _(event: events.PlanRejected, connection: Connection, context: EventContext) -> None:
    """Anybody from outside may say no."""


@take_effect.register
async def _(event: events.AgreementSigned, connection: Connection, context: EventContext) -> None:
    replaced = await SQL.supersede_agreement(
        connection, agreement_id=event.agreement_id, now=context.now
    )
    refuse_unless(replaced, "agreement_id: the agreement it replaces is not in force")
    signed = await SQL.sign_agreement(
        connection,
        agreement_id=event.agreement_id,
        sha256=event.document_sha256,
        signatories=json.dumps(event.signatories),
        now=context.now,
    )
    refuse_unless(signed, "agreement_id: the agreement is not offered any more")
    await SQL.charge_penalty(connection, agreement_id=event.agreement_id, now=context.now)
    await SQL.resolve_open_promises(
        connection, case_id=context.case_id, status=PromiseStatus.REPLACED, now=context.now
    )
    await SQL.defer_instalments(connection, agreement_id=event.agreement_id)


@take_effect.register
async def _(
    event: events.RenegotiationRequested, connection: Connection, context: EventContext
) -> None:
    """Nothing yet: the plan in force goes on until another one is signed."""


@take_effect.register
async def _(event: events.AgreementDeclined, connection: Connection, context: EventContext) -> None:
    await SQL.decline_agreement(connection, agreement_id=event.agreement_id, now=context.now)
