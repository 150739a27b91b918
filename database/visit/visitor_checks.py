"""Visitor checks: is who stands at the door ours? Limited, and each on record."""

from datetime import datetime, timedelta

from pydantic import AwareDatetime, BaseModel

from database.sql import SQL, Connection, Pool
from domain.policy.rule import RateLimit
from domain.policy.visit import VisitPolicy
from domain.visit.visitors import (
    Booking,
    VisitorAnswer,
    VisitorQuestion,
    blocked_until,
    judge_visitor,
)

_CHECKING = 7_206_453  # the lock that checks take in turn


class CheckResult(BaseModel):
    """The answer; or none, and when to ask again, for too many questions."""

    answer: VisitorAnswer | None = None
    retry_at: AwareDatetime | None = None


class VisitorChecks:
    """Answers from the bookings under the policy that is current."""

    def __init__(self, pool: Pool, rules: VisitPolicy) -> None:
        self._pool = pool
        self._rules = rules

    async def check_visitor(
        self, check_id: str, question: VisitorQuestion, now: datetime
    ) -> CheckResult:
        """Answer a question once; the same `check_id` again is answered as the first time.

        Only questions that were answered count towards a limit: who has to wait, waits no longer
        for asking again.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            await SQL.wait_for_other_checks(connection, lock=_CHECKING)
            known = await SQL.known_check(connection, check_id=check_id)
            if known is not None:
                return CheckResult(**known)
            result, visit_id = await self._answer(connection, question, now)
            await SQL.record_check(
                connection,
                check_id=check_id,
                asked_at=now,
                caller=question.caller,
                visit_code=question.visit_code,
                badge_id=question.badge_id,
                visit_id=visit_id,
                answer=result.answer,
                retry_at=result.retry_at,
            )
            return result

    async def _answer(
        self, connection: Connection, question: VisitorQuestion, now: datetime
    ) -> tuple[CheckResult, str | None]:
        retry_at = await self._limited_until(connection, question, now)
        if retry_at is not None:
            return CheckResult(retry_at=retry_at), None
        rows = SQL.bookings_of_visitor(
            connection, visit_code=question.visit_code, badge_id=question.badge_id
        )
        bookings = [Booking(**row) async for row in rows]
        tolerance = timedelta(hours=self._rules.arrival_tolerance_hours.value)
        answer, visit_id = judge_visitor(bookings, tolerance, now)
        return CheckResult(answer=answer), visit_id

    async def _limited_until(
        self, connection: Connection, question: VisitorQuestion, now: datetime
    ) -> datetime | None:
        """When both limits let the question through; None when they do so now."""
        by_caller = self._rules.checks_per_caller.value
        by_code = self._rules.checks_per_code.value
        to_caller = SQL.answered_to_caller(connection, caller=question.caller, most=by_caller.limit)
        for_code = SQL.answered_for_code(
            connection, visit_code=question.visit_code, most=by_code.limit
        )
        waits = [
            _wait([row["asked_at"] async for row in to_caller], by_caller, now),
            _wait([row["asked_at"] async for row in for_code], by_code, now),
        ]
        return max((wait for wait in waits if wait is not None), default=None)


def _wait(asked: list[datetime], rule: RateLimit, now: datetime) -> datetime | None:
    return blocked_until(asked, rule.limit, timedelta(minutes=rule.minutes), now)
