"""`ops.py status LOAN`: where a loan stands."""

from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

from commands.command_line import CommandError, LoanId, print_json
from temporal.client import connect_temporal
from temporal.delivery import why_no_answer
from temporal.names import STATUS, workflow_id


async def status(loan_id: LoanId) -> int:
    """Print where a loan stands, as JSON."""
    client = await connect_temporal()
    try:
        answer = await client.get_workflow_handle(workflow_id(loan_id)).query(STATUS)
    except (RPCError, WorkflowQueryFailedError) as error:
        raise CommandError(f"LOAN {loan_id}: {why_no_answer(error)}") from error
    print_json(answer)
    return 0
