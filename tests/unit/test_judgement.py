"""The table of events and stages: which event is accepted where, and which rule refuses it.

`TABLE` is the source of the documentation's table of events.
"""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.case import Answer, Slot, Stage
from domain.debt import Hold, Outcome, Promise
from domain.events import EVENTS, read_event
from domain.judgement import EventRefusedError, judge
from domain.policy import Policy
from domain.situation import Situation
from tests.unit.situations import (
    AGREEMENT_ID,
    CAPACITY,
    CREW,
    NOON,
    PLAN_ID,
    PROPOSAL,
    SHA256,
    SLOT_ID,
    VISIT_ID,
    case_in,
    situation,
)
from tests.world import event as any_event

ACCEPTED = "accepted"
STAGE, CLOSED = "LC-STAGE", "LC-CASE-CLOSED"

BODIES: dict[str, dict[str, Any]] = {
    "payment_received": {"payment_id": "P", "amount_minor": 1},
    "payment_reversed": {"payment_id": "P"},
    "promise_made": {"amount_minor": 1, "due_on": "2026-04-25"},
    "call_finished": {"attempt_id": "A", "outcome": "connected"},
    "visit_requested": {
        "applicant": "collector",
        "applicant_id": "K-1",
        "address_id": "B-1-a1",
    },
    "visit_approved": {"approver_id": "A-1"},
    "visit_rejected": {"approver_id": "A-1"},
    "visit_withdrawn": {"visit_id": VISIT_ID, "withdrawn_by_id": "K-1"},
    "approval_withdrawn": {"visit_id": VISIT_ID, "approver_id": "A-1"},
    "appointment_confirmed": {"slot_id": SLOT_ID},
    "appointment_declined": {"slot_id": SLOT_ID},
    "appointment_withdrawn": {"slot_id": SLOT_ID},
    "visit_checked_in": {
        "visit_id": VISIT_ID,
        "badge_ids": CREW,
        "identity_verified": True,
        "entry_consent": True,
        "recording_id": "R",
    },
    "visit_reported": {"visit_id": VISIT_ID, "outcome": "not_present"},
    "plan_approved": {"plan_id": PLAN_ID, "approver_id": "A-2"},
    "plan_rejected": {"plan_id": PLAN_ID, "approver_id": "A-2"},
    "agreement_signed": {
        "agreement_id": AGREEMENT_ID,
        "document_sha256": SHA256,
        "signatories": ["B-1"],
    },
    "agreement_declined": {"agreement_id": AGREEMENT_ID},
    "renegotiation_requested": {
        "agreement_id": AGREEMENT_ID,
        "requested_by_id": "K-1",
        "capacity": CAPACITY.model_dump(),
        "proposal": PROPOSAL.model_dump(mode="json"),
    },
    "complaint_filed": {"complaint_id": "C", "about": "x"},
    "complaint_extended": {"complaint_id": "C", "approver_id": "A-3"},
    "complaint_resolved": {"complaint_id": "C", "upheld": True},
    "hold_placed": {"hold_id": "H", "reason": "dispute"},
    "hold_released": {"hold_id": "H"},
    "contact_preferences_changed": {},
    "policy_adopted": {"policy_version": "cn-next"},
    "case_closed": {"outcome": "withdrawn"},
}


def _row(*stages: Stage, otherwise: str = STAGE, **exceptions: str) -> dict[Stage, str]:
    """Accepted in some stages, refused by a rule in the others."""
    row = {stage: ACCEPTED if stage in stages else otherwise for stage in Stage}
    return row | {Stage(name): rule for name, rule in exceptions.items()}


ANY_STAGE = _row(*Stage)
WHILE_OPEN = _row(*Stage, ended=CLOSED)

