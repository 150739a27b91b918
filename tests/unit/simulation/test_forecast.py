"""A forecast goes on from wherever a case stands, and changes nothing of what it was given."""

from datetime import UTC, timedelta

import pytest

from domain.case.state import Stage
from domain.contact.facts import ContactFacts, Phone
from domain.policy.policy import Policy
from domain.visit.appointments import Holidays
from simulation.forecast import forecast_case
from tests.support.situations import FACTS, NOON, ZONE, case_in

GATE = ContactFacts(
    time_zone=ZONE,
    case_open=True,
    arrears_minor=FACTS.arrears_minor,
    loan_id="L-1",
    phones=[Phone(phone_id="p-1", usable=True, blocked=False)],
    confirmed={"p-1": ["origination"]},
)
STAGES = [stage for stage in Stage if stage is not Stage.ENDED]


@pytest.mark.parametrize("stage", STAGES)
def test_every_stage_goes_on(shipped: Policy, stage: Stage) -> None:
    """To its own end, and into the next stage."""
    case = case_in(stage, shipped)
    before = (case.model_copy(deep=True), FACTS.model_copy(deep=True), GATE.model_copy(deep=True))
    time = (NOON, NOON + timedelta(days=120))
    actions = forecast_case(case, FACTS, GATE, [shipped], Holidays(), time)
    assert actions
    assert all(NOON <= action.at.astimezone(UTC) < time[1] for action in actions)
    assert (case, FACTS, GATE) == before


def test_a_plan_in_force_goes_on_while_another_is_negotiated(shipped: Policy) -> None:
    """Nobody signs the other one."""
    case = case_in(Stage.REPAYMENT, shipped)
    time = (NOON, NOON + timedelta(days=60))
    alone = forecast_case(case, FACTS, GATE, [shipped], Holidays(), time)
    case.next_plan = case.plan
    case.enter(Stage.PLAN)
    beside = forecast_case(case, FACTS, GATE, [shipped], Holidays(), time)
    assert [each for each in beside if each.kind == "sms"] == [
        each for each in alone if each.kind == "sms"
    ]
