"""The record of events: each with its effect exactly once, or with the reason of its refusal."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg
from pydantic import ValidationError

from database.case.facts import read_facts
from database.event_effects.effect import EffectRefusedError, EventContext, OtherHalfMissingError
from database.event_effects.table import take_effect
from database.sql import SQL, Connection, Pool
from domain.case.events.claims import claimed_attempt
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.case.events.table import EVENT_TABLE
from domain.case.events.without_case import (
    IncomingEvent,
    LoanAtRest,
    judge_without_case,
)
from domain.case.facts import CaseFacts
from domain.events import UnreadableEventError, read_event_on_record
from domain.policy.policy import Policy

_SAID_ANEW = ("occurred_at", "source")  # by a sender who is not sure of having been heard


class CaseOpenError(Exception):
    """The loan has an open case: its workflow takes the event in."""


class UnknownLoanError(LookupError):
    """There is no such loan."""


class Events:
    """Records events. A repeated call with the same receipt answers as the first one did."""

    def __init__(self, pool: Pool, *, decisions_by_door_only: bool = False) -> None:
        self._pool = pool
        self._decisions_by_door_only = decisions_by_door_only

    async def record_event(self, judged: JudgedEvent, clock: Callable[[], datetime]) -> Verdict:
        """Write an event down and let it take effect, in one transaction.

        The time is read once the borrower is locked: what is on record as later was done later.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_borrower(connection, loan_id=judged.loan_id)
            now = clock()
            verdict = await self._record(connection, judged, now)
            if judged.case_id is not None:
                verdict.facts = await _facts_if_readable(connection, judged.case_id, now)
            return verdict

    async def record_without_case(
        self, loan_id: str, incoming: IncomingEvent, policy: Policy, clock: Callable[[], datetime]
    ) -> Verdict:
        """Judge and record an event of a loan that has no open case, by the same table.

        Raises:
            CaseOpenError: when it has one: its workflow takes the event in.
            UnknownLoanError: when there is no such loan.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            if await SQL.lock_borrower(connection, loan_id=loan_id) is None:
                raise UnknownLoanError(loan_id)
            now = clock()
            attempt_id = claimed_attempt(incoming.body)
            row = await SQL.loan_at_rest(connection, loan_id=loan_id, attempt_id=attempt_id)
            if row["has_open_case"]:
                raise CaseOpenError(loan_id)
            judged = judge_without_case(incoming, _at_rest(loan_id, row), policy, now)
            return await self._record(connection, judged, now)

    async def _record(self, connection: Connection, judged: JudgedEvent, now: datetime) -> Verdict:
        await SQL.note_event(connection, loan_id=judged.loan_id, now=now)
        known = await SQL.known_event(
            connection, loan_id=judged.loan_id, event_id=judged.event_id, receipt=judged.receipt
        )
        if known is None:
            return await self._record_first(connection, judged, now)
        is_repeated = known["receipt"] != judged.receipt
        if is_repeated and (fields := _differences(known, judged)):
            return Verdict(
                accepted=False,
                reason=f"LC-RECORD: event_id: was used before, with another {', '.join(fields)};"
                " another event needs an id of its own",
                repeated=True,
            )
        return Verdict(
            accepted=known["accepted"],
            reason=known["reason"],
            repeated=is_repeated,
            may_come_again=known["may_come_again"],
        )

    async def _record_first(
        self, connection: Connection, judged: JudgedEvent, now: datetime
    ) -> Verdict:
        sent_by = await _verified_sender(connection, judged)
        reason, may_come_again = judged.refusal or self._unverified(judged, sent_by), False
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
            sent_by=sent_by,
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

    def _unverified(self, judged: JudgedEvent, sent_by: str | None) -> str | None:
        """Why a decision does not count: nobody knows whose it is."""
        if sent_by is not None or not self._decisions_by_door_only:
            return None
        row = EVENT_TABLE.get(judged.name)
        if row is None or not row.is_decision:
            return None
        return "LC-SENDER: decisions are taken from the front door only, whose senders are verified"


async def _verified_sender(connection: Connection, judged: JudgedEvent) -> str | None:
    """The credential of who sent an event by the front door."""
    if judged.ticket is None:
        return None
    sent_by: str | None = await SQL.verified_sender(
        connection,
        loan_id=judged.loan_id,
        event_id=judged.event_id,
        name=judged.name,
        ticket=judged.ticket,
    )
    return sent_by


def _differences(known: Mapping[str, Any], judged: JudgedEvent) -> list[str]:
    """In what an event is not the one that is known by its id, whenever and by whom it is said.

    Of what was erased since, or could not be read, nobody can tell.
    """
    if known["name"] != judged.name:
        return ["name"]
    bodies = json.loads(known["body"]), json.loads(judged.body)
    if not known["accepted"] or not all(isinstance(body, dict) for body in bodies):
        return []
    try:
        was, now = (read_event_on_record(judged.name, body) for body in bodies)
    except UnreadableEventError:
        return []
    return [
        name
        for name, field in type(now).model_fields.items()
        if getattr(was, name) != getattr(now, name) and name not in _SAID_ANEW
        if name in bodies[0] or field.exclude_if is not None  # else it is kept no more, or not yet
    ]


def _at_rest(loan_id: str, row: Mapping[str, Any]) -> LoanAtRest:
    return LoanAtRest(
        loan_id=loan_id,
        case_of_call=row["case_of_call"],
        facts=CaseFacts(
            borrower_id=row["borrower_id"],
            lender=row["lender"],
            currency=row["currency"],
            time_zone=row["time_zone"],
            overdue_since=None,
            arrears_minor=0,
            outstanding_minor=0,
            complaints=json.loads(row["complaints"]),
        ),
    )


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
