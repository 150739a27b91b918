"""Two policies on one loan: which action it would have got at which time under each.

Actions, and no promise of what they bring in.
"""

from collections.abc import Iterator
from typing import NamedTuple

from simulation.life import Life
from simulation.process.desk import Action

COMPARED = ("sms", "call", "visit", "notice", "refused")


class Difference(NamedTuple):
    """One action that the two differ in; empty where it is not there. Times are local."""

    loan_id: str
    kind: str
    key: str
    at_first: str
    about_first: str
    at_second: str
    about_second: str


def differences(first: Life, second: Life) -> Iterator[Difference]:
    """What differs, in the order of time."""
    ones, others = _by_name(first), _by_name(second)
    found = [
        _difference(name, ones.get(name), others.get(name))
        for name in {**ones, **others}
        if not _is_same(ones.get(name), others.get(name))
    ]
    return iter(sorted(found, key=lambda each: (each.at_first or each.at_second, each.key)))


def _by_name(life: Life) -> dict[tuple[str, str, int], Action]:
    """Actions by what they are of, and the how manieth of it."""
    found: dict[tuple[str, str, int], Action] = {}
    for action in life.actions:
        if action.kind in COMPARED:
            number = 1
            while (action.kind, action.key, number) in found:
                number += 1
            found[action.kind, action.key, number] = action
    return found


def _is_same(one: Action | None, other: Action | None) -> bool:
    if one is None or other is None:
        return False
    return (one.at, one.about) == (other.at, other.about)


def _difference(name: tuple[str, str, int], one: Action | None, other: Action | None) -> Difference:
    kind, key, _ = name
    loan_id = (one or other or _nobody()).loan_id
    return Difference(loan_id, kind, key, *_said(one), *_said(other))


def _nobody() -> Action:
    raise ValueError("an action of neither")


def _said(action: Action | None) -> tuple[str, str]:
    if action is None:
        return "", ""
    return action.at.isoformat(timespec="seconds"), action.about
