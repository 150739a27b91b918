"""`ops.py policy show`: a policy, rule by rule."""

from collections.abc import Iterator

import typer

from commands.ops.policy.source import Source, find_policy
from commands.ops.policy.values import value_in_words, value_lines
from domain.policy.changes import RuleLine, rules_of, texts_of
from domain.policy.channels import Channels
from domain.policy.policy import Policy
from policies.reader import fingerprint


async def show(source: Source) -> int:
    """Print every rule of a policy, its value and where it comes from; and its texts."""
    for line in describe_policy(await find_policy(source)):
        typer.echo(line)
    return 0


def describe_policy(policy: Policy) -> Iterator[str]:
    """The lines of a policy, for whoever has to agree to it."""
    yield f"{policy.version}, from {policy.days_of_effect}, SHA-256 {fingerprint(policy)}"
    channels = policy.channels
    yield f"Borrowers ask at {channels.hotline} and complain at {channels.complaint_hotline}."
    if channels.supervisor_hotline is not None:
        yield f"The supervisor is {channels.supervisor_name}, {channels.supervisor_hotline}."
    yield from _other_lines(channels)
    for rule in rules_of(policy):
        yield ""
        yield from describe_rule(rule)
    if policy.not_kept_here:
        yield ""
        yield "Not kept here, or not wholly:"
    for missing in policy.not_kept_here:
        yield f"    [{missing.id}] {missing.why}"
    if policy.texts is None:
        yield ""
        yield "It names no texts: those of before texts were part of a policy are its own."
    for text in texts_of(policy):
        yield ""
        yield text.path
        yield f"    {text.words}"


def _other_lines(channels: Channels) -> Iterator[str]:
    """What is otherwise in one language or of one lender."""
    for language, lines in channels.by_language.items():
        yield f"In {language}: {value_in_words(lines.said)}."
    for lender, of_lender in channels.by_lender.items():
        yield f"Of {lender}: {value_in_words(of_lender.said)}."
        for language, lines in of_lender.by_language.items():
            yield f"Of {lender}, in {language}: {value_in_words(lines.said)}."


def describe_rule(rule: RuleLine) -> Iterator[str]:
    """One rule: its name and id, its value, what it says, and where it comes from."""
    yield f"{rule.path}   [{rule.rule_id}]"
    yield from (f"    {line}" for line in value_lines(rule.path, rule.value))
    yield f"    {rule.text}"
    if rule.limits:
        yield f"    {rule.limits}"
    yield f"    {rule.force}, verified: {rule.verified}; {rule.source}"
