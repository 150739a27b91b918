"""What a starter of cases promises, held against the real one and the one of the scan's tests."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from activities.scan_activities import CaseStarter
from domain.case.state import DueCase
from domain.clock import BusinessClock
from temporal.case_starter import TemporalCaseStarter
from temporal.names import workflow_id
from tests.support.case_starters import FakeStarter
from tests.support.lives.time_skipping import time_skipping

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
CASE, OTHER = (DueCase(case_id=f"{loan}:2026-01-10", loan_id=loan) for loan in ("L-1", "L-2"))


class Subject(NamedTuple):
    """A starter, and how a run that it started comes to its end."""

    starter: CaseStarter
    end: Callable[[DueCase], Awaitable[None]]


@pytest.fixture
async def real() -> AsyncIterator[Subject]:
    """On a server of its own, on which no worker takes up what is started."""
    async with time_skipping() as server:

        async def end(case: DueCase) -> None:
            await server.client.get_workflow_handle(workflow_id(case.loan_id)).terminate()

        clock = BusinessClock(started_at=NOW, origin=NOW)
        yield Subject(TemporalCaseStarter(server.client, clock), end)


@pytest.fixture
def fake() -> Subject:
    """In memory."""
    starter = FakeStarter()

    async def end(case: DueCase) -> None:
        starter.running.discard(case.loan_id)

    return Subject(starter, end)


@pytest.fixture(params=["real", "fake"])
def subject(request: pytest.FixtureRequest) -> Subject:
    """Each of them."""
    found: Subject = request.getfixturevalue(request.param)
    return found


async def test_one_run_a_loan(subject: Subject) -> None:
    """However often it is asked for; another loan has its own."""
    started = await asyncio.gather(*(subject.starter.start_case(CASE) for _ in range(3)))
    assert sorted(started) == [False, False, True]
    assert await subject.starter.start_case(OTHER)
    assert not await subject.starter.start_case(OTHER)


async def test_loan_whose_run_has_ended_is_started_again(subject: Subject) -> None:
    """A later delinquency of the same loan, under the same id."""
    assert await subject.starter.start_case(CASE)
    await subject.end(CASE)
    assert await subject.starter.start_case(CASE)
