"""What a well-formed event of the right stage may still be refused for."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.case.facts import Promise
from domain.case.state import Answer, Slot, Stage
from domain.contact.hold import Hold
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, STAGE, verdict
from tests.support.situations import (
    CAPACITY,
    CREW,
    NOON,
    PROPOSAL,
    SLOT_ID,
    case_in,
    situation,
)


@pytest.mark.parametrize(
    ("due_on", "rule"),
    [
        (date(2026, 4, 19), "LC-PROMISE-LONGEST"),
        (date(2026, 4, 20), ACCEPTED),
        (date(2026, 5, 4), ACCEPTED),
        (date(2026, 5, 5), "LC-PROMISE-LONGEST"),
    ],
)
def test_promise_lies_within_its_days(policy: Policy, due_on: date, rule: str) -> None:
    """From today on, at most fourteen days ahead."""
    assert verdict("promise_made", situation(policy), due_on=str(due_on))[0] == rule


def test_one_promise_at_a_time(policy: Policy) -> None:
    """An open promise refuses another."""
    assert verdict("promise_made", situation(policy, promises=[PROMISE]))[0] == "LC-PROMISE"


PROMISE = Promise(promise_id="p", amount_minor=1, due_on=date(2026, 4, 25))


def _slot(start: datetime) -> Slot:
    return Slot(slot_id=SLOT_ID, start=start, end=start + timedelta(hours=2), badge_ids=CREW)


HOLD = Hold(hold_id="H", reason="dispute")


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
    late.case.visit.slot = _slot(NOON)
    assert verdict("appointment_confirmed", late)[0] == "LC-APPOINTMENT"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"visit_id": "V-0"}, STAGE),
        ({"badge_ids": ["C-1"]}, "CN-09"),
        ({"badge_ids": ["C-1", "C-1"]}, "CN-09"),
        ({"badge_ids": ["C-1", "C-3"]}, "LC-CREW"),
        ({"badge_ids": ["C-1", "C-2", "C-3"]}, "LC-CREW"),
        ({"occurred_at": "2026-04-20T07:59:00+08:00"}, "CN-03"),
        ({"occurred_at": "2026-04-20T08:00:00+08:00"}, ACCEPTED),
        ({"occurred_at": "2026-04-19T22:00:00+08:00"}, "CN-03"),
        ({"occurred_at": "2026-04-20T12:15:00+08:00"}, ACCEPTED),
        ({"occurred_at": "2026-04-20T12:16:00+08:00"}, "LC-TIME"),
        ({"identity_verified": False}, ACCEPTED),
        ({"entry_consent": False}, ACCEPTED),
    ],
)
def test_check_in_is_by_the_announced_crew_in_lawful_hours(
    policy: Policy, changes: dict[str, Any], rule: str
) -> None:
    """Who came, how many, and when."""
    assert verdict("visit_checked_in", situation(policy, Stage.VISIT), **changes)[0] == rule


@pytest.mark.parametrize(
    ("visit", "facts", "rule"),
    [
        ({"approval": None}, {}, "LC-VISIT-APPROVAL-VALID"),
        ({"approval_expires_at": NOON}, {}, "LC-VISIT-APPROVAL-VALID"),
        ({"approval_expires_at": NOON + timedelta(seconds=1)}, {}, ACCEPTED),
        ({"slot": _slot(NOON + timedelta(minutes=120))}, {}, ACCEPTED),
        ({"slot": _slot(NOON + timedelta(minutes=121))}, {}, "LC-VISIT-ARRIVAL"),
        ({"approver_id": "C-1"}, {}, "LC-FOUR-EYES"),
        ({"applicant_id": "C-2"}, {}, "LC-FOUR-EYES"),
        ({"checked_in": True}, {}, ACCEPTED),
        ({"checked_in": True, "identity_verified": True}, {}, STAGE),
        ({}, {"arrears_minor": 0}, "LC-PAID"),
        ({"called_off_as": "withdrawn"}, {}, STAGE),
        ({}, {"visit_blocked": True}, STAGE),
        ({}, {"address_ids": []}, "LC-VISIT-APPROVAL-VOID"),
        ({"approved_arrears_minor": 100_000}, {}, "LC-VISIT-APPROVAL-VOID"),
        ({}, {"barred_badge_ids": ["C-2"]}, "LC-CREW"),
        ({"slot": _slot(NOON - timedelta(hours=4))}, {}, ACCEPTED),
        ({"slot": _slot(NOON - timedelta(hours=24))}, {}, "LC-VISIT-ARRIVAL"),
    ],
)
def test_check_in_needs_an_approval_another_crew_and_a_debt(
    policy: Policy, visit: dict[str, Any], facts: dict[str, Any], rule: str
) -> None:
    """In force when the crew came, given by nobody of the crew, and something still overdue."""
    at = situation(policy, Stage.VISIT, **facts)
    assert at.case.visit is not None
    for field, value in visit.items():
        setattr(at.case.visit, field, value)
    assert verdict("visit_checked_in", at)[0] == rule


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
    ("visit", "changes", "rule"),
    [
        ({}, {"outcome": "not_present"}, ACCEPTED),
        ({}, {"outcome": "refused"}, "LC-CHECK-IN"),
        ({}, {"outcome": "agreed"}, "LC-CHECK-IN"),
        ({"checked_in": True}, {"outcome": "refused"}, ACCEPTED),
        ({"checked_in": True}, {"outcome": "agreed"}, "LC-IDENTITY"),
        ({"checked_in": True, "identity_verified": True}, {"outcome": "agreed"}, "LC-PLAN"),
        (
            {"checked_in": True, "identity_verified": True},
            {"outcome": "agreed", "proposal": PROPOSAL.model_dump(mode="json")},
            "LC-PLAN",  # no capacity
        ),
        (
            {"checked_in": True, "identity_verified": True},
            {
                "outcome": "agreed",
                "proposal": PROPOSAL.model_dump(mode="json"),
                "capacity": CAPACITY.model_dump(),
            },
            ACCEPTED,
        ),
        ({"outcome": "refused"}, {"outcome": "not_present"}, STAGE),
        ({}, {"visit_id": "V-0"}, STAGE),
    ],
)
def test_report_needs_what_it_rests_on(
    policy: Policy, visit: dict[str, Any], changes: dict[str, Any], rule: str
) -> None:
    """A check-in, an identity, a possible plan."""
    at = situation(policy, Stage.VISIT)
    assert at.case.visit is not None
    for field, value in visit.items():
        setattr(at.case.visit, field, value)
    assert verdict("visit_reported", at, **changes)[0] == rule


@pytest.mark.parametrize(
    ("before", "rule"), [(timedelta(days=1), ACCEPTED), (timedelta(days=2), "LC-TIME")]
)
def test_report_is_not_of_a_time_before_the_visit(
    policy: Policy, before: timedelta, rule: str
) -> None:
    """Its dates would be judged by that day."""
    at = situation(policy, Stage.VISIT)
    assert at.case.visit is not None
    assert at.case.visit.slot is not None
    occurred_at = at.case.visit.slot.start - before
    assert verdict("visit_reported", at, occurred_at=occurred_at.isoformat())[0] == rule


@pytest.mark.parametrize("name", ["plan_approved", "plan_rejected"])
@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"plan_id": "P-0"}, "LC-PLAN"),
        ({"approver_id": "K-1"}, "LC-FOUR-EYES"),
        ({"approver_id": "C-2"}, "LC-FOUR-EYES"),
    ],
)
def test_waiver_is_decided_by_an_outsider(
    policy: Policy, name: str, changes: dict[str, Any], rule: str
) -> None:
    """Neither the applicant nor the crew; and of this very plan."""
    assert verdict(name, situation(policy, Stage.PLAN), **changes)[0] == rule


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("agreement_signed", {"document_sha256": "b" * 64}),
        ("agreement_signed", {"agreement_id": "G-0"}),
        ("agreement_declined", {"agreement_id": "G-0"}),
    ],
)
def test_another_document_is_not_answered(
    policy: Policy, name: str, changes: dict[str, Any]
) -> None:
    """Only the one that is offered, by its fingerprint."""
    assert verdict(name, situation(policy, Stage.AGREEMENT), **changes)[0] == "LC-DOCUMENT"


@pytest.mark.parametrize(("late", "rule"), [(-1, ACCEPTED), (0, "LC-DOCUMENT")])
def test_expired_agreement_is_not_signed(policy: Policy, late: int, rule: str) -> None:
    """Judged by when it was signed: what its document says, whenever we are told."""
    expires_at = NOON + timedelta(hours=1)
    at = situation(policy, Stage.AGREEMENT, now=NOON + timedelta(days=1))
    assert at.case.plan is not None
    at.case.plan.expires_at = expires_at
    signed_at = (expires_at + timedelta(seconds=late)).isoformat()
    rule_id, reason = verdict("agreement_signed", at, occurred_at=signed_at)
    assert rule_id == rule
    if rule != ACCEPTED:
        assert reason == "occurred_at: the agreement expired at 2026-04-20T05:00+0000"


def test_costs_are_confirmed_before_signing(policy: Policy) -> None:
    """A signature without the cost disclosure does not count."""
    at = situation(policy, Stage.AGREEMENT)
    assert verdict("agreement_signed", at, costs_confirmed=False)[0] == "CN-27"
    assert verdict("agreement_signed", at, costs_confirmed=True) == verdict("agreement_signed", at)


@pytest.mark.parametrize("name", ["agreement_signed", "agreement_declined"])
def test_agreement_is_answered_once(policy: Policy, name: str) -> None:
    """The second answer comes too late."""
    at = situation(policy, Stage.AGREEMENT)
    assert at.case.plan is not None
    at.case.plan.signature = Answer.NO
    assert verdict(name, at)[0] == STAGE