# What the case's state says of a well-formed event; `ended` is a paid case before its notice.
TABLE: dict[str, dict[Stage, str]] = {
    "payment_received": ANY_STAGE,
    "payment_reversed": ANY_STAGE,
    "promise_made": WHILE_OPEN
    | dict.fromkeys((Stage.GUIDED_REPAYMENT, Stage.CLOSING_VISIT, Stage.REPAYMENT), "CN-17"),
    "call_finished": ANY_STAGE,
    "visit_requested": _row(Stage.EARLY_CONTACT, Stage.APPLICATION, ended=CLOSED),
    "visit_approved": _row(Stage.APPROVAL, ended=CLOSED),
    "visit_rejected": _row(Stage.APPROVAL, ended=CLOSED),
    "visit_withdrawn": _row(
        Stage.APPROVAL, Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT, ended=CLOSED
    ),
    "approval_withdrawn": _row(Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT, ended=CLOSED),
    "appointment_confirmed": _row(Stage.APPOINTMENT, ended=CLOSED),
    "appointment_declined": _row(Stage.APPOINTMENT, Stage.PREPARATION, ended=CLOSED),
    "appointment_withdrawn": _row(Stage.APPOINTMENT, Stage.PREPARATION, ended=CLOSED),
    "visit_checked_in": _row(Stage.VISIT, ended=CLOSED),
    "visit_reported": _row(Stage.VISIT, ended=CLOSED),
    "plan_approved": _row(Stage.PLAN, ended=CLOSED),
    "plan_rejected": _row(Stage.PLAN, ended=CLOSED),
    "agreement_signed": _row(Stage.AGREEMENT, ended=CLOSED),
    "agreement_declined": _row(Stage.AGREEMENT, ended=CLOSED),
    "renegotiation_requested": _row(Stage.GUIDED_REPAYMENT, Stage.REPAYMENT, ended=CLOSED),
    "complaint_filed": ANY_STAGE,
    "complaint_extended": ANY_STAGE,
    "complaint_resolved": ANY_STAGE,
    "hold_placed": ANY_STAGE,
    "hold_released": ANY_STAGE,
    "contact_preferences_changed": ANY_STAGE,
    "policy_adopted": WHILE_OPEN,
    "case_closed": WHILE_OPEN,
}
CELLS = [(name, stage, rule) for name, row in TABLE.items() for stage, rule in row.items()]


def _verdict(name: str, at: Situation, **changes: Any) -> tuple[str, str]:
    """`accepted`, or the rule that refuses; and the reason."""
    body = any_event(NOON, event_id="e", **BODIES[name] | changes)
    try:
        judge(read_event(name, body), at)
    except EventRefusedError as refused:
        return refused.rule_id, refused.reason
    return ACCEPTED, ""


def test_table_is_complete() -> None:
    """Every event of the contract in every stage."""
    assert TABLE.keys() == BODIES.keys() == EVENTS.keys()
    assert all(row.keys() == set(Stage) for row in TABLE.values())


@pytest.mark.parametrize(("name", "stage", "rule"), CELLS)
def test_event_in_stage(policy: Policy, name: str, stage: Stage, rule: str) -> None:
    """The cell of the table holds, and a refusal has a reason."""
    verdict, reason = _verdict(name, situation(policy, stage))
    assert verdict == rule, reason
    assert (verdict == ACCEPTED) or reason


@pytest.mark.parametrize("name", EVENTS)
def test_case_that_another_system_ended_takes_only_money_and_calls(
    policy: Policy, name: str
) -> None:
    """Everything else comes too late."""
    at = situation(policy, case={"closed_as": Outcome.WRITTEN_OFF})
    expected = (
        ACCEPTED if name in ("payment_received", "payment_reversed", "call_finished") else CLOSED
    )
    assert _verdict(name, at)[0] == expected


# The limits within a stage


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
    assert _verdict("promise_made", situation(policy), due_on=str(due_on))[0] == rule


def test_one_promise_at_a_time(policy: Policy) -> None:
    """An open promise refuses another."""
    assert _verdict("promise_made", situation(policy, promises=[PROMISE]))[0] == "LC-PROMISE"


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
    assert _verdict("visit_requested", situation(policy, **facts))[0] == rule


@pytest.mark.parametrize(("visits", "rule"), [(2, ACCEPTED), (3, "LC-VISITS")])
def test_visits_are_bounded(policy: Policy, visits: int, rule: str) -> None:
    """Three a case."""
    assert _verdict("visit_requested", situation(policy, case={"visits": visits}))[0] == rule


@pytest.mark.parametrize("name", ["visit_approved", "visit_rejected"])
def test_approval_takes_another_person_and_is_given_once(policy: Policy, name: str) -> None:
    """Four eyes; and what was decided stays decided."""
    at = situation(policy, Stage.APPROVAL)
    assert _verdict(name, at, approver_id="K-1")[0] == "LC-FOUR-EYES"
    assert at.case.visit is not None
    at.case.visit.approval = Answer.NO
    assert _verdict(name, at)[0] == STAGE


@pytest.mark.parametrize("name", ["appointment_confirmed", "appointment_declined"])
def test_only_the_proposed_slot_is_answered_once(policy: Policy, name: str) -> None:
    """Not another slot, not one the borrower was not told of, not a second time."""
    at = situation(policy, Stage.APPOINTMENT)
    assert _verdict(name, at, slot_id="S-0")[0] == "LC-APPOINTMENT"
    assert at.case.visit is not None
    for field, value in (("notice_sent", False), ("slot", None), ("appointment", Answer.NO)):
        changed = case_in(Stage.APPOINTMENT, policy)
        assert changed.visit is not None
        setattr(changed.visit, field, value)
        assert _verdict(name, at._replace(case=changed))[0] == "LC-APPOINTMENT"


