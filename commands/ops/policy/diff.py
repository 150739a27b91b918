"""`ops.py policy diff`: what changes from one policy to another."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import typer

from commands.ops.policy.source import Source, find_policy
from commands.ops.policy.values import value_in_words
from domain.policy.changes import Change, changes_between, without_texts

# "neither": in part stricter and in part looser, or nothing that can be called either.
_KINDS = ("stricter", "looser", "new", "dropped", "neither")


async def diff(old: Source, new: Source) -> int:
    """Say what changes from one policy to another, rule by rule and text by text.

    Ends with 1 when anything does, and when one names its texts and the other does not.
    """
    before, after = await find_policy(old), await find_policy(new)
    changes = changes_between(before, after)
    typer.echo(summarise(changes))
    for change in changes:
        typer.echo(f"    {describe_change(change)}")
    nameless = without_texts(before, after)
    if nameless is not None:
        typer.echo(
            f"texts were not compared: {nameless.version} names none, and goes by those"
            " that were shipped before texts were part of a policy"
        )
    return 1 if changes or nameless else 0


def summarise(changes: Sequence[Change]) -> str:
    """How many things change, and in which direction, in one line."""
    if not changes:
        return "nothing changes"
    counts = Counter(_kind(change) for change in changes)
    parts = [f"{counts[kind]} {kind}" for kind in _KINDS if counts[kind]]
    verb = "change" if len(changes) == 1 else "changes"
    return f"{len(changes)} {verb}: {', '.join(parts)}"


def _kind(change: Change) -> str:
    if change.old is None:
        return "new"
    return "dropped" if change.new is None else change.effect or "neither"


def describe_change(change: Change) -> str:
    """One change in words."""
    name = f"{change.path} [{change.rule_id}]" if change.rule_id else change.path
    if isinstance(change.old, list) and isinstance(change.new, list):
        return f"{name}: {_list_change(change.old, change.new)}"
    if change.old is None:
        return f"{name}: {value_in_words(change.new)}, new"
    if change.new is None:
        return f"{name}: {value_in_words(change.old)}, dropped"
    effect = f" ({change.effect})" if change.effect else ""
    old, new = _differing(change.old, change.new)
    return f"{name}: {value_in_words(old)} becomes {value_in_words(new)}{effect}"


def _list_change(old: list[Any], new: list[Any]) -> str:
    gone = [f"without {value_in_words(each)}" for each in old if each not in new]
    added = [f"with {value_in_words(each)}" for each in new if each not in old]
    return "; ".join(gone + added) or "in another order"


def _differing(old: Any, new: Any) -> tuple[Any, Any]:
    """Of two values with fields, only the fields that differ; hours are said whole."""
    if not isinstance(old, dict) or not isinstance(new, dict) or "start" in old:
        return old, new
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}
