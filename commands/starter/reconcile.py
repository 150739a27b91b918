"""`starter.py reconcile`: for each open case one open run, checked and not assumed."""

import json
from typing import Annotated

import typer
from temporalio.client import Client

from activities.business_time import business_time
from activities.reconcile_activities import Reconciler, Reconciliation
from commands.clock_check import warn_of_another_clock
from commands.command_line import open_database
from database.case.case_record import CaseRecords
from database.case.reconciliation import CasesOnRecord
from database.sql import Pool
from domain.clock import BusinessClock
from runtime.settings import load_settings
from temporal.case_starter import TemporalCaseStarter
from temporal.client import connect_temporal
from temporal.runs import TemporalRuns

COUNTS = ("cases", "lost", "taken_up", "failed", "runs", "runs_astray")
MOST_PRINTED = 100_000


async def reconcile(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only name what differs")] = False,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Ask each run for its whole state")
    ] = False,
) -> int:
    """Take up cases whose run was lost, at the stage where they were; name runs without a case.

    The scheduled scan does it, too, by the stages; after Postgres was set back, let a thorough one
    compare each run's whole state, which the worker answers. Ends with 1 when something differs
    that is not mended by it.
    """
    settings = load_settings()
    clock = settings.business_clock
    client = await connect_temporal()
    async with open_database(settings) as pool:
        await warn_of_another_clock(pool, settings)
        found = await reconcile_once(pool, client, clock, only_looks=dry_run, is_thorough=thorough)
    typer.echo(json.dumps(as_object(found)) if as_json else as_text(found))
    return 1 if is_unmended(found) else 0


async def reconcile_once(
    pool: Pool,
    client: Client,
    clock: BusinessClock,
    *,
    only_looks: bool = False,
    is_thorough: bool = False,
) -> Reconciliation:
    """One reconciliation from beginning to end, as the schedule does it."""
    reconciler = Reconciler(
        CasesOnRecord(pool),
        CaseRecords(pool),
        TemporalRuns(client),
        TemporalCaseStarter(client, clock),
        clock,
        only_looks=only_looks,
        is_thorough=is_thorough,
    )
    found = Reconciliation(most_named=MOST_PRINTED)
    return await reconciler.reconcile(found, business_time(clock), report=lambda _: None)


def is_unmended(found: Reconciliation) -> bool:
    """Whether something differs that somebody has to look at."""
    return bool(found.runs_astray or found.lost > found.taken_up)


def as_object(found: Reconciliation) -> dict[str, object]:
    """What was found, without where it has got to."""
    return found.model_dump(include={*COUNTS, "findings"})


def as_text(found: Reconciliation) -> str:
    """A line for each number, and one for each difference that is named."""
    counts = [f"{name.replace('_', ' '):16}{getattr(found, name)}" for name in COUNTS]
    named = [f"{finding.loan_id}: {finding.what}" for finding in found.findings]
    unnamed = found.lost + found.runs_astray - len(named)
    return "\n".join([*counts, *named, *([f"and {unnamed} more"] if unnamed > 0 else [])])
