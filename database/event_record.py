"""The record of events: each with its effect exactly once, or with the reason of its refusal."""

import json
from collections.abc import Callable
from datetime import datetime

import asyncpg

from database.case.facts import read_facts
from database.event_effects.effect import EffectRefusedError, EventContext
from database.event_effects.table import take_effect
from database.sql import SQL, Connection, Pool
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.events import read_event


class Events:
    """Records events. A repeated call with the same receipt answers as the first one did."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record_event(self, judged: JudgedEvent, clock: Callable[[], datetime]) -> Verdict:
        """Write an event down and let it take effect, in one transaction.

        The time is read once the borrower is locked: what is on record as later was done later.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_borrower(connection, case_id=judged.case_id)
            now = clock()
            await SQL.note_event(connection, case_id=judged.case_id, now=now)
            known = await SQL.known_event(
                connection, loan_id=judged.loan_id, event_id=judged.event_id
            )
            if known is None:
                verdict = await self._record_first(connection, judged, now)
            else:
                verdict = Verdict(
                    accepted=known["accepted"],
                    reason=known["reason"],
                    repeated=known["receipt"] != judged.receipt,
                )
            verdict.facts = await read_facts(connection, judged.case_id, now)
            return verdict

    async def _record_first(
        self, connection: Connection, judged: JudgedEvent, now: datetime
    ) -> Verdict:
        reason = judged.refusal
        if reason is None:
            reason = await _reason_against_effect(connection, judged, now)
        await SQL.append_event(
            connection,
            case_id=judged.case_id,
            loan_id=judged.loan_id,
            event_id=judged.event_id,
            name=judged.name,
            source=judged.source,
            occurred_at=judged.occurred_at,
            received_at=now,
            stage=judged.stage,
            accepted=reason is None,
            reason=reason,
            body=judged.body,
            receipt=judged.receipt,
        )
        return Verdict(accepted=reason is None, reason=reason)


async def _reason_against_effect(
    connection: Connection, judged: JudgedEvent, now: datetime
) -> str | None:
    """Let an accepted event take effect; what the record refuses is undone and explained."""
    context = EventContext(
        case_id=judged.case_id,
        loan_id=judged.loan_id,
        visit_id=judged.visit_id,
        due_at=judged.due_at,
        now=now,
        waiver=judged.waiver,
    )
    try:
        async with connection.transaction():
            event = read_event(judged.name, json.loads(judged.body))
            await take_effect(event, connection, context)
    except EffectRefusedError as error:
        return str(error)
    except asyncpg.IntegrityConstraintViolationError as error:
        # Never retried for ever: the event contradicts the record, and the record says so.
        return f"LC-RECORD: contradicts the record ({error.constraint_name})"
    return None
