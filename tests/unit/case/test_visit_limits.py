"""What the application for a visit, its approval and its appointment may be refused for."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case.state import Answer, Stage
from domain.case.visit_need import stage_after_contact
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, STAGE, verdict
from tests.support.situations import HOLD, NOON, PROMISE, case_in, situation, slot_from


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"overdue_since": NOON.date() - timedelta(days=89)}, "LC-VISIT-FROM"),
        ({"overdue_since": NOON.date() - timedelta(days=90)}, ACCEPTED),
        ({"overdue_since": NOON.date() - timedelta(days=180)}, ACCEPTED),
        ({"overdue_since": NOON.date() - timedelta(days=181)}, "LC-VISIT-FROM"),
        ({"address_ids": []}, "LC-VISIT-ADDRESS"),
        ({"address_ids": ["another"]}, "LC-VISIT-ADDRESS"),
        ({"arrears_minor": 29_999}, "LC-VISIT-FLOOR"),
        ({"arrears_minor": 30_000}, ACCEPTED),
        ({"visit_blocked": True}, "LC-PREFERENCE"),
        ({"holds": [HOLD]}, "LC-HOLD"),
        ({"promises": [PROMISE]}, "LC-PROMISE"),
        ({"holds": [HOLD.model_copy(update={"until": NOON})]}, ACCEPTED),
    ],
)
def test_visit_is_requested_within_its_limits(
    policy: Policy, facts: dict[str, Any], rule: str
) -> None:
    """Each below, at and above its threshold."""
    assert verdict("visit_requested", situation(policy, **facts))[0] == rule


@pytest.mark.parametrize(("visits", "rule"), [(2, ACCEPTED), (3, "LC-VISITS")])
def test_visits_are_bounded(policy: Policy, visits: int, rule: str) -> None:
    """Three a case."""
    assert verdict("visit_requested", situation(policy, case={"visits": visits}))[0] == rule


@pytest.mark.parametrize("name", ["visit_approved", "visit_rejected"])
def test_approval_takes_another_person_and_is_given_once(policy: Policy, name: str) -> None:
    """Four eyes; and what was decided stays decided."""
    at = situation(policy, Stage.APPROVAL)
    assert verdict(name, at, approver_id="K-1")[0] == "LC-FOUR-EYES"
    assert at.case.visit is not None
    at.case.visit.approval = Answer.NO
    assert verdict(name, at)[0] == STAGE


@pytest.mark.parametrize("name", ["appointment_confirmed", "appointment_declined"])
def test_only_the_proposed_slot_is_answered_once(policy: Policy, name: str) -> None:
    """Not another slot, not one the borrower was not told of, not a second time."""
    at = situation(policy, Stage.APPOINTMENT)
    assert verdict(name, at, slot_id="S-0")[0] == "LC-APPOINTMENT"
    assert at.case.visit is not None
    for field, value in (("notice_sent", False), ("slot", None), ("appointment", Answer.NO)):
        changed = case_in(Stage.APPOINTMENT, policy)
        assert changed.visit is not None
        setattr(changed.visit, field, value)
        assert verdict(name, at._replace(case=changed))[0] == "LC-APPOINTMENT"


def test_only_the_booked_slot_is_withdrawn_once(policy: Policy) -> None:
    """Whether or not the borrower was told of it; not another, not one that is off already."""
    for stage in (Stage.APPOINTMENT, Stage.PREPARATION):
        at = situation(policy, stage)
        assert verdict("appointment_withdrawn", at, slot_id="S-0")[0] == "LC-APPOINTMENT"
        assert at.case.visit is not None
        at.case.visit.notice_sent = False
        assert verdict("appointment_withdrawn", at)[0] == ACCEPTED
        at.case.visit.appointment = Answer.NO
        assert verdict("appointment_withdrawn", at)[0] == "LC-APPOINTMENT"
        at.case.visit.appointment, at.case.visit.slot = None, None
        assert verdict("appointment_withdrawn", at)[0] == "LC-APPOINTMENT"


def test_appointment_is_not_confirmed_on_hold_or_beyond_the_approval(policy: Policy) -> None:
    """The approval must still hold when the crew arrives."""
    at = situation(policy, Stage.APPOINTMENT, holds=[HOLD])
    assert verdict("appointment_confirmed", at)[0] == "LC-HOLD"
    at = situation(policy, Stage.APPOINTMENT)
    assert at.case.visit is not None
    assert at.case.visit.slot is not None
    at.case.visit.approval_expires_at = at.case.visit.slot.start
    assert verdict("appointment_confirmed", at)[0] == "LC-VISIT-APPROVAL-VALID"
    late = situation(policy, Stage.APPOINTMENT)
    assert late.case.visit is not None
    late.case.visit.slot = slot_from(NOON)
    assert verdict("appointment_confirmed", late)[0] == "LC-APPOINTMENT"


@pytest.mark.parametrize(
    ("name", "changes", "rule"),
    [
        ("visit_withdrawn", {"withdrawn_by_id": "K-1"}, ACCEPTED),
        ("visit_withdrawn", {"withdrawn_by_id": "B-1"}, ACCEPTED),
        ("visit_withdrawn", {"withdrawn_by_id": "A-1"}, "LC-APPLICANT"),
        ("visit_withdrawn", {"visit_id": "V-0"}, STAGE),
        ("approval_withdrawn", {"approver_id": "A-2"}, ACCEPTED),
        ("approval_withdrawn", {"approver_id": "K-1"}, "LC-FOUR-EYES"),
        ("approval_withdrawn", {"visit_id": "V-0"}, STAGE),
    ],
)
def test_who_may_withdraw_what(
    policy: Policy, name: str, changes: dict[str, Any], rule: str
) -> None:
    """The application: who made it, or the borrower; the approval: anybody but the applicant."""
    assert verdict(name, situation(policy, Stage.PREPARATION), **changes)[0] == rule


@pytest.mark.parametrize("name", ["visit_withdrawn", "approval_withdrawn"])
@pytest.mark.parametrize("visit", [{"checked_in": True}, {"called_off_as": "withdrawn"}])
def test_what_has_begun_or_is_withdrawn_is_not_withdrawn(
    policy: Policy, name: str, visit: dict[str, Any]
) -> None:
    """Too late, and twice."""
    at = situation(policy, Stage.VISIT)
    assert at.case.visit is not None
    for field, value in visit.items():
        setattr(at.case.visit, field, value)
    assert verdict(name, at)[0] == STAGE


@pytest.mark.parametrize(("days", "rule"), [(13, "LC-VISIT-COOLING"), (14, ACCEPTED)])
def test_visit_is_not_requested_again_at_once(policy: Policy, days: int, rule: str) -> None:
    """The cooling interval counts from the end of the last one."""
    ended = {"last_visit_ended_at": NOON - timedelta(days=days)}
    assert verdict("visit_requested", situation(policy, case=ended))[0] == rule


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"messages_sent": 0}, "LC-VISIT-MESSAGES"),
        ({"calls_made": 0}, "LC-VISIT-CALLS"),
        ({"messages_sent": 0, "calls_made": 0}, "LC-VISIT-MESSAGES"),
        ({"last_payment_at": NOON - timedelta(days=14)}, ACCEPTED),
        ({"last_payment_at": NOON - timedelta(days=13)}, "LC-VISIT-RECENT-PAYMENT"),
        ({}, ACCEPTED),
    ],
)
def test_collector_applies_where_contact_was_tried_and_did_not_work(
    policy: Policy, facts: dict[str, Any], rule: str
) -> None:
    """By the reasons of the invitation; the borrower may ask for a visit whatever was tried."""
    at = situation(policy, **facts)
    assert verdict("visit_requested", at)[0] == rule
    borrower = {"applicant": "borrower", "applicant_id": "B-1"}
    assert verdict("visit_requested", at, **borrower)[0] == ACCEPTED


def test_refusal_of_a_collector_names_everything_that_was_not_tried(policy: Policy) -> None:
    """So that it is tried, and not the next thing asked for."""
    paid: dict[str, Any] = {"last_payment_at": NOON, "messages_sent": 0, "calls_made": 0}
    _, reason = verdict("visit_requested", situation(policy, **paid))
    assert reason.count(";") == 2


def test_collector_waits_after_an_invitation_that_nobody_took(policy: Policy) -> None:
    """As the invitation itself does; the borrower need not."""
    at = situation(policy, case={"cooling_until": NOON + timedelta(days=1)})
    assert verdict("visit_requested", at)[0] == "LC-VISIT-COOLING"
    borrower = {"applicant": "borrower", "applicant_id": "B-1"}
    assert verdict("visit_requested", at, **borrower)[0] == ACCEPTED


@pytest.mark.parametrize("is_old", [False, True])
def test_who_applied_in_time_is_answered(policy: Policy, is_old: bool) -> None:
    """However long a hold was in between."""
    since = NOON.date() - timedelta(days=184 if is_old else 120)
    at = situation(policy, Stage.APPROVAL, overdue_since=since)
    assert stage_after_contact(at) is Stage.APPROVAL
    at.case.visit = None
    assert (stage_after_contact(at) is Stage.LEGAL_REVIEW) is is_old
