"""Who may waive how much: the lowest level that may grant it, and those above."""

import pytest
from pydantic import ValidationError

from domain.plan.authority import Level, request_waiver
from domain.plan.plan import build_plan, needs_approval
from domain.policy.policy import PlanPolicy
from tests.support.money.plans import RICH, RULES, TODAY, proposed


@pytest.mark.parametrize(("waiver", "needed"), [(0, False), (5_000, False), (5_001, True)])
def test_waiver_beyond_the_crews_own_needs_approval(waiver: int, needed: bool) -> None:
    """Five per cent are the crew's to grant."""
    plan = build_plan(100_000, proposed(waiver_minor=waiver), RICH, RULES, TODAY)
    assert needs_approval(plan, RULES) is needed


@pytest.mark.parametrize(
    ("waiver", "level"),
    [
        (0, Level.CREW),
        (5_000, Level.CREW),
        (5_001, Level.APPROVER),
        (20_000, Level.APPROVER),
        (20_001, Level.SENIOR_APPROVER),
        (30_000, Level.SENIOR_APPROVER),
    ],
)
def test_level_that_a_waiver_takes(waiver: int, level: Level) -> None:
    """The lowest that may grant it; those above it may too."""
    plan = build_plan(90_000, proposed(waiver_minor=waiver), RICH, RULES, TODAY, 10_000)
    request = request_waiver(plan, RULES)
    assert request.level is level
    able = [each for each in Level if request.may_grant(each)]
    assert able == list(Level)[list(Level).index(level) :]
    assert needs_approval(plan, RULES) is (level is not Level.CREW)


def test_policy_without_a_limit_for_approvers_lets_them_grant_all() -> None:
    """As policies of before did."""
    rules = RULES.model_copy(update={"approver_waiver_limit": None})
    plan = build_plan(100_000, proposed(waiver_minor=30_000), RICH, rules, TODAY)
    assert request_waiver(plan, rules).level is Level.APPROVER


def test_authority_must_not_fall_with_the_level() -> None:
    """A policy that says so is refused."""
    rules = RULES.model_dump()
    rules["approver_waiver_limit"]["value"] = 499
    with pytest.raises(ValidationError, match="approver_waiver_limit and waiver_limit must not"):
        PlanPolicy.model_validate(rules)
