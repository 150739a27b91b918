"""The record of events: each with its effect exactly once, or with the reason of its refusal."""

import json
from collections.abc import Callable
from datetime import datetime

import asyncpg
from pydantic import ValidationError

from database.case.facts import read_facts
from database.event_effects.effect import EffectRefusedError, EventContext, OtherHalfMissingError
from database.event_effects.table import take_effect
from database.sql import SQL, Connection, Pool
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.case.facts import CaseFacts
from domain.events import read_event_on_record


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
                connection,
                loan_id=judged.loan_id,
                event_id=judged.event_id,
                receipt=judged.receipt,
            )
            if known is None:
                verdict = await self._record_first(connection, judged, now)
            else:
                verdict = Verdict(
                    accepted=known["accepted"],
                    reason=known["reason"],
                    repeated=known["receipt"] != judged.receipt,
                    may_come_again=known["may_come_again"],
                )
            verdict.facts = await _facts_if_readable(connection, judged.case_id, now)
            return verdict

    async def _record_first(
        self, connection: Connection, judged: JudgedEvent, now: datetime
    ) -> Verdict:
        reason, may_come_again = judged.refusal, False
        if reason is None:
            try:
                reason = await _reason_against_effect(connection, judged, now)
            except OtherHalfMissingError as error:
                reason, may_come_again = str(error), True
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
            may_come_again=may_come_again,
            body=judged.body,
            receipt=judged.receipt,
            judged_at=judged.judged_at,
        )
        if reason is None and judged.plan is not None:
            await SQL.propose_plan(
                connection,
                plan_id=judged.plan.plan_id,
                case_id=judged.case_id,
                event_id=judged.event_id,
                proposed=judged.plan.model_dump_json(),
            )
        return Verdict(accepted=reason is None, reason=reason, may_come_again=may_come_again)


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
        clock_tolerance=judged.clock_tolerance,
    )
    try:
        async with connection.transaction():
            event = read_event_on_record(judged.name, json.loads(judged.body))
            await take_effect(event, connection, context)
    except OtherHalfMissingError:
        raise
    except EffectRefusedError as error:
        return str(error)
    except asyncpg.IntegrityConstraintViolationError as error:
        # Never retried for ever: the event contradicts the record, and the record says so.
        return f"LC-RECORD: contradicts the record ({error.constraint_name})"
    except asyncpg.DataError as error:
        return f"LC-RECORD: the record cannot reckon with it ({type(error).__name__})"
    return None


async def _facts_if_readable(
    connection: Connection, case_id: str, now: datetime
) -> CaseFacts | None:
    """None where others have written what no facts can be made of: the event is recorded still."""
    try:
        async with connection.transaction():
            return await read_facts(connection, case_id, now)
    except (asyncpg.DataError, ValidationError):
        return None
