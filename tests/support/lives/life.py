"""One loan's workflow on a server whose time can be skipped, and how to drive it to a stage."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Protocol

from temporalio.client import WorkflowHandle
from temporalio.testing import WorkflowEnvironment

from database.sql import Pool
from domain.case.state import LONG_HISTORY_EVENTS, Stage
from domain.clock import BusinessClock
from domain.policy.policy import Policy
from tests.support.world import Loan, event

Json = dict[str, Any]
MOMENT = timedelta(seconds=1)
RIPE = 92  # days past due: a visit is possible
ANSWERS_WITHIN_SECONDS = 20  # a workflow that is wedged never does


@dataclass
class Life:
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

    # Time

    async def now(self) -> datetime:
        """Business time."""
        return self.clock.business(await self.env.get_current_time())

    async def skip(self, length: timedelta) -> None:
        """Let business time pass."""
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            await self.env.sleep(length)

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
        answer: Json = await self.handle.query("status")
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
            "SELECT template FROM contact_attempts WHERE template <> 'earlier' ORDER BY reserved_at"
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
        return await self.update(await self.event(**body) | {"name": name})

    async def update(self, *arguments: object) -> Json:
        """Call `deliver` with whatever arguments."""
        async with asyncio.timeout(ANSWERS_WITHIN_SECONDS):
            answer: Json = await self.handle.execute_update("deliver", args=arguments)
        return answer

    async def accepted(self, name: str, **body: Any) -> Json:
        """Send an event that must be accepted; answers with the status that follows."""
        answer = await self.deliver(name, **body)
        assert answer["accepted"], answer
        await self.skip(MOMENT)  # passes once the workflow has nothing left to do now
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

    # The way through the process

    async def apply(self, **body: Any) -> Json:
        """A collector applies for a visit; answers when approval is waited for."""
        await self.accepted("visit_requested", **self.application(**body))
        return await self.skip_to_stage(Stage.APPROVAL)

    def application(self, **body: Any) -> Json:
        return {
            "applicant": "collector",
            "applicant_id": "K-1",
            "address_id": self.loan.address_id,
            **body,
        }

    async def proposed(self) -> Json:
        """The slot that the borrower has been told of."""
        status = await self.skip_until(
            lambda status: (
                bool(status["visit"].get("notice_sent")) and not status["visit"]["appointment"]
            )
        )
        slot: Json = status["visit"]["slot"]
        return slot

    async def confirm(self) -> Json:
        slot = await self.proposed()
        await self.accepted("appointment_confirmed", slot_id=slot["slot_id"])
        return await self.skip_to_stage(Stage.PREPARATION)

    def check_in(self, status: Json, **body: Any) -> Json:
        """The crew is at the door, on time and in full, and the borrower is who he is."""
        return {
            "visit_id": status["visit"]["visit_id"],
            "badge_ids": status["visit"]["slot"]["badge_ids"],
            "identity_verified": True,
            "identity_method": "id card",
            "entry_consent": True,
            "recording_id": "R-1",
            **body,
        }

    async def report(self, status: Json, **proposal: Any) -> Json:
        """A report of an agreement on three parts, the first in five days."""
        first_due = self.loan.on(await self.now()) + timedelta(days=5)
        return {
            "visit_id": status["visit"]["visit_id"],
            "outcome": "agreed",
            "willingness": "willing",
            "capacity": {"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
            "proposal": {"instalments": 3, "first_due_on": str(first_due), **proposal},
        }

    async def agree(self, **proposal: Any) -> Json:
        """The crew checks in and reports an agreement."""
        status = await self.status()
        if not status["visit"]["checked_in"]:
            await self.accepted("visit_checked_in", **self.check_in(status))
        return await self.accepted("visit_reported", **await self.report(status, **proposal))

    def signature(self, status: Json, **body: Any) -> Json:
        return {
            "agreement_id": status["plan"]["agreement_id"],
            "document_sha256": status["plan"]["document_sha256"],
            "signatories": ["B-1", "C-1"],
            **body,
        }

    async def offered(self) -> Json:
        """The status once a document is offered; no hour passes while it is being drawn up."""
        for _ in range(600):
            status = await self.status()
            if status["plan"].get("document_sha256"):
                return status
            await self.skip(MOMENT)
        raise AssertionError(f"never offered; last status {status}")

    async def sign(self) -> Json:
        await self.accepted("agreement_signed", **self.signature(await self.offered()))
        return await self.skip_to_stage(Stage.GUIDED_REPAYMENT)

    async def pay_part(self, number: int) -> Json:
        parts = (await self.status())["plan"]["plan"]["parts"]
        return await self.pay(parts[number - 1]["amount_minor"])

    async def drive_to(self, stage: Stage) -> Json:
        """From a loan that is ripe for a visit to a stage, by what other systems say."""
        if stage in (Stage.EARLY_CONTACT, Stage.LEGAL_REVIEW):
            return await self.skip_to_stage(stage)
        steps = _way_to(self, waiver=stage is Stage.PLAN)
        for reached, go_on in steps.items():
            status = await self.skip_to_stage(reached)
            if reached is Stage.VISIT:
                await self.skip_to(datetime.fromisoformat(status["visit"]["slot"]["start"]))
            if reached is stage:
                return status
            await go_on()
        return await self.skip_to_stage(stage)


def _way_to(life: Life, *, waiver: bool) -> dict[Stage, Callable[[], Awaitable[Any]]]:
    """What leads from each stage to the next."""

    async def approve() -> None:
        await life.accepted("visit_approved", approver_id="A-1")

    async def wait() -> None:
        await life.skip_to_stage(Stage.VISIT)

    async def agree() -> None:
        arrears = await life.arrears()
        await life.agree(waiver_minor=arrears // 10 if waiver else 0)

    async def pay_first_at_night() -> None:
        """The message that closes the visit then waits for the morning."""
        await life.skip_to(life.loan.local(life.loan.on(await life.now()), 20))
        await life.pay_part(1)

    return {
        Stage.APPLICATION: life.apply,
        Stage.APPROVAL: approve,
        Stage.APPOINTMENT: life.confirm,
        Stage.PREPARATION: wait,
        Stage.VISIT: agree,
        **({Stage.PLAN: wait} if waiver else {}),
        Stage.AGREEMENT: life.sign,
        Stage.GUIDED_REPAYMENT: pay_first_at_night,
    }


class StartLife(Protocol):
    """Starts the workflow of a loan at a number of days past due.

    `tried`: messages and calls were made before, so that a visit is needed from day 90 on.
    `long_history_events`: after so many a run is continued as new.
    """

    async def __call__(
        self,
        days_past_due: int,
        loan: Loan | None = None,
        *,
        tried: bool = False,
        long_history_events: int = LONG_HISTORY_EVENTS,
    ) -> Life: ...
