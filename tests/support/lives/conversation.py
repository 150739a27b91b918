"""One loan's workflow on a server whose time can be skipped: how it is seen and spoken to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from database.sql import Pool
from domain.clock import BusinessClock
from domain.policy.policy import Policy
from tests.support.lives.time_skipping import MOMENT, settle, skip_time
from tests.support.world import Loan, complete, event

Json = dict[str, Any]
ANSWERS_WITHIN_SECONDS = 60  # a workflow that is wedged never does
# The test server now and then loses a query that meets a task of the run just as it is completed;
# who asks once more is answered at once.
QUERY_WITHIN = timedelta(seconds=10)
QUERY_TRIES = 4
LOST = (RPCStatusCode.CANCELLED, RPCStatusCode.DEADLINE_EXCEEDED)


@dataclass
class Conversation:
    """One loan's workflow, seen and spoken to as other systems do."""

    env: WorkflowEnvironment
    pool: Pool
    policy: Policy
    loan: Loan
    clock: BusinessClock
    handle: WorkflowHandle[Any, Any]
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def case_id(self) -> str:
        return f"{self.loan.loan_id}:{self.loan.first_due_on}"

    @property
    def visit_id(self) -> str:
        """Of the first visit that is applied for."""
        return f"{self.case_id}:visit-1"

    # Time

    async def now(self) -> datetime:
        """Business time."""
        return self.clock.business(await self.env.get_current_time())

    async def skip(self, length: timedelta) -> None:
        """Let business time pass."""
        await skip_time(self.env, length)

    async def settle(self) -> None:
        """Let a moment pass, and what was begun be done."""
        await settle(self.env)

    async def lose(self) -> None:
        """Somebody terminates the run, which has nothing in hand: of what it had, the server would
        wait for an end that nobody can bring, and never skip its time again.
        """
        await self.settle()
        await self.handle.terminate()

    async def skip_to(self, moment: datetime) -> None:
        """Let business time pass until a moment."""
        left = moment - await self.now()
        if left > timedelta(0):
            await self.skip(left)

    async def skip_until(self, reached: Callable[[Json], bool], steps: int = 200) -> Json:
        """Let time pass from one thing the case does to the next until the status is as wanted."""
        for _ in range(steps):
            status = await self.status()
            if reached(status):
                return status
            await self.skip_to(await self._next_moment(status))
        raise AssertionError(f"never reached; last status {status}")

    async def _next_moment(self, status: Json) -> datetime:
        """Just after the next action."""
        now = await self.now()
        planned = status["next_action"]["at"]
        at = datetime.fromisoformat(planned) + MOMENT if planned else now
        return at if at > now else now + timedelta(hours=1)

    async def skip_to_stage(self, stage: str) -> Json:
        return await self.skip_until(lambda status: bool(status["stage"] == stage))

    # What is seen

    async def status(self) -> Json:
        for _ in range(QUERY_TRIES - 1):
            try:
                return await self._asked()
            except RPCError as error:
                if error.status not in LOST:
                    raise
        return await self._asked()

    async def _asked(self) -> Json:
        answer: Json = await self.handle.query("status", rpc_timeout=QUERY_WITHIN)
        return answer

    async def outcome(self) -> str:
        """Let the workflow come to its end."""
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            result = await self.handle.result()
        return str(result["outcome"])

    async def fetch(self, query: str, *values: object) -> list[Json]:
        return [dict(row) for row in await self.pool.fetch(query, *values)]

    async def value(self, query: str, *values: object) -> Any:
        return await self.pool.fetchval(query, *values)

    async def contacts(self) -> list[str]:
        """The templates sent so far, in order; not those of the past the loan was put in with."""
        rows = await self.fetch(
            "SELECT template FROM contact_attempts WHERE attempt_id NOT LIKE '%:earlier-%'"
            " ORDER BY reserved_at"
        )
        return [row["template"] for row in rows]

    async def booked_crew(self) -> int:
        """How many crew members are booked."""
        return int(await self.value("SELECT count(*) FROM visit_crew WHERE released_at IS NULL"))

    async def ended_visit(self) -> Json:
        """The one visit, which must have ended and left no crew booked."""
        [visit] = await self.fetch("SELECT status, ended_reason, ended_at FROM visits")
        assert visit["ended_at"] is not None
        assert await self.booked_crew() == 0
        return visit

    async def arrears(self, on: date | None = None) -> int:
        """What is overdue on a day, or right now, by the database."""
        return int(
            await self.value(
                "SELECT arrears_minor FROM loan_debt($1, $2)",
                self.loan.loan_id,
                on or self.loan.on(await self.now()),
            )
        )

    # What other systems say

    async def event(self, **body: Any) -> Json:
        """An event that happens now, with an id of its own unless it has one."""
        return event(await self.now(), **{"event_id": f"e-{next(self._numbers)}", **body})

    async def signal(self, name: str, **body: Any) -> None:
        """Send an event by signal."""
        await self.handle.signal(name, await self.event(**body))

    async def deliver(self, name: str, **body: Any) -> Json:
        """Send an event by update and return the answer."""
        return await self.update(complete(name, await self.event(**body)) | {"name": name})

    async def update(self, *arguments: object) -> Json:
        """Call `deliver` with whatever arguments."""
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            answer: Json = await self.handle.execute_update("deliver", args=arguments)
        return answer

    async def accepted(self, name: str, **body: Any) -> Json:
        """Send an event that must be accepted; answers with the status that follows."""
        answer = await self.deliver(name, **body)
        assert answer["accepted"], answer
        await self.settle()  # passes once the workflow has nothing left to do now
        return await self.status()

    async def refused(self, name: str, rule_id: str, **body: Any) -> str:
        """Send an event that a rule must refuse; answers with the reason."""
        answer = await self.deliver(name, **body)
        assert not answer["accepted"], answer
        assert answer["reason"].startswith(f"{rule_id}: "), answer
        return str(answer["reason"])

    async def pay(self, amount_minor: int | None = None, payment_id: str | None = None) -> Json:
        """A payment, of everything overdue unless said otherwise."""
        return await self.accepted(
            "payment_received",
            payment_id=payment_id or f"P-{next(self._numbers)}",
            amount_minor=amount_minor or await self.arrears(),
        )
