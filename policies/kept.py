"""Which outside rule of a shipped profile is kept by what: the register behind `docs/rules.md`.

python -m policies.kept > docs/rules.md    (make docs)
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from domain.policy.changes import RuleLine, rules_of
from domain.policy.policy import Policy
from policies.reader import read_policy

HERE = Path(__file__).parent
_PAGE = """\
# Rules

Each outside rule of each shipped profile: what keeps it, what the audit asks, or why it is not kept
here. A rule may be kept in part: then it has a place and a reason. *Force* and *verified* are those
of the policy's own rules; where there are none, the rule is in the code, or in nobody's hands but
yours. Drawn by `make docs` from `policies/rules.yaml` and the policies; tests hold that each place
and each query exists, and that no rule is without all three.

{profiles}"""


class KeptRule(BaseModel):
    """One outside rule: what it asks, the places that keep it, the audit's queries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    kept: tuple[str, ...] = ()  # FILE::NAME
    audit: tuple[str, ...] = ()


def read_register() -> Mapping[str, Mapping[str, KeptRule]]:
    """The outside rules by policy file and id."""
    content = yaml.safe_load((HERE / "rules.yaml").read_text("utf-8"))
    return {
        profile: {rule_id: KeptRule.model_validate(rule) for rule_id, rule in rules.items()}
        for profile, rules in content.items()
    }


def policy_of(profile: str) -> Policy:
    """The shipped policy that a part of the register is about."""
    return read_policy(HERE / f"{profile}.yaml")


def of_rule(rule_id: str, policy: Policy) -> list[RuleLine]:
    """The policy's own rules under an outside rule: `CN-08` and `CN-08-DAYS`."""
    return [
        rule
        for rule in rules_of(policy)
        if rule.rule_id == rule_id or rule.rule_id.startswith(f"{rule_id}-")
    ]


def page() -> str:
    """The whole page, as Markdown."""
    return _PAGE.format(
        profiles="\n".join(
            _section(profile, rules, policy_of(profile))
            for profile, rules in read_register().items()
        )
    )


def _section(profile: str, rules: Mapping[str, KeptRule], policy: Policy) -> str:
    reasons = {missing.id: missing.why for missing in policy.not_kept_here}
    rows = [
        f"| {rule_id} | {rule.what} | {_in_policy(of_rule(rule_id, policy))}"
        f" | {_places(rule.kept)} | {_places(rule.audit)} | {reasons.get(rule_id, '')} |"
        for rule_id, rule in rules.items()
    ]
    head = [
        f"## {profile}",
        "",
        f"`policies/{profile}.yaml`, version {policy.version}.",
        "",
        "| rule | asks | force, verified | kept by | audited by | not kept here |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def _in_policy(rules: list[RuleLine]) -> str:
    return "; ".join(dict.fromkeys(f"{rule.force}, {rule.verified}" for rule in rules)) or "–"


def _places(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names) or "–"


if __name__ == "__main__":
    sys.stdout.write(page())
