"""What changes between two policies, in words."""

from typing import Any

import pytest

from commands.ops.policy.diff import describe_change
from domain.policy.changes import Change, Effect, changes_between, rules_of
from domain.policy.policy import Policy


def _with(policy: Policy, path: str, value: Any) -> Policy:
    content = policy.model_dump(mode="json")
    *sections, name = path.split(".")
    section = content
    for each in sections:
        section = section[each]
    section[name] = value
    return Policy.model_validate(content)


def _described(old: Policy, new: Policy) -> list[str]:
    return [describe_change(change) for change in changes_between(old, new)]


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        (
            "contact.permitted_hours.value",
            {"start": "08:30", "end": "21:00"},
            "contact.permitted_hours [CN-02]: 08:00 to 22:00 becomes 08:30 to 21:00 (stricter)",
        ),
        (
            "contact.permitted_hours.value",
            {"start": "07:00", "end": "22:00"},
            "contact.permitted_hours [CN-02]: 08:00 to 22:00 becomes 07:00 to 22:00 (looser)",
        ),
        (
            "contact.permitted_hours.value",
            {"start": "07:00", "end": "21:00"},
            "contact.permitted_hours [CN-02]: 08:00 to 22:00 becomes 07:00 to 21:00",
        ),
        ("visit.crew_size.value", 3, "visit.crew_size [CN-09]: 2 becomes 3 (stricter)"),
        (
            "visit.from_days_past_due.value",
            60,
            "visit.from_days_past_due [LC-VISIT-FROM]: 90 becomes 60 (looser)",
        ),
        (
            "aftercare.contact_retention_years.value",
            1,
            "aftercare.contact_retention_years [CN-15]: 5 becomes 1 (looser)",
        ),
        (
            "contact.calls_recorded.value",
            False,
            "contact.calls_recorded [CN-12]: true becomes false (looser)",
        ),
        (
            "plan.signing_hours.value",
            48,
            "plan.signing_hours [LC-AGREEMENT-SIGNING]: 72 becomes 48",
        ),
        (
            "contact.permitted_hours.force",
            "law",
            "contact.permitted_hours.force [CN-02]: standard becomes law",
        ),
        ("effective_from", "2027-01-01", "effective_from: 2026-08-01 becomes 2027-01-01"),
    ],
)
def test_change_is_said_with_its_rule_and_direction(
    policy: Policy, path: str, value: Any, said: str
) -> None:
    """Old value, new value, and stricter or looser where that can be said."""
    assert _described(policy, _with(policy, path, value)) == [said]


def test_ladder_says_which_steps_come_and_go(policy: Policy) -> None:
    """Not the whole ladder twice."""
    steps = policy.model_dump(mode="json")["contact"]["ladder"]["value"]
    later = [{"days_past_due": 2, "channel": "sms", "template": "overdue_notice"}, *steps[1:]]
    assert _described(policy, _with(policy, "contact.ladder.value", later)) == [
        (
            "contact.ladder [LC-LADDER]:"
            " without days_past_due 1, channel sms, template overdue_notice;"
            " with days_past_due 2, channel sms, template overdue_notice"
        )
    ]


def test_same_policy_changes_nothing(policy: Policy) -> None:
    """And every rule of it is shown, each with its id and source."""
    assert changes_between(policy, policy) == []
    rules = rules_of(policy)
    assert len(rules) > 40
    assert all(rule.rule_id and rule.source and rule.force for rule in rules)


def test_fields_of_a_value_are_said_only_where_they_differ() -> None:
    """A counter has many fields; mostly its limit changes."""
    old, new = {"scope": "loan", "limit": 7}, {"scope": "loan", "limit": 5}
    change = Change("contact.counters.calls", "US-01", old, new, Effect.STRICTER)
    assert (
        describe_change(change)
        == "contact.counters.calls [US-01]: limit 7 becomes limit 5 (stricter)"
    )


@pytest.mark.parametrize(
    ("rule", "effect"),
    [
        ("contact.third_parties.permitted", Effect.STRICTER),  # nobody but the borrower is asked
        ("contact.third_parties.failed_calls", Effect.STRICTER),
        ("contact.permitted_hours", Effect.LOOSER),
    ],
)
def test_rule_that_is_disabled_permits_less_or_more(
    policy: Policy, rule: str, effect: Effect
) -> None:
    """A rule that permits something is stricter without it."""
    disabled = _with(_with(policy, f"{rule}.reason", "For a test."), f"{rule}.enabled", value=False)
    found = {change.path: change.effect for change in changes_between(policy, disabled)}
    assert found[f"{rule}.enabled"] is effect
