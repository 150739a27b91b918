"""Cases from the moment their workflow takes them up: their stage and their end."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from database.case.facts import CaseNotFoundError, read_facts, read_facts_and_statement
from database.case.overpaid import read_overpaid
from database.sql import SQL, Connection, Pool
from domain.case.complaints import OpenComplaint
from domain.case.facts import CaseFacts, Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.state import KeptMoments
from domain.debt.status import LoanStatus
from domain.plan.status import AgreementStatus
from domain.policy.policy import Policy

# What a loan becomes when its case ends for good. After `cured` and `plan_completed` it goes on.
_LOAN_STATUS = {
    Outcome.SETTLED: LoanStatus.SETTLED,
    Outcome.HANDED_TO_LEGAL: LoanStatus.IN_LEGAL,
    Outcome.WRITTEN_OFF: LoanStatus.WRITTEN_OFF,
    Outcome.TRANSFERRED: LoanStatus.TRANSFERRED,
    Outcome.WITHDRAWN: LoanStatus.WITHDRAWN,
}


class PinnedCase(NamedTuple):
    """A case's policy and number, the end asked for, and what it has seen of visits and plans."""

    policy: Policy
    closed_as: Outcome | None
    number: int
    applications: int
    visits: int
    last_visit_ended_at: datetime | None
    cooling_until: datetime | None
    plans: int
    broken_plans: int


