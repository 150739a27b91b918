"""The state of a life from its record alone: against its run's, and in a run's place."""

from temporalio.testing import WorkflowEnvironment

from database.case.case_record import CaseRecords
from database.sql import Pool
from domain.case.rebuilt.differences import differences
from domain.case.state import CaseState, DueCase
from temporal.case_starter import TemporalCaseStarter
from temporal.names import CASE_STATE, workflow_id
from tests.support.lives.conversation import MOMENT
from tests.support.lives.life import Life


async def take_up_again(life: Life) -> None:
    """Start the run that was lost again, as the scan does, from its record alone."""
    [recorded] = await CaseRecords(life.pool).read([life.case_id])
    state, guesses = recorded.rebuild(life.clock, await life.now())
    assert guesses == []
    case = DueCase(case_id=life.case_id, loan_id=life.loan.loan_id, state=state)
    assert await TemporalCaseStarter(life.env.client, life.clock).start_case(case)
    life.handle = life.env.client.get_workflow_handle(life.handle.id)
    await life.skip(MOMENT)


async def compare_with_record(
    env: WorkflowEnvironment, pool: Pool, loan_id: str, case_id: str
) -> None:
    """The two are the same, and nothing had to be guessed, while the case is open."""
    handle = env.client.get_workflow_handle(workflow_id(loan_id))
    if await pool.fetchval("SELECT closed_at FROM collection_cases WHERE case_id = $1", case_id):
        return  # the run still says goodbye
    in_run = await handle.query(CASE_STATE, result_type=CaseState)
    [recorded] = await CaseRecords(pool).read([case_id])
    on_record, guesses = recorded.rebuild(in_run.clock)
    found = [*map(str, differences(in_run, on_record)), *guesses]
    assert not found, "the record says another state than the run:\n" + "\n".join(found)
