"""What `status` says once a case has ended: nothing of it is still to be paid, signed or kept."""

from typing import Any

import pytest

from domain.case.state import Stage
from domain.policy.policy import Policy
from tests.support.situations import PROMISE, case_in, situation
from workflows.desk.status import NextAction, status

Json = dict[str, Any]


def _at_the_end(policy: Policy, stage: Stage, **facts: Any) -> Json:
    """What is said when a case in a stage has ended; no agreement is signed any more."""
    case = case_in(stage, policy)
    case.visit, case.stage = None, Stage.ENDED
    now = situation(policy, plan_paid_minor=0, plan_total_minor=None, **facts)
    return status(case, NextAction(), now._replace(case=case))


def test_completed_plan_is_said_to_be_completed_and_asks_for_nothing(policy: Policy) -> None:
    """Who read it as in force would ask for its money a second time."""
    plan = _at_the_end(policy, Stage.REPAYMENT)["plan"]
    assert (plan["in_force"], plan["ended_as"]) == (False, "completed")
    asking = {"paid_minor", "rest_minor", "early_settlement_minor", "next_part"}
    assert not asking & plan.keys()


@pytest.mark.parametrize("stage", [Stage.PLAN, Stage.AGREEMENT])
def test_plan_that_was_not_signed_has_ended_with_its_case(policy: Policy, stage: Stage) -> None:
    """There is no document any more that could be signed."""
    assert _at_the_end(policy, stage)["plan"] == {}


def test_promises_end_with_their_case(policy: Policy) -> None:
    """The record has resolved each; a run that has ended has not looked since."""
    assert _at_the_end(policy, Stage.EARLY_CONTACT, promises=[PROMISE])["promises"] == []
