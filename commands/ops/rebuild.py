"""`ops.py rebuild LOAN`: a case's state from its record, beside that of its run."""

import json
from typing import Annotated, Any

import typer

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import CommandError, LoanId, open_database, print_json, require_loan
from database.case.case_record import CaseRecords, RecordedCase
from database.case.reconciliation import CasesOnRecord
from database.sql import Pool
from domain.case.rebuilt.differences import NOT_COMPARED, differences
from domain.case.rebuilt.state import Rebuilt
from domain.case.state import CaseState, DueCase
from runtime.settings import load_settings
from temporal.case_starter import TemporalCaseStarter
from temporal.client import connect_temporal
from temporal.runs import RUNNING, TemporalRuns


async def rebuild(
    loan_id: LoanId,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show both")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Show the state of a loan's case from its record alone beside that of its run.

    Without --dry-run a case that has no open run is taken up again with it; a run that is open is
    left as it is. Ends with 1 when the two differ, or could not be compared, or something had to be
    guessed.
    """
    settings = load_settings()
    clock = settings.business_clock
    client = await connect_temporal()
    runs = TemporalRuns(client)
    async with open_database(settings) as pool:
        await warn_of_another_clock(pool, settings)
        recorded = await _read(pool, loan_id)
    standing = await runs.standing(loan_id)
    in_run = await runs.state_of(loan_id) if standing == RUNNING else None
    if in_run is not None and in_run.case_id != recorded.record.case_id:
        raise CommandError(f"LOAN {loan_id}: its run is of another case, {in_run.case_id}")
    rebuilt = recorded.rebuild(clock)
    found = _as_object(rebuilt, standing, in_run)
    if as_json:
        print_json(found)
    else:
        typer.echo(_as_text(rebuilt, standing, in_run))
    if not dry_run and standing != RUNNING:
        again = recorded.rebuild(clock, business_time(clock)()).state
        case = DueCase(case_id=again.case_id, loan_id=loan_id, state=again)
        await TemporalCaseStarter(client, clock).start_case(case)
        typer.echo(f"taken up again in {again.stage}", err=True)
    is_compared = in_run is not None or (standing != RUNNING and not dry_run)
    return 0 if is_compared and not found["differences"] and not rebuilt.guesses else 1


async def _read(pool: Pool, loan_id: str) -> RecordedCase:
    case_id = await CasesOnRecord(pool).unfinished_case_of(loan_id)
    if case_id is None:
        await require_loan(pool, loan_id)
        raise CommandError(f"LOAN {loan_id}: no case is open")
    [recorded] = await CaseRecords(pool).read([case_id])
    return recorded


def _as_object(rebuilt: Rebuilt, standing: str, in_run: CaseState | None) -> dict[str, Any]:
    found = [] if in_run is None else differences(in_run, rebuilt.state)
    return {
        "run": standing,
        "guessed": rebuilt.guesses,
        "differences": [str(difference) for difference in found],
        "on_record": rebuilt.state.model_dump(mode="json"),
        "in_run": None if in_run is None else in_run.model_dump(mode="json"),
    }


def _as_text(rebuilt: Rebuilt, standing: str, in_run: CaseState | None) -> str:
    """Field by field: as on record, and where the run says otherwise, that."""
    fields = rebuilt.state.model_dump(mode="json")
    lines = [f"its run: {standing}" + ("" if in_run else "; no state of a run to compare with")]
    lines += [
        f"{name:24}{json.dumps(value, ensure_ascii=False)}"
        for name, value in fields.items()
        if name not in NOT_COMPARED
    ]
    found = [] if in_run is None else differences(in_run, rebuilt.state)
    lines += [f"differs: {difference}" for difference in found]
    lines += [f"guessed: {guess}" for guess in rebuilt.guesses]
    return "\n".join(lines)
