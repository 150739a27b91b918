"""`ops.py policy adopt`: open cases are pinned to another policy, one event a case."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.console import Console
from rich.progress import Progress
from temporalio.client import Client

from activities.business_time import business_time
from commands.at_start import not_in_effect
from commands.command_line import CommandError, counted, open_database
from commands.ops.policy.source import Source, find_policy, is_file
from database.policy.adoption import Adoption, CaseToMove, Scope
from database.policy.stored_policies import StoredPolicies
from domain.policy.policy import Policy
from policies.reader import fingerprint
from policies.texts.claims import refuse_claims
from runtime.settings import load_settings
from temporal.client import connect_temporal
from temporal.delivery import NoAnswerError, deliver

AT_ONCE = 100


class Failure(NamedTuple):
    """A case that was not moved, and why."""

    case: CaseToMove
    reason: str


async def adopt(
    source: Source,
    loan: Annotated[str | None, typer.Option(help="The open case of this loan")] = None,
    lender: Annotated[str | None, typer.Option(help="Every open case of this lender")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would move")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=1000, help="Cases a second")] = 20,
) -> int:
    """Pin open cases to a policy; a FILE is stored first. Safe to repeat: it goes on where it was.

    Ends with 1 when a case could not be moved; each is named with the reason.
    """
    scope = _scope(loan, lender)
    settings = load_settings()
    policy = await find_policy(source)
    if is_file(source):
        refuse_claims(policy.texts or {}, Path(source))
    async with open_database(settings) as pool:
        stored = StoredPolicies(pool)
        await _see_stored(stored, policy)
        now = business_time(settings.business_clock)
        if (line := not_in_effect(policy, settings.business_clock, now())) is not None:
            typer.echo(line, err=True)
        to_move = await _cases_to_move(Adoption(pool), policy, scope, dry_run=dry_run)
        if dry_run or not to_move:
            return 0
        await stored.store_policy(policy, fingerprint(policy), now())
        failures = await move_cases(await connect_temporal(), policy.version, to_move, rate, now)
    for case, reason in failures:
        typer.echo(f"not moved: loan {case.loan_id}: {reason}", err=True)
    typer.echo(f"{len(to_move) - len(failures)} moved to {policy.version}, {len(failures)} failed")
    return 1 if failures else 0


def _scope(loan: str | None, lender: str | None) -> Scope:
    if (loan is None) == (lender is None):
        raise CommandError("--loan, --lender: give either of them")
    return Scope(loan, lender)


async def _see_stored(stored: StoredPolicies, policy: Policy) -> None:
    """A version that is stored with other numbers is not moved to, nor called done."""
    with suppress(LookupError):
        kept = await stored.read_policy(policy.version)
        if fingerprint(kept) != fingerprint(policy):
            raise CommandError(
                f"policy {policy.version} is stored with other numbers: give the file a new version"
            )


async def _cases_to_move(
    adoption: Adoption, policy: Policy, scope: Scope, *, dry_run: bool
) -> list[CaseToMove]:
    """The open cases that the policy does not govern yet; says how many there are."""
    to_move = await adoption.cases_to_move(policy.version, scope)
    governed = await adoption.cases_governed(policy.version, scope)
    if not to_move and not governed:
        whose = f"loan {scope.loan_id}" if scope.loan_id else f"lender {scope.lender}"
        raise CommandError(f"no case of {whose} is open")
    verb = "would move" if dry_run else "to move"
    typer.echo(
        f"{counted(len(to_move), 'open case')} {verb} to {policy.version}; "
        f"{governed} {'is' if governed == 1 else 'are'} there already"
    )
    for version, count in sorted(Counter(case.policy_version for case in to_move).items()):
        typer.echo(f"    {count} from {version}")
    return to_move


async def move_cases(
    client: Client,
    version: str,
    cases: list[CaseToMove],
    rate: float,
    now: Callable[[], datetime],
) -> list[Failure]:
    """Send `policy_adopted` to each case, at most `rate` a second; answers with what failed.

    A case counts the event once, so that a run that was cut short is simply started again.
    """
    at_once = asyncio.Semaphore(AT_ONCE)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("adopting", total=len(cases))

        async def move(case: CaseToMove) -> Failure | None:
            async with at_once:
                reason = await _send(client, version, case, now())
            progress.advance(task)
            return None if reason is None else Failure(case, reason)

        moves = []
        for case in cases:
            moves.append(asyncio.create_task(move(case)))
            await asyncio.sleep(1 / rate)
        results = await asyncio.gather(*moves)
    return [failure for failure in results if failure is not None]


async def _send(client: Client, version: str, case: CaseToMove, now: datetime) -> str | None:
    """The reason why the case has not adopted the policy; None when it has."""
    event = {
        "name": "policy_adopted",
        "event_id": case.event_id,
        "occurred_at": now.isoformat(),
        "source": "ops",
        "policy_version": version,
    }
    try:
        answer = await deliver(client, case.loan_id, event)
    except NoAnswerError as error:
        return str(error)
    return None if answer["accepted"] else str(answer["reason"])
