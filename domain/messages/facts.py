"""Facts of a loan and its lender on which parts of a text depend.

A text says `[penalty: words]` for what is said only where the fact is so, and
`[not part_overdue: words]` for what is said only where it is not. Which facts a template depends
on is declared with its parameters, and checked as they are.
"""

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import combinations


class Fact(StrEnum):
    """What may be so of this loan under this policy, and then is said."""

    PENALTY = "penalty"  # what is overdue costs penalty interest, at a rate
    SUPERVISOR = "supervisor"  # the supervisor's complaint line is known
    NOT_ME = "not_me"  # whoever is somebody else can say so by a reply
    STOP = "stop"  # messages can be stopped by a reply
    COLLECTOR = "collector"  # the sender is a debt collector, and has to say so
    PART_OVERDUE = "part_overdue"  # the day on which the next part was due is over
    IN_GRACE = "in_grace"  # a late part may still be paid until a day that can be named
    WAIVER_LOST = "waiver_lost"  # with the broken plan a waiver has ended


# There is a day of grace to be named only where a part is late.
_ONLY_WITH = {Fact.IN_GRACE: Fact.PART_OVERDUE}
_PART = re.compile(r"\[(not )?(\w+): ([^\[\]]*)\]")


def facts_used(text: str) -> frozenset[str]:
    """The names of the facts on which parts of a text depend."""
    return frozenset(name for _, name, _ in _PART.findall(text))


def all_words(text: str) -> str:
    """A text with each of its parts, whichever exclude each other."""
    return _PART.sub(r"\3", text)


def words_for(text: str, facts: Collection[str]) -> str:
    """What a text says where these facts are so, and no others."""
    return _PART.sub(lambda part: part[3] if (part[2] in facts) != bool(part[1]) else "", text)


def combinations_of(facts: Collection[Fact]) -> Iterator[frozenset[Fact]]:
    """Each way in which facts may be so or not: from none of them to all."""
    ordered = sorted(facts)
    for count in range(len(ordered) + 1):
        for combination in map(frozenset, combinations(ordered, count)):
            if all(_ONLY_WITH.get(fact, fact) in combination for fact in combination):
                yield combination
