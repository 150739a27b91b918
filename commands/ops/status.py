"""`ops.py status LOAN`: where a loan stands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import typer
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError

from commands.command_line import CommandError, LoanId, print_json
from domain.local_time import show_local
from temporal.client import connect_temporal
from temporal.delivery import why_no_answer
from temporal.names import STATUS, workflow_id

ANSWER_WITHIN = timedelta(seconds=10)


async def status(loan_id: LoanId) -> int:
    """Print where a loan stands, as JSON; on stderr, of when that is."""
    client = await connect_temporal()
    answer = await read_status(client, loan_id)
    print_json(answer)
    typer.echo(of_when(answer), err=True)
    if (end := await how_ended(client, loan_id)) is not None:
        typer.echo(f"its workflow is not running any more: {end}", err=True)
    return 0


async def read_status(client: Client, loan_id: str) -> dict[str, Any]:
    """The answer of a loan's workflow.

    Raises:
        CommandError: when there is none.
    """
    handle = client.get_workflow_handle(workflow_id(loan_id))
    try:
        answer: dict[str, Any] = await handle.query(STATUS, rpc_timeout=ANSWER_WITHIN)
    except (RPCError, WorkflowQueryFailedError) as error:
        raise CommandError(f"LOAN {loan_id}: {why_no_answer(error)}") from error
    return answer


def of_when(answer: Mapping[str, Any], zone: str = "UTC") -> str:
    """Of which moment an answer is: a case that sleeps has looked at nothing since."""
    if answer["as_of"] is None:
        return "the case has not been taken up yet"
    as_of = datetime.fromisoformat(answer["as_of"])
    return f"as of {show_local(as_of, zone)} {zone}, when the case last looked at its facts"


async def how_ended(client: Client, loan_id: str) -> str | None:
    """How a loan's last run has ended: `completed`, `terminated`, …; None while it is running.

    A run that has ended answers a query as it stood then.
    """
    run = await client.get_workflow_handle(workflow_id(loan_id)).describe()
    if run.status is None or run.status is WorkflowExecutionStatus.RUNNING:
        return None
    return run.status.name.lower().replace("_", " ")
