"""The reconciliation of cases that are closed, and whose end is not finished."""

from datetime import timedelta

import pytest

from database.case.cases import Cases
from database.sql import Pool
from domain.case.facts import Outcome
from domain.case.state import EndState, Stage
from tests.support.runs import ReconciledWorld, named
from tests.support.world import Loan, OpenCase

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)


@pytest.fixture
def world(pool: Pool) -> ReconciledWorld:
    return ReconciledWorld(pool, NOW)


async def test_end_that_is_not_finished_is_taken_up(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """With how and when it was closed; once that is done, nobody looks at the case any more."""
    case_id = await open_case(LOAN)
    closed_at = NOW - timedelta(hours=9)
    await world.pool.execute(
        "UPDATE collection_cases SET stage = 'ended', outcome = 'cured', is_ending = true,"
        " closed_at = $1",
        closed_at,
    )
    found = await world.reconcile()
    assert named(found) == {"L-1": "closed, its end unfinished, its run: none; taken up there"}
    [state] = world.starter.states
    assert state is not None
    assert (state.stage, state.end) == (
        Stage.ENDED,
        EndState(outcome=Outcome.CURED, closed_at=closed_at, day=LOAN.on(closed_at)),
    )
    await Cases(world.pool).finish_case(case_id)
    assert (await world.reconcile()).cases == 0


@pytest.mark.parametrize("page_size", [1, 2])
async def test_open_case_comes_before_an_end(
    world: ReconciledWorld, open_case: OpenCase, page_size: int
) -> None:
    """Of one loan, whose workflow has one id: what is open is not kept waiting by what is over."""
    ended = await open_case(LOAN, 5)
    await world.pool.execute(
        "UPDATE collection_cases SET stage = 'ended', outcome = 'cured', is_ending = true,"
        " closed_at = $1, overdue_since = '2025-06-10'",
        NOW,
    )
    await world.pool.execute(
        "INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,"
        " started_at, stage) SELECT 'L-1:open', loan_id, '2026-01-10', policy_version, opened_at,"
        " opened_at, 'early_contact' FROM collection_cases WHERE case_id = $1",
        ended,
    )
    await open_case(Loan("L-2", "B-2"))
    found = await world.reconcile(page_size=page_size)
    assert (found.cases, found.taken_up) == (2, 2)
    assert next(state.case_id for state in world.starter.states if state) == "L-1:open"
