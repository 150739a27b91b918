"""The record of events: each with its effect exactly once, or with the reason of its refusal."""

import json
from collections.abc import Callable
from datetime import datetime

import asyncpg
from pydantic import AwareDatetime, BaseModel

from database.case.facts import read_facts
from database.event_effects import EffectRefusedError, EventContext, take_effect
from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.events import read_event
from domain.plan.authority import WaiverRequest


class Delivery(BaseModel):
    """One event as a workflow received it, with its judgement so far."""

    case_id: str
    loan_id: str
    event_id: str
    name: str
    source: str
    occurred_at: AwareDatetime
    stage: str
    body: str  # JSON text
    refusal: str | None = None  # the reason, when the case's state refuses the event
    receipt: str  # names this delivery: tells a retried write from a repeated event
    visit_id: str | None = None  # of the visit that a request opens
    due_at: AwareDatetime | None = None  # when what the event starts runs out
    waiver: WaiverRequest | None = None  # of the plan that a decision is about


class Verdict(BaseModel):
    """What became of an event."""

    accepted: bool
    reason: str | None = None
    repeated: bool = False  # the event had been counted before
    facts: CaseFacts | None = None


class Events:
    """Records events. A repeated call with the same receipt answers as the first one did."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record_event(self, delivery: Delivery, clock: Callable[[], datetime]) -> Verdict:
        """Write an event down and let it take effect, in one transaction.

        The time is read once the borrower is locked: what is on record as later was done later.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_borrower(connection, case_id=delivery.case_id)
            now = clock()
            await SQL.note_event(connection, case_id=delivery.case_id, now=now)
            known = await SQL.known_event(
                connection, loan_id=delivery.loan_id, event_id=delivery.event_id
            )
            if known is None:
                verdict = await self._record_first(connection, delivery, now)
            else:
                verdict = Verdict(
                    accepted=known["accepted"],
                    reason=known["reason"],
                    repeated=known["receipt"] != delivery.receipt,
                )
            verdict.facts = await read_facts(connection, delivery.case_id, now)
            return verdict

    async def _record_first(
        self, connection: Connection, delivery: Delivery, now: datetime
    ) -> Verdict:
        reason = delivery.refusal
        if reason is None:
            reason = await _reason_against_effect(connection, delivery, now)
        await SQL.append_event(
            connection,
            **delivery.model_dump(exclude={"refusal", "visit_id", "due_at", "waiver"}),
            received_at=now,
            accepted=reason is None,
            reason=reason,
        )
        return Verdict(accepted=reason is None, reason=reason)


async def _reason_against_effect(
    connection: Connection, delivery: Delivery, now: datetime
) -> str | None:
    """Let an accepted event take effect; what the record refuses is undone and explained."""
    context = EventContext(
        case_id=delivery.case_id,
        loan_id=delivery.loan_id,
        visit_id=delivery.visit_id,
        due_at=delivery.due_at,
        now=now,
        waiver=delivery.waiver,
    )
    try:
        async with connection.transaction():
            event = read_event(delivery.name, json.loads(delivery.body))
            await take_effect(event, connection, context)
    except EffectRefusedError as error:
        return str(error)
    except asyncpg.IntegrityConstraintViolationError as error:
        # Never retried for ever: the event contradicts the record, and the record says so.
        return f"LC-RECORD: contradicts the record ({error.constraint_name})"
    return None