class Cases:
    """Reads and writes cases. Every method is one transaction and may be repeated."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read_facts(self, case_id: str, now: datetime) -> CaseFacts:
        """What the database says about a case at a moment, with the debt by component."""
        return await read_facts_and_statement(self._pool, case_id, now)

    async def take_up_case(self, case_id: str) -> PinnedCase:
        """Mark the case's workflow as running; answers with the policy the case is pinned to."""
        row = await SQL.take_up_case(self._pool, case_id=case_id)
        if row is None:
            raise CaseNotFoundError(case_id)
        policy = Policy.model_validate_json(row["policy"])
        closed_as = row["closed_as"] and Outcome(row["closed_as"])
        return PinnedCase(**{**row, "policy": policy, "closed_as": closed_as})

    async def enter_stage(
        self, case_id: str, stage: str, moments: KeptMoments | None, now: datetime
    ) -> CaseFacts:
        """Record where a case stands; answers with fresh facts."""
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.enter_stage(connection, case_id=case_id, stage=stage, now=now)
            if moments is not None:
                await _keep_moments(connection, case_id, moments)
            return await read_facts(connection, case_id, now)

    async def keep_moments(self, case_id: str, moments: KeptMoments) -> None:
        """Record what follows from no event: a deadline, a pause, when a hold began or ended."""
        await _keep_moments(self._pool, case_id, moments)

    async def close_case(
        self,
        case_id: str,
        outcome: Outcome,
        decided_at: datetime,
        clock: Callable[[], datetime],
        moments: KeptMoments | None = None,
    ) -> CaseFacts | None:
        """End a case: its loan's status, its agreement and what the agreement waives.

        None when it has ended. When what was due at `decided_at` is not paid in this way any more,
        it stays as it is, and the answer is what is owed now; what has fallen due since is another
        case. The time is read as for an event, under the same lock.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.lock_borrower_of_case(connection, case_id=case_id)
            now = clock()
            loan_id = await SQL.loan_of_open_case(connection, case_id=case_id)
            if loan_id is None:  # a repeated call
                return None
            if outcome.is_paid:
                facts = await read_facts(connection, case_id, decided_at)
                if facts.outcome_if_paid() is not outcome:
                    return await read_facts(connection, case_id, now)
            await SQL.close_case(connection, case_id=case_id, outcome=outcome.value, now=now)
            if moments is not None:
                await _keep_moments(connection, case_id, moments)
            await _end_plan(connection, case_id, loan_id, outcome, now)
            await SQL.resolve_promises_at_end(
                connection, case_id=case_id, is_paid=outcome.is_paid, now=now
            )
            if outcome in _LOAN_STATUS:
                await SQL.set_loan_status(connection, loan_id=loan_id, status=_LOAN_STATUS[outcome])
            if outcome.is_paid:
                await _tell_overpaid(connection, case_id, loan_id, now)
            return None

    async def finish_case(self, case_id: str) -> None:
        """Write down that nothing which follows from a case's end is left to be done."""
        await SQL.finish_case(self._pool, case_id=case_id)

    async def complaints_left(
        self, case_id: str | None = None, loan_id: str | None = None
    ) -> list[OpenComplaint]:
        """The open complaints of a loan, or of a case's loan; none while a case of it is open."""
        rows = SQL.complaints_left(self._pool, case_id=case_id, loan_id=loan_id)
        return [OpenComplaint(**row) async for row in rows]

    async def loans_at_rest_with_complaints(self) -> list[tuple[str, str | None]]:
        """Loans with an open complaint and no open case, each with the case it had last."""
        rows = SQL.loans_at_rest_with_complaints(self._pool)
        return [(row["loan_id"], row["case_id"]) async for row in rows]

    async def reopen_case(self, case_id: str, now: datetime) -> CaseFacts | None:
        """Take up a case again whose payment was reversed; answers with fresh facts.

        The plan that the payment had completed is in force again, and its waiver is granted no
        more. None when it stays closed: what is owed now belongs to another delinquency.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            plan = await SQL.completed_no_more(connection, case_id=case_id)
            loan_id = await SQL.reopen_case(connection, case_id=case_id, had_plan=plan is not None)
            if loan_id is None:
                return None
            await SQL.set_loan_status(connection, loan_id=loan_id, status=LoanStatus.ACTIVE)
            if plan is not None:
                await SQL.reopen_agreement(connection, agreement_id=plan, now=now)
                await SQL.end_waiver(connection, agreement_id=plan, loan_id=loan_id, now=now)
                await SQL.take_back_resumed(connection, loan_id=loan_id)
                await SQL.put_off_instalments(connection, agreement_id=plan)
            return await read_facts(connection, case_id, now)


async def _end_plan(
    connection: Connection, case_id: str, loan_id: str, outcome: Outcome, now: datetime
) -> None:
    """End the agreements of a case. What is fulfilled is granted its waiver, also where more was
    paid than was agreed on, and whoever has the loan from now on; what it put off is due from now
    on, or else as the contract has it.
    """
    signed = await SQL.signed_agreement(connection, case_id=case_id)
    is_completed = signed is not None and (outcome.is_paid or signed["is_fulfilled"])
    if signed is not None and signed["is_fulfilled"] and signed["waiver_minor"]:
        await SQL.grant_waiver(
            connection,
            payment_id=f"{signed['agreement_id']}:waiver",
            loan_id=loan_id,
            amount_minor=signed["waiver_minor"],
            now=now,
        )
    ends = {
        AgreementStatus.SIGNED: AgreementStatus.COMPLETED
        if is_completed
        else AgreementStatus.WITHDRAWN,
        AgreementStatus.OFFERED: AgreementStatus.WITHDRAWN,
    }
    for was, status in ends.items():
        await SQL.end_agreement(connection, case_id=case_id, was=was, status=status, now=now)
    if is_completed:
        await SQL.resume_instalments(connection, loan_id=loan_id, now=now)
    elif signed is not None:
        await SQL.restore_instalments(connection, case_id=case_id)


async def _tell_overpaid(connection: Connection, case_id: str, loan_id: str, now: datetime) -> None:
    """More was paid and granted than was ever owed: somebody pays it back."""
    over = await read_overpaid(connection, loan_id)
    if not over.to_tell_minor:
        return
    again = f"-{over.taken_back + 1}" if over.taken_back else ""
    await SQL.notify_staff(
        connection,
        notice_id=f"{case_id}:overpaid-{over.overpaid_minor}{again}",
        case_id=case_id,
        audience=Audience.COLLECTORS,
        kind=NoticeKind.OVERPAID,
        body=json.dumps({"loan_id": loan_id, "amount_minor": over.to_tell_minor}),
        now=now,
    )


async def _keep_moments(connection: Connection | Pool, case_id: str, moments: KeptMoments) -> None:
    await SQL.keep_moments(
        connection,
        case_id=case_id,
        stage_ends_at=moments.stage_ends_at,
        held_since=moments.held_since,
        cooling_until=moments.cooling_until,
        last_visit_ended_at=moments.last_visit_ended_at,
        last_released_at=moments.last_released_at,
    )
