"""A whole life in seconds: the time-skipping Temporal server, and a real Postgres."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, suppress

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

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
from temporal.search_attributes import SEARCH_ATTRIBUTES
from tests.support.gateways import simulated_gateways
from tests.support.lives.conversation import MOMENT
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.lives.pace import too_fast
from tests.support.lives.rebuilt import compare_with_record
from tests.support.lives.time_skipping import start_time_skipping
from tests.support.news.told import require_told_as_described
from tests.support.replay.record import record_life
from tests.support.world import Loan, insert_crew, insert_earlier_contacts, insert_loan

SETTLES_WITHIN_SECONDS = 10


@pytest.fixture(scope="session")
async def env() -> AsyncIterator[WorkflowEnvironment]:
    """A time-skipping server that knows our search attributes; its time only goes forward."""
    async with await start_time_skipping() as env:
        request = AddSearchAttributesRequest()
        for key in SEARCH_ATTRIBUTES:
            request.search_attributes[key.name] = IndexedValueType.ValueType(key.indexed_value_type)
        await env.client.operator_service.add_search_attributes(request)
        yield env


@pytest.fixture
def gateways(pool: Pool) -> Mapping[Channel, Gateway]:
    """The providers; a test module with others has a fixture of this name."""
    return simulated_gateways(pool)


@pytest.fixture
async def start_life(
    env: WorkflowEnvironment,
    pool: Pool,
    policy: Policy,
    gateways: Mapping[Channel, Gateway],
    request: pytest.FixtureRequest,
) -> AsyncIterator[StartLife]:
    """Starts the workflow of a loan at a number of days past due; audits what came of it."""
    clocks: list[BusinessClock] = []
    async with AsyncExitStack() as lives:

        async def start(
            days_past_due: int,
            loan: Loan | None = None,
            *,
            tried: bool = False,
            long_history_events: int = LONG_HISTORY_EVENTS,
        ) -> Life:
            loan = loan or Loan()
            began_at = loan.at_days_past_due(days_past_due)
            clock = BusinessClock(started_at=await env.get_current_time(), origin=began_at)
            is_first = not clocks
            clocks.append(clock)
            await insert_loan(pool, loan)
            await insert_crew(pool)
            await StoredPolicies(pool).store_policy(policy, fingerprint(policy), began_at)
            if is_first:  # one worker serves every life; they begin on about the same day
                worker = build_worker(env.client, pool, policy, clock, _time_of(clock), gateways)
                await lives.enter_async_context(worker)
            case = DueCase(case_id=f"{loan.loan_id}:{loan.first_due_on}", loan_id=loan.loan_id)
            async for page in Scan(pool).open_cases(Cursor(), policy.version, began_at):
                assert page.to_start == [case]
            if tried:
                await insert_earlier_contacts(pool, loan, case.case_id, policy.version)
            handle = await env.client.start_workflow(
                LOAN_COLLECTION,
                CaseState(
                    loan_id=loan.loan_id,
                    case_id=case.case_id,
                    clock=clock,
                    long_history_events=long_history_events,
                ),
                id=workflow_id(loan.loan_id),
                task_queue=TASK_QUEUE,
            )
            lives.push_async_callback(_end, env, loan.loan_id, case.case_id)
            lives.push_async_callback(_require_pace, env, loan.loan_id, case.case_id)
            lives.push_async_callback(compare_with_record, env, pool, loan.loan_id, case.case_id)
            lives.push_async_callback(_settle, env)
            lives.push_async_callback(record_life, env.client, loan.loan_id, request.node.name)
            life = Life(env, pool, policy, loan, clock, handle)
            await life.skip(MOMENT)
            return life

        yield start
    time = await env.get_current_time()
    broken = await Audit(pool).broken(max(clock.business(time) for clock in clocks))
    assert not broken, "\n".join(map(str, broken))
    await require_told_as_described(pool)


@pytest.fixture
async def life(start_life: StartLife) -> Life:
    """A loan for which SMS and calls were tried and did not work."""
    return await start_life(RIPE, tried=True)


async def _require_pace(env: WorkflowEnvironment, loan_id: str, case_id: str) -> None:
    """No workflow goes round without a timer, in any life of the suite."""
    found = await too_fast(env.client, loan_id, case_id)
    assert not found, "more events an hour than what came in explains:\n" + "\n".join(found)


async def _end(env: WorkflowEnvironment, loan_id: str, case_id: str) -> None:
    """Leave nothing running on the server.

    A run that is terminated in the middle of a task, as after `continue_as_new`, would keep the
    server's time from ever being skipped again: let a moment pass, which it cannot until then.
    """
    await _settle(env)
    for name in (workflow_id(loan_id), complaint_watch_id(case_id)):
        with suppress(RPCError):  # it has come to its end, or there was none
            await env.client.get_workflow_handle(name).terminate()


async def _settle(env: WorkflowEnvironment) -> None:
    with suppress(TimeoutError):  # of a test that has failed
        async with asyncio.timeout(SETTLES_WITHIN_SECONDS):
            await env.sleep(MOMENT)


def _time_of(clock: BusinessClock) -> Now:
    """An activity's start time comes from the server, whose time is skipped."""
    return lambda: clock.business(activity.info().started_time)
