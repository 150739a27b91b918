"""What a crew is told whose check-in counts: by what holds now, not by what held when it came."""

from typing import Any

import pytest

from domain.case.events.answer import answer_to
from domain.case.events.judged_event import Verdict
from domain.case.events.without_case import IncomingEvent, answer_without_case
from domain.case.facts import Outcome
from domain.case.state import Stage
from domain.case.visit_standing import reason_to_leave
from domain.events import read_event
from domain.policy.policy import Policy
from tests.support.judged import BODIES
from tests.support.situations import HOLD, NOON, situation
from tests.support.world import event as any_event

NAME = "visit_checked_in"
COUNTS = Verdict(accepted=True)


@pytest.mark.parametrize(
    ("stage", "case", "facts", "rule"),
    [
        (Stage.VISIT, {}, {}, None),
        (Stage.VISIT, {}, {"holds": [HOLD]}, "LC-HOLD"),
        (Stage.VISIT, {"closed_as": Outcome.WRITTEN_OFF}, {"holds": [HOLD]}, "LC-CASE-CLOSED"),
        (Stage.VISIT, {}, {"arrears_minor": 0, "overdue_since": None}, "LC-PAID"),
        (Stage.PLAN, {}, {}, "LC-STAGE"),
        (Stage.EARLY_CONTACT, {}, {}, "LC-STAGE"),
    ],
)
def test_crew_is_to_leave_for_what_holds_now(
    policy: Policy, stage: Stage, case: dict[str, Any], facts: dict[str, Any], rule: str | None
) -> None:
    """Its check-in counts all the same, and the answer says why it may not stay."""
    reason = reason_to_leave(situation(policy, stage, case=case, **facts))
    event = read_event(NAME, any_event(NOON, event_id="e", **BODIES[NAME]))
    answer = answer_to(NAME, event, COUNTS, stage, "CN-10", reason)
    assert answer["accepted"]
    assert answer["instruction"] == ("go_on" if rule is None else "stand_down")
    assert (answer["reason"] or "").partition(":")[0] == (rule or "")


def test_check_in_that_is_sent_again_after_the_end_says_stand_down() -> None:
    """It was accepted once; no case is open any more."""
    body = any_event(NOON, event_id="e", **BODIES[NAME])
    answer = answer_without_case(IncomingEvent(NAME, body, "r"), COUNTS)
    assert (answer["accepted"], answer["instruction"]) == (True, "stand_down")
    assert answer["reason"].startswith("LC-NO-CASE: ")
