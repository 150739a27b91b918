"""The state of a life's run against its state from the record alone."""

from temporalio.testing import WorkflowEnvironment

from database.case.case_record import CaseRecords
from database.sql import Pool
from domain.case.rebuilt.differences import differences
from domain.case.state import CaseState
from temporal.names import CASE_STATE, workflow_id


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
