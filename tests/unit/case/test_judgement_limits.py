"""What an event of a promise, a plan or an agreement may be refused for in its right stage."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.case.state import Answer, Stage
from domain.policy.policy import Policy
from tests.support.judged import ACCEPTED, STAGE, verdict
from tests.support.situations import NOON, PROMISE, situation


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


def test_promise_for_a_day_that_is_past_is_told_so(policy: Policy) -> None:
    """And not only that it is not among the days to come; one that is far, as before."""
    reason = verdict("promise_made", situation(policy), due_on="2026-04-19")[1]
    assert reason == "due_on: 2026-04-19 lies in the past, before 2026-04-20"
    reason = verdict("promise_made", situation(policy), due_on="2026-05-05")[1]
    assert reason == "due_on: 2026-05-05 is not within 14 days of 2026-04-20"


def test_one_promise_at_a_time(policy: Policy) -> None:
    """An open promise refuses another."""
    assert verdict("promise_made", situation(policy, promises=[PROMISE]))[0] == "LC-PROMISE"


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