def test_only_the_booked_slot_is_withdrawn_once(policy: Policy) -> None:
    """Whether or not the borrower was told of it; not another, not one that is off already."""
    for stage in (Stage.APPOINTMENT, Stage.PREPARATION):
        at = situation(policy, stage)
        assert _verdict("appointment_withdrawn", at, slot_id="S-0")[0] == "LC-APPOINTMENT"
        assert at.case.visit is not None
        at.case.visit.notice_sent = False
        assert _verdict("appointment_withdrawn", at)[0] == ACCEPTED
        at.case.visit.appointment = Answer.NO
        assert _verdict("appointment_withdrawn", at)[0] == "LC-APPOINTMENT"
        at.case.visit.appointment, at.case.visit.slot = None, None
        assert _verdict("appointment_withdrawn", at)[0] == "LC-APPOINTMENT"


def test_appointment_is_not_confirmed_on_hold_or_beyond_the_approval(policy: Policy) -> None:
    """The approval must still hold when the crew arrives."""
    at = situation(policy, Stage.APPOINTMENT, holds=[HOLD])
    assert _verdict("appointment_confirmed", at)[0] == "LC-HOLD"
    at = situation(policy, Stage.APPOINTMENT)
    assert at.case.visit is not None
    assert at.case.visit.slot is not None
    at.case.visit.approval_expires_at = at.case.visit.slot.start
    assert _verdict("appointment_confirmed", at)[0] == "LC-VISIT-APPROVAL-VALID"
    late = situation(policy, Stage.APPOINTMENT)
    assert late.case.visit is not None
    late.case.visit.slot = _slot(NOON)
    assert _verdict("appointment_confirmed", late)[0] == "LC-APPOINTMENT"


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
    assert _verdict("visit_checked_in", situation(policy, Stage.VISIT), **changes)[0] == rule


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
    assert _verdict("visit_checked_in", at)[0] == rule


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
    assert _verdict(name, situation(policy, Stage.PREPARATION), **changes)[0] == rule


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
    assert _verdict(name, at)[0] == STAGE


@pytest.mark.parametrize(("days", "rule"), [(13, "LC-VISIT-COOLING"), (14, ACCEPTED)])
def test_visit_is_not_requested_again_at_once(policy: Policy, days: int, rule: str) -> None:
    """The cooling interval counts from the end of the last one."""
    ended = {"last_visit_ended_at": NOON - timedelta(days=days)}
    assert _verdict("visit_requested", situation(policy, case=ended))[0] == rule


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
    assert _verdict("visit_reported", at, **changes)[0] == rule


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
    assert _verdict("visit_reported", at, occurred_at=occurred_at.isoformat())[0] == rule


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
    assert _verdict(name, situation(policy, Stage.PLAN), **changes)[0] == rule


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
    assert _verdict(name, situation(policy, Stage.AGREEMENT), **changes)[0] == "LC-DOCUMENT"


@pytest.mark.parametrize(("late", "verdict"), [(-1, ACCEPTED), (0, "LC-DOCUMENT")])
def test_expired_agreement_is_not_signed(policy: Policy, late: int, verdict: str) -> None:
    """Judged by when it was signed: what its document says, whenever we are told."""
    expires_at = NOON + timedelta(hours=1)
    at = situation(policy, Stage.AGREEMENT, now=NOON + timedelta(days=1))
    assert at.case.plan is not None
    at.case.plan.expires_at = expires_at
    signed_at = (expires_at + timedelta(seconds=late)).isoformat()
    rule_id, reason = _verdict("agreement_signed", at, occurred_at=signed_at)
    assert rule_id == verdict
    if verdict != ACCEPTED:
        assert reason == "occurred_at: the agreement expired at 2026-04-20T05:00+0000"


def test_costs_are_confirmed_before_signing(policy: Policy) -> None:
    """A signature without the cost disclosure does not count."""
    at = situation(policy, Stage.AGREEMENT)
    assert _verdict("agreement_signed", at, costs_confirmed=False)[0] == "CN-27"
    assert _verdict("agreement_signed", at, costs_confirmed=True) == _verdict(
        "agreement_signed", at
    )


@pytest.mark.parametrize("name", ["agreement_signed", "agreement_declined"])
def test_agreement_is_answered_once(policy: Policy, name: str) -> None:
    """The second answer comes too late."""
    at = situation(policy, Stage.AGREEMENT)
    assert at.case.plan is not None
    at.case.plan.signature = Answer.NO
    assert _verdict(name, at)[0] == STAGE
