"""What a real server says of runs: its list in pages, by ids, and each run as it stands."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from temporalio.client import Client

from domain.case.state import DueCase
from domain.clock import BusinessClock
from embedded.stack import EmbeddedStack
from temporal.case_starter import TemporalCaseStarter
from temporal.names import workflow_id
from temporal.runs import NO_RUN, RUNNING, TemporalRuns

LOANS = [f"L-{number}" for number in range(5)]
LISTED_WITHIN_SECONDS = 20


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A server of the test's own, on which no worker takes up what is started."""
    async with EmbeddedStack() as stack:
        yield await stack.connect_temporal()


async def _start(client: Client, *loan_ids: str) -> None:
    starter = TemporalCaseStarter(client, BusinessClock())
    for loan_id in loan_ids:
        assert await starter.start_case(DueCase(case_id=f"{loan_id}:1", loan_id=loan_id))


async def _listed(runs: TemporalRuns, *loan_ids: str) -> None:
    """Until the list has caught up."""
    async with asyncio.timeout(LISTED_WITHIN_SECONDS):
        while await runs.running_among(LOANS) != set(loan_ids):  # noqa: ASYNC110  (nobody tells us)
            await asyncio.sleep(0.05)


async def test_list_comes_in_pages_and_by_ids(client: Client) -> None:
    """Every open run once; an id with a quote in it is asked for by itself."""
    runs = TemporalRuns(client)
    await _start(client, *LOANS)
    await _listed(runs, *LOANS)

    seen, token = [], b""
    for _ in range(3):
        page = await runs.page(token, 2)
        seen += [run.loan_id for run in page.runs]
        token = page.next_token
    assert sorted(seen) == LOANS
    assert token == b""
    assert await runs.running_among(["L-1", "L-9", "it's"]) == {"L-1"}


async def test_a_run_stands_as_it_was_ended(client: Client) -> None:
    """By hand, on either way; the run that follows counts."""
    runs = TemporalRuns(client)
    await _start(client, "L-1", "L-2")
    await client.get_workflow_handle(workflow_id("L-1")).terminate()
    assert await runs.standing("L-1") == "terminated"
    assert await runs.standing("L-2") == RUNNING
    assert await runs.standing("L-3") == NO_RUN
    await _listed(runs, "L-2")

    await _start(client, "L-1")
    assert await runs.standing("L-1") == RUNNING
    assert await runs.state_of("L-3") is None
