"""Lives of loans in one database: begun, served by a worker, and audited at their end."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Self

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from activities.business_time import Now
from commands.worker import build_worker
from database.audit import Audit
from database.case.scan import Cursor, Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.case.state import LONG_HISTORY_EVENTS, CaseState, DueCase
from domain.clock import BusinessClock
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Gateway
from policies.reader import fingerprint
from temporal.names import LOAN_COLLECTION, TASK_QUEUE, complaint_watch_id, workflow_id
from tests.support.lives.life import Life
from tests.support.lives.pace import too_fast
from tests.support.lives.rebuilt import compare_with_record
from tests.support.lives.shift import Shift
from tests.support.lives.time_skipping import settle
from tests.support.news.told import require_told_as_described
from tests.support.replay.record import record_life
from tests.support.world import Loan, insert_crew, insert_earlier_contacts, insert_loan

SETTLES_WITHIN_SECONDS = 10


class Lives:
    """Starts lives, which one worker serves. At their end each is compared with its record.

    `shift`: the worker. `recorded_as`: the histories' name, where they are to be recorded.
    """

    def __init__(
        self,
        env: WorkflowEnvironment,
        pool: Pool,
        policy: Policy,
        gateways: Mapping[Channel, Gateway],
        *,
        recorded_as: str,
    ) -> None:
        self._env = env
        self._pool = pool
        self._policy = policy
        self._gateways = gateways
        self._recorded_as = recorded_as
        self._clocks: list[BusinessClock] = []
        self._cases: list[DueCase] = []
        self.shift = Shift(env.client, self._build_worker)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is left running; what was lived through to the end is compared and audited."""
        try:
            if error is None:
                for case in reversed(self._cases):
                    await self._compare(case)
        finally:
            for case in reversed(self._cases):
                await self._terminate(case)
            await self.shift.stop()
        if error is None:
            await self._audit()

    async def start(
        self,
        days_past_due: int,
        loan: Loan | None = None,
        *,
        tried: bool = False,
        long_history_events: int = LONG_HISTORY_EVENTS,
    ) -> Life:
        """A `StartLife`. Lives of one worker begin on about the same day."""
        loan = loan or Loan()
        began_at = loan.at_days_past_due(days_past_due)
        clock = BusinessClock(started_at=await self._env.get_current_time(), origin=began_at)
        is_first = not self._clocks
        self._clocks.append(clock)
        await insert_loan(self._pool, loan)
        await insert_crew(self._pool)
        policies = StoredPolicies(self._pool)
        await policies.store_policy(self._policy, fingerprint(self._policy), began_at)
        if is_first:
            await self.shift.start(clock)
        case = DueCase(
            case_id=f"{loan.loan_id}:{loan.first_due_on}", loan_id=loan.loan_id, found_at=began_at
        )
        scan = Scan(self._pool).open_cases(Cursor(), self._policy.version, began_at)
        async for page in scan:
            assert page.to_start == [case]
        if tried:
            await insert_earlier_contacts(self._pool, loan, case.case_id, self._policy.version)
        handle = await self._env.client.start_workflow(
            LOAN_COLLECTION,
            CaseState(
                loan_id=loan.loan_id,
                case_id=case.case_id,
                clock=clock,
                long_history_events=long_history_events,
                ladder_followed_until=case.found_at,
            ),
            id=workflow_id(loan.loan_id),
            task_queue=TASK_QUEUE,
        )
        self._cases.append(case)
        life = Life(self._env, self._pool, self._policy, loan, clock, handle)
        await life.settle()
        return life

    def _build_worker(self, client: Client, clock: BusinessClock) -> Worker:
        return build_worker(
            client, self._pool, self._policy, clock, _time_of(clock), self._gateways
        )

    async def _compare(self, case: DueCase) -> None:
        """The run with its record, and its events with what came in."""
        await record_life(self._env.client, case.loan_id, self._recorded_as)
        await self._settle()
        await compare_with_record(self._env, self._pool, case.loan_id, case.case_id)
        await self._require_pace(case)

    async def _terminate(self, case: DueCase) -> None:
        """Leave nothing running on the server.

        A run that is terminated in the middle of a task, as after `continue_as_new`, would keep
        the server's time from ever being skipped again: let a moment pass, which it cannot until
        then.
        """
        await self._settle()
        for name in (workflow_id(case.loan_id), complaint_watch_id(case.case_id)):
            with suppress(RPCError):  # it has come to its end, or there was none
                await self._env.client.get_workflow_handle(name).terminate()

    async def _require_pace(self, case: DueCase) -> None:
        """No workflow goes round without a timer, in any life of the suite."""
        found = await too_fast(self._env.client, case.loan_id, case.case_id)
        assert not found, "more events an hour than what came in explains:\n" + "\n".join(found)

    async def _settle(self) -> None:
        with suppress(TimeoutError, RPCError):  # of a test that has failed
            async with asyncio.timeout(SETTLES_WITHIN_SECONDS):
                await settle(self._env)

    async def _audit(self) -> None:
        time = await self._env.get_current_time()
        now = max(clock.business(time) for clock in self._clocks)
        broken = await Audit(self._pool).broken(now)
        assert not broken, "\n".join(map(str, broken))
        await require_told_as_described(self._pool)


def _time_of(clock: BusinessClock) -> Now:
    """An activity's start time comes from the server, whose time is skipped."""
    return lambda: clock.business(activity.info().started_time)
