"""A whole life in seconds: the time-skipping Temporal server, and a real Postgres."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sys
from temporalio import activity
from temporalio.client import WorkflowHandle
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

from database.cases import Cases
from database.scan import DueCase, Scan, Cursor
from database.sql import Pool
from domain.case import CaseState
from domain.clock import BusinessClock
from domain.policy import Policy
from policies.reader import fingerprint
from tests.world import Loan, Sender, insert_crew, insert_loan
from worker import build_worker
from workflows.names import LOAN_COLLECTION, TASK_QUEUE, workflow_id
from workflows.search_attributes import SEARCH_ATTRIBUTES

TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"


@dataclass
class Life:
    """One loan's workflow on a server whose time can be skipped."""

    env: WorkflowEnvironment
    pool: Pool
    policy: Policy
    loan: Loan
    clock: BusinessClock
    handle: WorkflowHandle[Any, Any]

    @property
    def case_id(self) -> str:
        return f"{self.loan.loan_id}:{self.loan.first_due_on}"

    async def now(self) -> datetime:
        """Business time."""
        return self.clock.business(await self.env.get_current_time())

    async def skip_to(self, moment: datetime) -> None:
        """Let business time pass until a moment."""
        left = moment - await self.now()
        if left > timedelta(0):
            await self.env.sleep(left)

    async def skip_until(
        self, reached: Callable[[dict[str, Any]], bool], days: int = 400
    ) -> dict[str, Any]:
        """Let time pass, half a day at a time, until the status is as wanted."""
        for _ in range(days * 2):
            status = await self.status()
            if reached(status):
                return status
            await self.env.sleep(timedelta(hours=12))
        raise AssertionError(f"never reached; last status {status}")

    async def skip_to_stage(self, stage: str) -> dict[str, Any]:
        return await self.skip_until(lambda status: status["stage"] == stage)

    async def status(self) -> dict[str, Any]:
        return await self.handle.query("status")

    async def deliver(self, name: str, **body: Any) -> dict[str, Any]:
        """Send an event by update and return the answer."""
        event = Sender(await self.now())(**body) | {"name": name}
        event["event_id"] = body.get("event_id", f"{name}-{event['occurred_at']}")
        return await self.handle.execute_update("deliver", event)

    async def outcome(self) -> str:
        """Let the workflow come to its end."""
        result = await self.handle.result()
        return str(result["outcome"])

    async def fetch(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(query)]


StartLife = Callable[..., Awaitable[Life]]


@pytest.fixture
async def start_life(pool: Pool, policy: Policy) -> AsyncIterator[StartLife]:
    """Starts the workflow of a loan at a number of days past due."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(TEST_SERVER), data_converter=pydantic_data_converter
    ) as env:
        await env.client.operator_service.add_search_attributes(_search_attributes())
        workers = []

        async def start(days_past_due: int, loan: Loan | None = None) -> Life:
            loan = loan or Loan()
            real_now = await env.get_current_time()
            began_at = loan.at_days_past_due(days_past_due)
            clock = BusinessClock(started_at=real_now, origin=began_at)
            await insert_loan(pool, loan)
            await insert_crew(pool)
            await Cases(pool).store_policy(policy, fingerprint(policy), began_at)
            # An activity's start time comes from the server, whose time is skipped.
            worker = build_worker(
                env.client,
                pool,
                policy,
                clock,
                lambda: clock.business(activity.info().started_time),
            )
            await worker.__aenter__()
            workers.append(worker)
            async for page in Scan(pool).pages(Cursor(), policy.version, began_at):
                assert page.to_start == [
                    DueCase(case_id=f"{loan.loan_id}:{loan.first_due_on}", loan_id=loan.loan_id)
                ]
            handle = await env.client.start_workflow(
                LOAN_COLLECTION,
                CaseState(
                    loan_id=loan.loan_id, case_id=f"{loan.loan_id}:{loan.first_due_on}", clock=clock
                ),
                id=workflow_id(loan.loan_id),
                task_queue=TASK_QUEUE,
            )
            return Life(env, pool, policy, loan, clock, handle)

        yield start
        for worker in workers:
            await worker.__aexit__(None, None, None)


def _search_attributes() -> Any:
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest

    return AddSearchAttributesRequest(
        search_attributes={key.name: key.indexed_value_type for key in SEARCH_ATTRIBUTES}
    )
