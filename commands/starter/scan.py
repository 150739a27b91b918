"""`starter.py scan`: one pass over the overdue loans, as the schedule does it."""

import json
from typing import Annotated

import typer

from activities.business_time import business_time
from activities.complaint_activities import ComplaintWatches
from activities.scan_activities import ScanSummary, scan_overdue
from commands.at_start import what_differs
from commands.command_line import open_database
from commands.starter.reconcile import is_unmended, reconcile_once
from database.case.cases import Cases
from database.case.scan import Scan
from database.policy.stored_policies import StoredPolicies
from policies.reader import fingerprint, read_policy
from policies.texts.claims import refuse_claims
from runtime.settings import load_settings
from temporal.case_starter import TemporalCaseStarter, TemporalWatchStarter
from temporal.client import connect_temporal


async def scan(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """One pass: a case and a workflow for every overdue loan without one. Safe to repeat.

    Then open cases are compared with their runs, as `reconcile` does it, and somebody is reminded
    of each open complaint of a loan without an open case.

    Ends with 1 when a workflow could not be started, or a loan was passed over because nobody
    knows its borrower's time zone, or a run and its case disagree; the next pass tries it again.
    """
    settings = load_settings()
    policy = read_policy(settings.policy_file)
    refuse_claims(policy.texts or {}, settings.policy_file)
    now = business_time(settings.business_clock)
    client = await connect_temporal()
    async with open_database(settings) as pool:
        await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
        for line in await what_differs(pool, "scan", policy, settings, now()):
            typer.echo(line, err=True)
        starter = TemporalCaseStarter(client, settings.business_clock)
        summary = await scan_overdue(
            Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
        )
        found = await reconcile_once(pool, client, settings.business_clock)
        await ComplaintWatches(
            Cases(pool), TemporalWatchStarter(client), settings.business_clock, policy.aftercare
        ).start()
    counts: dict[str, int] = summary.model_dump(exclude={"cursor", "is_counted", "without_clock"})
    counts |= {"lost": found.lost, "taken_up": found.taken_up, "runs_astray": found.runs_astray}
    typer.echo(json.dumps(counts) if as_json else _as_text(counts))
    for finding in found.findings:
        typer.echo(f"{finding.loan_id}: {finding.what}", err=True)
    for loan_id in summary.without_clock:
        typer.echo(f"{loan_id}: passed over: the borrower's time zone is none", err=True)
    return 1 if summary.failed or summary.without_clock or is_unmended(found) else 0


def _as_text(counts: dict[str, int]) -> str:
    return "\n".join(f"{name.replace('_', ' '):16}{count}" for name, count in counts.items())
