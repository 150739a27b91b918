"""Broken events in numbers: `python -m tests.support.mutated_events` tries 100,000 of them."""

import random

from domain.case.state import Stage
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED
from tests.support.mutated_events import mutated, outcome


def test_mutated_event_is_accepted_or_refused_with_a_reason(policy: Policy) -> None:
    """Never anything else; and some are accepted, so that the judges are asked, too."""
    chance = random.Random(42)  # noqa: S311 no secret
    rules = set()
    for _ in range(3_000):
        name, data = mutated(chance)
        rule, reason = outcome(name, data, policy, chance.choice(list(Stage)))
        assert rule == ACCEPTED or reason
        rules.add(rule)
    assert {ACCEPTED, "LC-CONTRACT", "LC-STAGE", "LC-TIME"} <= rules
