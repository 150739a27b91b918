"""What a check-in and a report of a visit may be refused for."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case.state import Stage
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, STAGE, verdict
from tests.support.situations import CAPACITY, NOON, PROMISE, PROPOSAL, situation, slot_from


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
        ({"slot": slot_from(NOON + timedelta(minutes=120))}, {}, ACCEPTED),
        ({"slot": slot_from(NOON + timedelta(minutes=121))}, {}, "LC-VISIT-ARRIVAL"),
        ({"approver_id": "C-1"}, {}, "LC-FOUR-EYES"),
        ({"applicant_id": "C-2"}, {}, "LC-FOUR-EYES"),
        ({"checked_in": True}, {}, ACCEPTED),
        ({"checked_in": True, "identity_verified": True}, {}, STAGE),
        ({}, {"arrears_minor": 0}, "LC-PAID"),
        ({"called_off_as": "withdrawn"}, {}, STAGE),
        ({}, {"visit_blocked": True}, STAGE),
        ({"slot": slot_from(NOON + timedelta(minutes=1))}, {"promises": [PROMISE]}, "LC-PROMISE"),
        ({"slot": slot_from(NOON)}, {"promises": [PROMISE]}, ACCEPTED),
        ({}, {"address_ids": []}, "LC-VISIT-APPROVAL-VOID"),
        ({"approved_arrears_minor": 100_000}, {}, "LC-VISIT-APPROVAL-VOID"),
        ({}, {"barred_badge_ids": ["C-2"]}, "LC-CREW"),
        ({"slot": slot_from(NOON - timedelta(hours=4))}, {}, ACCEPTED),
        ({"slot": slot_from(NOON - timedelta(hours=24))}, {}, "LC-VISIT-ARRIVAL"),
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
    ("before", "checked_in", "rule"),
    [
        (timedelta(days=1), True, ACCEPTED),
        (timedelta(days=2), True, "LC-TIME"),
        (timedelta(minutes=15), False, ACCEPTED),
        (timedelta(minutes=16), False, "LC-TIME"),  # the borrower is still being waited for
    ],
)
def test_report_is_not_of_a_time_before_the_visit(
    policy: Policy, before: timedelta, checked_in: bool, rule: str
) -> None:
    """Its dates would be judged by that day."""
    at = situation(policy, Stage.VISIT)
    assert at.case.visit is not None
    assert at.case.visit.slot is not None
    at.case.visit.checked_in = checked_in
    occurred_at = at.case.visit.slot.start - before
    assert verdict("visit_reported", at, occurred_at=occurred_at.isoformat())[0] == rule
