"""Each outside rule of a profile is kept by something that there is, or listed with the reason."""

import ast
from pathlib import Path

import pytest

from commands.ops.policy.show import describe_policy
from database.statements import load_statements
from domain.policy.changes import rules_of
from policies.kept import of_rule, page, policy_of, read_register

REGISTER = read_register()
RULES = [(profile, rule_id) for profile, rules in REGISTER.items() for rule_id in rules]
PROFILES = pytest.mark.parametrize("profile", REGISTER)


def _names(file: Path) -> set[str]:
    names = set()
    for node in ast.parse(file.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def test_page_says_what_the_register_says(repository: Path) -> None:
    """Draw it anew when it fails: python -m policies.kept > docs/rules.md."""
    assert (repository / "docs/rules.md").read_text("utf-8") == page()


@pytest.mark.parametrize(("profile", "rule_id"), RULES)
def test_rule_is_kept_by_something_or_listed(profile: str, rule_id: str) -> None:
    """Nobody has to guess what is left to them."""
    rule, policy = REGISTER[profile][rule_id], policy_of(profile)
    listed = {missing.id for missing in policy.not_kept_here}
    assert rule.kept or rule_id in listed
    assert not (rule.audit and not rule.kept)


@pytest.mark.parametrize(("profile", "rule_id"), RULES)
def test_what_keeps_a_rule_exists(profile: str, rule_id: str, repository: Path) -> None:
    """A place in the code by file and name, a query by its name."""
    rule = REGISTER[profile][rule_id]
    for place in rule.kept:
        file, name = place.split("::")
        assert name in _names(repository / file), place
    assert set(rule.audit) <= {statement.__name__ for statement in load_statements()}


@PROFILES
def test_policy_names_no_rule_that_the_register_lacks(profile: str) -> None:
    """Neither among its rules nor in what it does not keep; what is our own is LC."""
    policy, register = policy_of(profile), REGISTER[profile]
    known = {rule.rule_id for rule_id in register for rule in of_rule(rule_id, policy)}
    outside = {rule.rule_id for rule in rules_of(policy) if not rule.rule_id.startswith("LC-")}
    assert outside <= known
    listed = [missing.id for missing in policy.not_kept_here]
    assert len(listed) == len(set(listed))
    assert set(listed) <= register.keys()


@PROFILES
def test_policy_show_prints_what_is_not_kept(profile: str) -> None:
    """After the rules, each with its reason."""
    policy = policy_of(profile)
    lines = list(describe_policy(policy))
    assert policy.not_kept_here
    for missing in policy.not_kept_here:
        assert f"    [{missing.id}] {missing.why}" in lines


def test_indias_rules_change_with_the_year() -> None:
    """One policy until the last day of 2026, another from the day after."""
    today, next_year = policy_of("in-rbi"), policy_of("in-rbi-2027")
    assert today.effective_until is not None
    assert (next_year.effective_from - today.effective_until).days == 1
    assert today.profile == next_year.profile
