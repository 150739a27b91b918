"""`ops.py policy show`: a policy, rule by rule."""

import typer

from commands.ops.policy.source import Source, find_policy
from commands.ops.policy.values import value_in_words
from domain.policy.changes import rules_of
from policies.reader import fingerprint


async def show(source: Source) -> int:
    """Print every rule of a policy: its value, and where it comes from."""
    policy = await find_policy(source)
    typer.echo(f"{policy.version}, from {policy.effective_from}, SHA-256 {fingerprint(policy)}")
    for rule in rules_of(policy):
        typer.echo(f"{rule.path}: {value_in_words(rule.value)}   [{rule.rule_id}]")
        typer.echo(f"    {rule.text}")
        typer.echo(f"    {rule.force}, verified: {rule.verified}; {rule.source}")
    return 0
