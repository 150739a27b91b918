"""A policy as it is shown to those who have to agree to it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from commands.ops.policy.check import check
from commands.ops.policy.diff import summarise
from commands.ops.policy.show import describe_policy
from commands.ops.policy.values import counter_in_words, value_lines
from domain.policy.changes import changes_between, rules_of
from domain.policy.policy import Policy
from policies.files import PolicyError

_TO_ONE_BORROWER = "to one borrower, all loans and agencies together"
_TO_FIND = " for finding the borrower"


def _counter(**given: Any) -> dict[str, Any]:
    window = {"calendar_days": 1, "rolling_days": None, "rolling_hours": None}
    usual = {"channel": "call", "counted": "attempts", "purposes": [], "limit": 3}
    return {"scope": "borrower", "window": window, **usual, **given}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"counted": "connected"},
            f"At most 3 connected calls on one calendar day, {_TO_ONE_BORROWER}.",
        ),
        (
            {"scope": "loan", "window": {"rolling_days": 7}, "limit": 7},
            "At most 7 calls within any 7 days of 24 hours, about one loan.",
        ),
        (
            {"scope": "phone", "channel": None, "purposes": ["locate"], "limit": 1},
            f"At most 1 contact by message or call{_TO_FIND} on one calendar day, to one number.",
        ),
        (
            {"channel": "sms", "window": {"rolling_hours": 6}, "limit": 0},
            f"No messages within any 6 hours, {_TO_ONE_BORROWER}.",
        ),
    ],
)
def test_counter_is_a_sentence(given: dict[str, Any], said: str) -> None:
    """Whatever its scope, channel and window."""
    assert counter_in_words(_counter(**given)) == said


def test_policy_is_shown_a_step_a_line_and_shares_as_per_cent(policy: Policy) -> None:
    """No row of fields is left that a reader would have to take apart."""
    lines = list(describe_policy(policy))
    assert "    day 1: sms, overdue notice" in lines
    assert "    40 % (4000 basis points)" in lines
    assert "    Monday, Tuesday, Wednesday, Thursday, Friday, Saturday" in lines
    values = [line for rule in rules_of(policy) for line in value_lines(rule.path, rule.value)]
    assert not [line for line in values if "null" in line or "{" in line or "_" in line]


def test_rule_that_is_not_in_force_says_why(policy: Policy) -> None:
    """Its value alone would be read as one that binds."""
    content = policy.model_dump(mode="json")
    content["contact"]["reply_not_me"] |= {"enabled": False, "reason": "Nobody reads replies."}
    disabled = Policy.model_validate(content)
    assert "    not in force: Nobody reads replies." in describe_policy(disabled)


def test_changes_are_counted_before_they_are_listed(policy: Policy) -> None:
    """By direction; and nothing is said as such."""
    hours = policy.contact.permitted_hours.model_dump(mode="json")
    content = policy.model_dump(mode="json")
    content["contact"]["permitted_hours"] = hours | {"value": {"start": "09:00", "end": "21:00"}}
    content["visit"]["from_days_past_due"]["value"] = 60
    content["effective_from"] = "2027-01-01"
    changed = Policy.model_validate(content)
    summary = summarise(changes_between(policy, changed))
    assert summary == "3 changes: 1 stricter, 1 looser, 1 neither"
    assert summarise([]) == "nothing changes"


async def test_placeholder_hotlines_are_refused_outside_the_demo(
    repository: Path, tmp_path: Path
) -> None:
    """By line and number; a policy with numbers of its own passes."""
    shipped = repository / "policies" / "uk-conc.yaml"
    with pytest.raises(PolicyError, match=r"uk-conc.yaml:14: channels.hotline: 0800 000 0000 is a"):
        await check(shipped)
    assert await check(shipped, is_for_demo=True) == 0
    text = shipped.read_text("utf-8").replace("0800 000 000", "0800 555 123")
    own = tmp_path / "own.yaml"
    own.write_text(text, "utf-8")
    shutil.copytree(repository / "policies" / "texts", tmp_path / "texts")
    base = repository / "policies" / "own-choices.yaml"
    (tmp_path / base.name).write_text(base.read_text("utf-8"), "utf-8")
    assert await check(own) == 0
