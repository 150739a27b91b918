"""When events happened, and what they answer: asked of every event."""

from datetime import timedelta

import pytest

from domain.case.events.effects import apply_visit_approved, apply_visit_requested
from domain.case.events.terms import approval_expiry, complaint_answer_due
from domain.case.state import Stage
from domain.events import EVENTS, ComplaintFiled, VisitApproved, VisitRequested
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, BODIES, verdict
from tests.support.situations import NOON, PLAN_ID, VISIT_ID, situation
from tests.support.world import event

AT_HOME = {
    "visit_checked_in": Stage.VISIT,
    "visit_reported": Stage.VISIT,
    "plan_approved": Stage.PLAN,
    "plan_rejected": Stage.PLAN,
    "visit_approved": Stage.APPROVAL,
    "visit_rejected": Stage.APPROVAL,
}


@pytest.mark.parametrize("name", EVENTS)
def test_nothing_happens_in_the_future(policy: Policy, name: str) -> None:
    """Whatever the event; a quarter of an hour between two clocks is borne."""
    at = situation(policy, AT_HOME.get(name, Stage.EARLY_CONTACT))
    late = NOON + policy.clock_tolerance
    assert verdict(name, at, occurred_at=late.isoformat())[0] != "LC-TIME"
    ahead = (late + timedelta(seconds=1)).isoformat()
    rule, reason = verdict(name, at, occurred_at=ahead)
    assert (rule, reason.partition("; ")[2]) == ("LC-TIME", f"here it is {NOON:%Y-%m-%d %H:%M} UTC")


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"currency": "CNY", "loan_id": "L-1"}, ACCEPTED),
        ({"currency": "USD"}, "LC-CONTRACT"),
        ({"loan_id": "L-2"}, "LC-CONTRACT"),
    ],
)
@pytest.mark.parametrize("name", ["payment_received", "payment_reversed", "promise_made"])
def test_what_is_said_beside_does_not_contradict_the_record(
    policy: Policy, name: str, said: dict[str, str], rule: str
) -> None:
    """An amount in another currency would be counted as ours."""
    assert verdict(name, situation(policy), **said)[0] == rule


@pytest.mark.parametrize("name", ["visit_approved", "visit_rejected"])
def test_decision_is_of_the_visit_that_was_applied_for(policy: Policy, name: str) -> None:
    """Not of another one, nor made before the approvers were asked, but for their clock."""
    at = situation(policy, Stage.APPROVAL)
    assert at.case.visit is not None
    at.case.visit.asked_at = NOON - timedelta(hours=1)
    assert verdict(name, at, visit_id="V-0")[0] == "LC-STAGE"
    for minutes, rule in ((75, ACCEPTED), (76, "LC-STAGE")):
        decided_at = NOON - timedelta(minutes=minutes)
        assert verdict(name, at, occurred_at=decided_at.isoformat())[0] == rule


def test_application_says_since_when_the_approvers_are_asked(policy: Policy) -> None:
    """By its own time, not by when it came."""
    at = situation(policy, Stage.APPLICATION)
    said = NOON - timedelta(days=1)
    body = event(said, event_id="e", **BODIES["visit_requested"])
    apply_visit_requested(VisitRequested.model_validate(body), at)
    assert at.case.visit is not None
    assert at.case.visit.asked_at == said


@pytest.mark.parametrize("ahead", [False, True])
def test_approval_counts_from_when_it_was_given(policy: Policy, ahead: bool) -> None:
    """Not from when we heard of it; a clock that is ahead does not make it longer."""
    at = situation(policy, Stage.APPROVAL)
    given_at = NOON + timedelta(minutes=10) if ahead else NOON - timedelta(days=3)
    body = event(given_at, event_id="e", visit_id=VISIT_ID, approver_id="A-1")
    approved = VisitApproved.model_validate(body)
    apply_visit_approved(approved, at)
    assert at.case.visit is not None
    days = timedelta(days=policy.visit.approval_valid_days.value)
    assert at.case.visit.approval_expires_at == min(given_at, NOON) + days
    assert approval_expiry(approved, at) == at.case.visit.approval_expires_at


def test_approval_that_has_expired_on_its_way_is_refused(policy: Policy) -> None:
    """It would be accepted, and void."""
    days = policy.visit.approval_valid_days
    given_at = NOON - timedelta(days=days.value)
    at = situation(policy, Stage.APPROVAL)
    assert verdict("visit_approved", at, occurred_at=given_at.isoformat())[0] == days.id


@pytest.mark.parametrize("name", ["plan_approved", "plan_rejected"])
def test_plan_is_not_decided_on_before_it_was_proposed(policy: Policy, name: str) -> None:
    """Its id is known to nobody before."""
    at = situation(policy, Stage.PLAN)
    assert at.case.plan is not None
    assert at.case.plan.plan_id == PLAN_ID
    at.case.plan.proposed_at = NOON - timedelta(hours=1)
    decided_at = NOON - timedelta(hours=2)
    assert verdict(name, at, occurred_at=decided_at.isoformat())[0] == "LC-STAGE"


@pytest.mark.parametrize(
    ("name", "stage"),
    [("appointment_confirmed", Stage.APPOINTMENT), ("appointment_declined", Stage.APPOINTMENT)],
)
def test_answer_to_a_proposal_may_name_its_visit(policy: Policy, name: str, stage: Stage) -> None:
    """The slot names it already; who says another one, means another one."""
    at = situation(policy, stage)
    assert verdict(name, at, visit_id=VISIT_ID)[0] == ACCEPTED
    assert verdict(name, at, visit_id="V-0")[0] == "LC-APPOINTMENT"


@pytest.mark.parametrize(("days", "rule"), [(1, ACCEPTED), (0, "LC-TIME"), (-10, "LC-TIME")])
def test_hold_that_is_over_is_refused(policy: Policy, days: int, rule: str) -> None:
    """Accepted, it would protect nobody, and nobody would be told."""
    until = (NOON + timedelta(days=days)).isoformat()
    assert verdict("hold_placed", situation(policy), until=until)[0] == rule


def test_call_for_which_it_is_too_late_is_told_so(policy: Policy) -> None:
    """In words of what was said: who sent it has not heard of a hold."""
    until = (NOON - timedelta(hours=1)).isoformat()
    refused = verdict("borrower_said", situation(policy), says="call_later", until=until)
    assert refused == ("LC-TIME", f"until: lies in the past; here it is {NOON:%Y-%m-%d %H:%M} UTC")


def test_complaint_is_to_be_answered_from_its_filing_on(policy: Policy) -> None:
    """However late it comes."""
    filed_at = NOON - timedelta(days=10)
    body = event(filed_at, event_id="e", complaint_id="C", about="x")
    due = complaint_answer_due(ComplaintFiled.model_validate(body), situation(policy))
    assert due == filed_at + timedelta(days=policy.aftercare.complaint_answer_days.value)
