"""`ops.py status LOAN`: where a loan stands."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import typer
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.service import RPCError

from commands.command_line import CommandError, LoanId, open_database, print_json, require_loan
from database.errors import DatabaseUnusableError
from domain.local_time import show_local
from runtime.settings import SettingsError, load_settings
from temporal.client import connect_temporal
from temporal.delivery import is_not_found, why_no_answer
from temporal.names import STATUS, workflow_id

ANSWER_WITHIN = timedelta(seconds=10)


class NothingRunsError(CommandError):
    """The loan has no workflow, nor ever had one that is still kept."""


async def status(loan_id: LoanId) -> int:
    """Print where a loan stands, as JSON; on stderr, of when that is."""
    client = await connect_temporal()
    try:
        answer = await read_status(client, loan_id)
    except NothingRunsError as error:
        await _require_loan(loan_id, error)
        raise
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
        kind = NothingRunsError if is_not_found(error) else CommandError
        raise kind(f"LOAN {loan_id}: {why_no_answer(error)}") from error
    return answer


async def _require_loan(loan_id: str, error: NothingRunsError) -> None:
    """Temporal does not know which loans there are; the database may be away."""
    try:
        settings = load_settings()
        async with open_database(settings) as pool:
            await require_loan(pool, loan_id)
    except (SettingsError, DatabaseUnusableError) as away:
        unknown = f"{error}; whether there is such a loan is not known: {away}"
        raise CommandError(unknown) from away


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
