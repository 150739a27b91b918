"""Events that operations deliver: an answer, or in good time the reason why there is none."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.testing import WorkflowEnvironment

from domain.case.state import CaseState
from temporal.delivery import LateAnswerError, NoAnswerError, deliver
from temporal.names import LOAN_COLLECTION, workflow_id
from tests.support.lives.time_skipping import start_time_skipping


@pytest.fixture
async def own_server() -> AsyncIterator[WorkflowEnvironment]:
    """A server of its own: a task that no worker takes would keep the shared one's time from
    being skipped for every test that comes after.
    """
    async with await start_time_skipping() as env:
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
