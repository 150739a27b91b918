"""Events that operations deliver: an answer, or in good time the reason why there is none."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from domain.case.state import CaseState
from temporal.delivery import LateAnswerError, NoAnswerError, deliver
from temporal.names import DELIVER, LOAN_COLLECTION, workflow_id
from tests.support.lives.time_skipping import time_skipping


@pytest.fixture
async def own_server() -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own: a task that no worker takes would keep the shared one's time from
    being skipped for every test that comes after.
    """
    async with time_skipping() as env:
        yield env


async def test_loan_without_a_workflow_is_named_as_such(env: WorkflowEnvironment) -> None:
    """Not as an error of the server."""
    with pytest.raises(NoAnswerError, match="no collection is running for this loan"):
        await deliver(env.client, "L-404", {"name": "hold_placed"})


async def test_wait_for_a_worker_that_is_away_ends(own_server: WorkflowEnvironment) -> None:
    """With what to look at, instead of hanging or of an error of the client."""
    await own_server.client.start_workflow(
        LOAN_COLLECTION,
        CaseState(loan_id="L-away", case_id="L-away:2026-01-01"),
        id=workflow_id("L-away"),
        task_queue="no-worker",
    )
    with pytest.raises(LateAnswerError, match=r"no answer within 1 s: is a worker running\?"):
        await deliver(own_server.client, "L-away", {"name": "hold_placed"}, timedelta(seconds=1))


@activity.defn(name="record")
async def fails() -> None:
    """An activity that needs what is away."""
    raise ConnectionError("the business database does not answer: nobody there")


@workflow.defn(name="Stuck", sandboxed=False)
class Stuck:
    """Takes an event and cannot record it."""

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: False)

    @workflow.update(name=DELIVER)
    async def deliver(self, _event: object) -> None:
        await workflow.execute_activity(
            "record",
            start_to_close_timeout=timedelta(seconds=10),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10)),
        )


async def test_what_the_worker_lacks_is_told(own_server: WorkflowEnvironment) -> None:
    """It is there and tries, and its last failure says why it does not answer."""
    async with Worker(own_server.client, task_queue="stuck", workflows=[Stuck], activities=[fails]):
        await own_server.client.start_workflow(
            "Stuck", id=workflow_id("L-stuck"), task_queue="stuck"
        )
        with pytest.raises(LateAnswerError, match=r"database does not answer.*\(tried \d+ times"):
            await deliver(own_server.client, "L-stuck", {"name": "x"}, timedelta(seconds=2))
        await own_server.client.get_workflow_handle(workflow_id("L-stuck")).terminate()
