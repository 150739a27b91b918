"""The state of a life from its record alone: against its run's, and in a run's place."""

from typing import Any

from temporalio.testing import WorkflowEnvironment

from database.case.case_record import CaseRecords
from database.event_record import Events
from database.sql import Pool
from domain.case.events.without_case import IncomingEvent
from domain.case.rebuilt.differences import differences
from domain.case.state import CaseState, DueCase
from temporal.case_starter import TemporalCaseStarter
from temporal.names import CASE_STATE, workflow_id
from tests.support.lives.life import Life

IS_FINISHED = (
    "SELECT closed_at IS NOT NULL AND NOT is_ending FROM collection_cases WHERE case_id = $1"
)


async def take_up_again(life: Life) -> None:
    """Start the run that was lost again, as the scan does, from its record alone."""
    [recorded] = await CaseRecords(life.pool).read([life.case_id])
    state, guesses = recorded.rebuild(life.clock, await life.now())
    assert guesses == []
    case = DueCase(case_id=life.case_id, loan_id=life.loan.loan_id, state=state)
    assert await TemporalCaseStarter(life.env.client, life.clock).start_case(case)
    life.handle = life.env.client.get_workflow_handle(life.handle.id)
    await life.settle()


async def compare_with_record(
    env: WorkflowEnvironment, pool: Pool, loan_id: str, case_id: str
) -> None:
    """The two are the same, and nothing had to be guessed, until the case's end is finished."""
    handle = env.client.get_workflow_handle(workflow_id(loan_id))
    if await pool.fetchval(IS_FINISHED, case_id):
        return
    in_run = await handle.query(CASE_STATE, result_type=CaseState)
    [recorded] = await CaseRecords(pool).read([case_id])
    on_record, guesses = recorded.rebuild(in_run.clock)
    found = [*map(str, differences(in_run, on_record)), *guesses]
    assert not found, "the record says another state than the run:\n" + "\n".join(found)


async def at_rest(life: Life, name: str, **body: Any) -> None:
    """Deliver an event that must be accepted, as the front door does while there is no run."""
    now = await life.now()
    incoming = IncomingEvent(name, await life.event(name=name, **body), name)
    verdict = await Events(life.pool).record_without_case(
        life.loan.loan_id, incoming, life.policy, lambda: now
    )
    assert verdict.accepted, verdict
    await life.settle()
