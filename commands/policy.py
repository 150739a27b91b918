"""`ops.py policy …`: check a policy, show it, compare two, let running cases adopt one."""

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from activities.business_time import business_time
from commands.adopt import adopt
from commands.command_line import CommandError, database, run_command
from database.policy.adoption import Adoption, CaseToMove, Scope
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.policy.changes import Change, changes_between, rules_of
from domain.policy.policy import Policy
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY, load_settings
from temporal.client import connect_temporal

app = typer.Typer(no_args_is_help=True, help="Check, show, compare and adopt policies.")

Source = Annotated[
    str, typer.Argument(metavar="VERSION|FILE", help="A stored version or a .yaml file")
]


@app.command()
def check(file: Annotated[Path, typer.Argument(help="A policy file")] = CHINA_POLICY) -> None:
    """Check a policy file; each mistake is printed with its line."""
    run_command(_check(file))


async def _check(file: Path) -> int:
    policy = read_policy(file)
    typer.echo(f"{file}: {policy.version} is valid, SHA-256 {fingerprint(policy)}")
    return 0


@app.command()
def show(source: Source) -> None:
    """Print every rule of a policy: its value, and where it comes from."""
    run_command(_show(source))


async def _show(source: str) -> int:
    policy = await _find(source)
    typer.echo(f"{policy.version}, from {policy.effective_from}, SHA-256 {fingerprint(policy)}")
    for rule in rules_of(policy):
        typer.echo(f"{rule.path}: {_word(rule.value)}   [{rule.rule_id}]")
        typer.echo(f"    {rule.text}")
        typer.echo(f"    {rule.force}, verified: {rule.verified}; {rule.source}")
    return 0


@app.command()
def diff(old: Source, new: Source) -> None:
    """Say what changes from one policy to another, rule by rule. Ends with 1 when anything does."""
    run_command(_diff(old, new))


async def _diff(old: str, new: str) -> int:
    changes = changes_between(await _find(old), await _find(new))
    for change in changes:
        typer.echo(say(change))
    if not changes:
        typer.echo("nothing changes")
    return 1 if changes else 0


def say(change: Change) -> str:
    """One change in words."""
    name = f"{change.path} [{change.rule_id}]" if change.rule_id else change.path
    if isinstance(change.old, list) and isinstance(change.new, list):
        gone = [each for each in change.old if each not in change.new]
        added = [each for each in change.new if each not in change.old]
        parts = [f"without {_word(each)}" for each in gone] + [
            f"with {_word(each)}" for each in added
        ]
        return f"{name}: {'; '.join(parts) or 'in another order'}"
    if change.old is None:
        return f"{name}: {_word(change.new)}, new"
    if change.new is None:
        return f"{name}: {_word(change.old)}, dropped"
    effect = f" ({change.effect})" if change.effect else ""
    old, new = _differing(change.old, change.new)
    return f"{name}: {_word(old)} becomes {_word(new)}{effect}"


def _differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two values with fields, only the fields that differ; hours are said whole."""
    if not isinstance(old, dict) or not isinstance(new, dict) or "start" in old:
        return old, new
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def _word(value: Any) -> str:
    if isinstance(value, dict) and {"start", "end"} == value.keys():
        return f"{value['start'][:5]} to {value['end'][:5]}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_word(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(_word(each) for each in value)
    return value if isinstance(value, str) else json.dumps(value)


@app.command("adopt")
def adopt_(
    source: Source,
    loan: Annotated[str | None, typer.Option(help="The open case of this loan")] = None,
    lender: Annotated[str | None, typer.Option(help="Every open case of this lender")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would move")] = False,
    rate: Annotated[float, typer.Option(min=0.1, max=1000, help="Cases a second")] = 20,
) -> None:
    """Pin open cases to a policy; a FILE is stored first. Safe to repeat: it goes on where it was.

    Ends with 1 when a case could not be moved; each is named with the reason.
    """
    if (loan is None) == (lender is None):
        raise typer.BadParameter("give either --loan or --lender")
    run_command(_adopt(source, Scope(loan, lender), rate, dry_run=dry_run))


async def _adopt(source: str, scope: Scope, rate: float, *, dry_run: bool) -> int:
    settings = load_settings()
    policy = await _find(source)
    async with database(settings) as pool:
        await _see_stored(pool, policy)
        adoption = Adoption(pool)
        to_move = await adoption.cases_to_move(policy.version, scope)
        governed = await adoption.cases_governed(policy.version, scope)
        if not to_move and not governed:
            whose = f"loan {scope.loan_id}" if scope.loan_id else f"lender {scope.lender}"
            raise CommandError(f"no case of {whose} is open")
        _announce(policy, to_move, governed, dry_run=dry_run)
        if dry_run or not to_move:
            return 0
        now = business_time(settings.business_clock)
        await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
        failures = await adopt(await connect_temporal(), policy.version, to_move, rate, now)
    for case, reason in failures:
        typer.echo(f"not moved: loan {case.loan_id}: {reason}", err=True)
    typer.echo(f"{len(to_move) - len(failures)} moved to {policy.version}, {len(failures)} failed")
    return 1 if failures else 0


async def _see_stored(pool: Pool, policy: Policy) -> None:
    """A version that is stored with other numbers is not moved to, nor called done."""
    with suppress(LookupError):
        if fingerprint(await StoredPolicies(pool).read_policy(policy.version)) != fingerprint(
            policy
        ):
            raise CommandError(
                f"policy {policy.version} is stored with other numbers: give the file a new version"
            )


def _announce(policy: Policy, to_move: list[CaseToMove], governed: int, *, dry_run: bool) -> None:
    verb = "would move" if dry_run else "to move"
    typer.echo(
        f"{len(to_move)} open cases {verb} to {policy.version}; {governed} are there already"
    )
    for version, count in sorted(Counter(case.policy_version for case in to_move).items()):
        typer.echo(f"    {count} from {version}")


async def _find(source: str) -> Policy:
    """The policy in a file, or the stored one of that version."""
    if source.endswith((".yaml", ".yml")):
        return read_policy(Path(source))
    async with database(load_settings()) as pool:
        return await _stored(pool, source)


async def _stored(pool: Pool, version: str) -> Policy:
    try:
        return await StoredPolicies(pool).read_policy(version)
    except LookupError as error:
        raise CommandError(
            f"{version}: no stored policy has this version, and no .yaml file has this name"
        ) from error
