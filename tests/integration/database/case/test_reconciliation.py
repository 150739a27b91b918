"""The reconciliation on a real Postgres: what differs is named, what was lost is taken up once."""

from datetime import timedelta

import pytest

from activities.reconcile_activities import SAYS_GOODBYE_WITHIN
from database.case.case_record import CaseRecords
from database.case.cases import Cases
from database.sql import Pool
from domain.case.state import CaseState, KeptMoments, Stage
from domain.clock import BusinessClock
from tests.support.runs import ReconciledWorld, named
from tests.support.world import Loan, OpenCase, insert_loan

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)


@pytest.fixture
def world(pool: Pool) -> ReconciledWorld:
    return ReconciledWorld(pool, NOW)


async def test_case_with_its_run_is_left_alone(world: ReconciledWorld, open_case: OpenCase) -> None:
    """It is looked at from both sides, and not described one by one."""
    await open_case(LOAN)
    world.runs.run("L-1")
    found = await world.reconcile()
    assert (found.cases, found.runs, found.differs) == (1, 1, False)
    assert world.runs.described == []


async def test_run_that_is_not_on_the_list_yet_is_described_first(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """The list lags behind by seconds: what runs is not started again."""
    await open_case(LOAN)
    world.runs.run("L-1")
    world.runs.not_listed = {"L-1"}
    found = await world.reconcile()
    assert not found.differs
    assert world.runs.described == ["L-1"]


@pytest.mark.parametrize(
    "standing", ["terminated", "canceled", "failed", "timed_out", "completed", "none"]
)
async def test_lost_case_is_taken_up_at_its_stage(
    world: ReconciledWorld, open_case: OpenCase, standing: str
) -> None:
    """However its run has ended, or if there is none: with what the record says, once."""
    case_id = await open_case(LOAN, 200)
    deadline = NOW + timedelta(days=3)
    await Cases(world.pool).enter_stage(case_id, Stage.LEGAL_REVIEW, KeptMoments(), NOW)
    await Cases(world.pool).keep_moments(case_id, KeptMoments(stage_ends_at=deadline))
    world.runs.standings["L-1"] = standing

    found = await world.reconcile()

    assert (found.lost, found.taken_up, found.failed) == (1, 1, 0)
    assert named(found)["L-1"] == f"open in legal_review, its run: {standing}; taken up there"
    [state] = world.starter.states
    assert state is not None
    assert (state.stage, state.stage_ends_at) == (Stage.LEGAL_REVIEW, deadline)
    assert (await world.reconcile()).taken_up == 0  # it runs, whatever the list says by now


async def test_record_that_cannot_be_read_stops_no_other(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """It is named, without what stands in it."""
    bad = await open_case(LOAN)
    await open_case(Loan("L-2", "B-2"))
    await world.pool.execute(
        "UPDATE collection_cases SET stage = 'elsewhere' WHERE case_id = $1", bad
    )
    found = await world.reconcile()
    assert (found.lost, found.taken_up, found.failed) == (2, 1, 1)
    assert named(found)["L-1"].startswith("its record cannot be read: stage: ")
    assert "elsewhere" not in named(found)["L-1"]


async def test_dry_run_starts_nothing(world: ReconciledWorld, open_case: OpenCase) -> None:
    """It only names."""
    await open_case(LOAN)
    found = await world.reconcile(only_looks=True)
    assert (found.lost, found.taken_up) == (1, 0)
    assert named(found) == {"L-1": "open in early_contact, its run: none"}
    assert world.starter.started == []


async def test_start_that_fails_is_named_and_left_for_the_next(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """Others are taken up all the same."""
    for number in (1, 2):
        await open_case(Loan(f"L-{number}", f"B-{number}"))
    world.starter.fails_for = {"L-1"}
    found = await world.reconcile()
    assert (found.lost, found.taken_up, found.failed) == (2, 1, 1)
    world.starter.fails_for = set()
    assert (await world.reconcile()).taken_up == 1


async def test_case_that_was_never_taken_up_is_the_scans(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """Between the row and the start nobody else may begin."""
    await open_case(LOAN)
    await world.pool.execute("UPDATE collection_cases SET started_at = NULL")
    assert (await world.reconcile()).cases == 0


async def test_case_that_was_paid_before_it_was_ever_taken_up_is_not_the_scans(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """The scan looks for what is overdue: nobody would start it, nor take its events in."""
    await open_case(LOAN)
    await world.pool.execute("UPDATE collection_cases SET started_at = NULL")
    await world.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, kind, received_at, recorded_at,"
        " source) SELECT 'P', loan_id, outstanding_minor, 'payment', $1, $1, 'ledger' FROM loans",
        NOW,
    )
    assert (await world.reconcile()).taken_up == 1


async def test_runs_without_a_case_are_named_and_left_running(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """As after a restored dump: what they know may be on no record any more."""
    case_id = await open_case(LOAN)
    await insert_loan(world.pool, Loan("L-2", "B-2"))
    await world.pool.execute(
        "UPDATE collection_cases SET closed_at = $1, outcome = 'cured' WHERE case_id = $2",
        NOW - SAYS_GOODBYE_WITHIN - timedelta(days=1),
        case_id,
    )
    for loan_id in ("L-1", "L-2", "L-3"):
        world.runs.run(loan_id)

    found = await world.reconcile()

    assert found.runs_astray == 3
    assert "the case ended on" in named(found)["L-1"]
    assert "no case of the loan" in named(found)["L-2"]
    assert "does not know the loan" in named(found)["L-3"]
    assert world.starter.started == []


async def test_run_of_a_case_that_has_just_ended_says_goodbye(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """The closing notice waits for the morning, or for the end of a hold."""
    await open_case(LOAN)
    await world.pool.execute(
        "UPDATE collection_cases SET closed_at = $1, outcome = 'cured'", NOW - timedelta(days=2)
    )
    world.runs.run("L-1", "ended")
    assert not (await world.reconcile()).differs


async def test_run_that_stands_elsewhere_is_asked_and_named(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """The stage it is filtered by may be old: only what the run itself says counts."""
    case_id = await open_case(LOAN)
    world.runs.run("L-1", Stage.APPROVAL)
    state = CaseState(loan_id="L-1", case_id=case_id)
    world.runs.states["L-1"] = state
    assert not (await world.reconcile()).differs

    state.stage = Stage.APPROVAL
    found = await world.reconcile()
    assert named(found) == {"L-1": "the run stands in approval, the record says early_contact"}

    state.case_id = "L-1:2025-01-01"
    assert "the run is of case L-1:2025-01-01" in named(await world.reconcile())["L-1"]


async def test_run_that_knows_nothing_of_the_end_is_named_at_once(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """It is out of an older copy of the engine's database, and would work on a closed case."""
    case_id = await open_case(LOAN)
    await world.pool.execute(
        "UPDATE collection_cases SET closed_at = $1, outcome = 'cured'", NOW - timedelta(days=2)
    )
    world.runs.run("L-1", Stage.APPROVAL)
    state = world.runs.states["L-1"] = CaseState(loan_id="L-1", case_id=case_id, stage=Stage.ENDED)
    assert not (await world.reconcile()).differs  # the list lags behind
    state.stage = Stage.APPROVAL
    assert "stands in approval, and the case ended" in named(await world.reconcile())["L-1"]


async def test_run_that_does_not_answer_is_no_run_without_a_difference(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """As while the workers are stopped."""
    await open_case(LOAN)
    world.runs.run("L-1", Stage.EARLY_CONTACT)
    assert not (await world.reconcile()).differs
    found = await world.reconcile(is_thorough=True)
    assert "does not answer" in named(found)["L-1"]


async def test_thorough_one_names_each_field_that_differs(
    world: ReconciledWorld, open_case: OpenCase
) -> None:
    """As after Postgres was set back: the run knows a contact that the record has lost."""
    case_id = await open_case(LOAN)
    world.runs.run("L-1", Stage.EARLY_CONTACT)
    [recorded] = await CaseRecords(world.pool).read([case_id])
    state = world.runs.states["L-1"] = recorded.rebuild(BusinessClock()).state
    assert not (await world.reconcile(is_thorough=True)).differs

    state.last_step = "2026-01-01:day-3"
    assert not (await world.reconcile()).differs
    found = await world.reconcile(is_thorough=True)
    assert named(found)["L-1"].startswith("last_step: '2026-01-01:day-3' in the run, ")


async def test_pages_go_on_where_they_were_cut(world: ReconciledWorld, open_case: OpenCase) -> None:
    """From any report on: each case is looked at once, and each run."""
    for number in range(7):
        await open_case(Loan(f"L-{number}", f"B-{number}"))
        world.runs.run(f"L-{number}")
    whole = await world.reconcile(page_size=3)
    assert (whole.cases, whole.runs, len(world.reports)) == (7, 7, 6)
    for cut in [*world.reports]:
        again = await world.reconcile(cut, page_size=3)
        assert (again.cases, again.runs) == (7, 7)
