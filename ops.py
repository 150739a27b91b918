"""The operator's command line: one loan's state and story, one event, the audit, the policy."""

import json
from typing import Annotated, Any

import typer
from temporalio.client import WorkflowQueryFailedError
from temporalio.service import RPCError

from activities.business_time import business_time
from commands import policy as policy_commands
from commands.agreement import agreement
from commands.command_line import CommandError, database, run_command
from commands.package import package
from commands.visitor import visitor
from commands.why import why
from database.audit import Audit
from database.migrate import apply_migrations
from domain.events import EVENTS
from runtime.settings import load_settings
from temporal.client import connect_temporal
from temporal.delivery import LateAnswerError, NoAnswerError, deliver, why_no_answer
from temporal.names import workflow_id

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(policy_commands.app, name="policy")
app.command()(why)
app.command()(package)
app.command()(visitor)
app.command()(agreement)

Loan = Annotated[str, typer.Argument(metavar="LOAN", help="The loan's id")]


@app.callback()
def ops() -> None:
    """Looks into running cases and sends them events."""


@app.command()
def status(loan_id: Loan) -> None:
    """Print where a loan stands, as JSON."""
    run_command(_status(loan_id))


async def _status(loan_id: str) -> int:
    client = await connect_temporal()
    try:
        answer = await client.get_workflow_handle(workflow_id(loan_id)).query("status")
    except (RPCError, WorkflowQueryFailedError) as error:
        raise CommandError(f"LOAN {loan_id}: {why_no_answer(error)}") from error
    _print(answer)
    return 0


@app.command()
def send(
    loan_id: Loan,
    name: Annotated[str, typer.Argument(help="The event, such as payment_received")],
    body: Annotated[str, typer.Argument(metavar="JSON", help="The event's body, one JSON object")],
) -> None:
    """Send one event and print what became of it. Ends with 1 when it was refused."""
    run_command(_send(loan_id, name, body))


async def _send(loan_id: str, name: str, body: str) -> int:
    if name not in EVENTS:
        raise CommandError(f"NAME: no event is called {name}; there are: {', '.join(EVENTS)}")
    try:
        event = json.loads(body)
    except ValueError as error:
        raise CommandError(f"JSON: {error}") from error
    if not isinstance(event, dict):
        raise CommandError("JSON: must be one object, {…}")
    client = await connect_temporal()
    try:
        answer = await deliver(client, loan_id, event | {"name": name})
    except LateAnswerError as error:
        again = "The event may still be taken in: send it again under the same event_id"
        raise CommandError(f"LOAN {loan_id}: {error} {again}") from error
    except NoAnswerError as error:
        raise CommandError(f"LOAN {loan_id}: {error}") from error
    _print(answer)
    return 0 if answer["accepted"] else 1


@app.command()
def migrate() -> None:
    """Bring the database of DATABASE_URL up to date. Safe to repeat."""
    run_command(_migrate())


async def _migrate() -> int:
    settings = load_settings()
    async with database(settings):  # says clearly when it does not answer
        await apply_migrations(settings.database_url)
    return 0


@app.command()
def audit(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a line")] = False,
) -> None:
    """Check the guarantees on the record alone. Ends with 1 and the rows, if one is broken."""
    run_command(_audit(as_json=as_json))


async def _audit(*, as_json: bool) -> int:
    settings = load_settings()
    async with database(settings) as pool:
        broken = await Audit(pool).broken(business_time(settings.business_clock)())
    for violation in broken:
        typer.echo(json.dumps(violation._asdict()) if as_json else str(violation))
    if not broken and not as_json:
        typer.echo(f"no guarantee is broken: {', '.join(Audit.guarantees)}")
    return 1 if broken else 0


def _print(answer: dict[str, Any]) -> None:
    typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    app()
