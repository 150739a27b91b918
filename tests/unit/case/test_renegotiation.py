"""What a new plan takes over from the old one, and the limits that count from the first."""

from datetime import date, timedelta
from typing import Any

import pytest

from domain.case.events.effects import apply_agreement_signed, apply_renegotiation_requested
from domain.case.events.judge import judge
from domain.case.judgement.fitting import EventRefusedError
from domain.case.renegotiation import build_next_plan
from domain.case.situation import Situation
from domain.case.state import Stage
from domain.events import AgreementSigned, RenegotiationRequested, read_event
from domain.plan.authority import Level, request_waiver
from domain.plan.plan import PlanRefusedError, needs_approval
from domain.policy.policy import Policy
from tests.support.situations import AGREEMENT_ID, CAPACITY, NOON, situation
from tests.support.world import complete
from tests.support.world import event as any_event

OWED = 400_000  # of the first plan, in three parts
FIRST_DUE = date(2026, 4, 25)


def _request(instalments: int = 6, first_due_on: date | None = None, **proposal: Any) -> Any:
    proposal |= {
        "instalments": instalments,
        "first_due_on": str(first_due_on or NOON.date() + timedelta(days=10)),
    }
    body = {
        "agreement_id": AGREEMENT_ID,
        "requested_by_id": "K-7",
        "capacity": CAPACITY.model_dump(),
        "proposal": proposal,
    }
    return read_event("renegotiation_requested", any_event(NOON, event_id="e", **body))


def _at(
    policy: Policy, *, paid: int = 100_000, waiver: int = 0, penalty: int = 0, **case: Any
) -> Situation:
    """A plan of 400,000 of arrears; with penalty and waiver, if any, in its first part."""
    at = situation(policy, Stage.REPAYMENT, case=case, plan_paid_minor=paid)
    assert at.case.plan is not None
    plan = at.case.plan.plan
    first = plan.parts[0]
    first.amount_minor += penalty - waiver
    plan.waiver_minor, plan.penalty_minor = waiver, penalty
    return at


def test_new_plan_covers_the_rest(policy: Policy) -> None:
    """Without a waiver: what is left, to the minor unit, and nothing to approve."""
    plan = build_next_plan(_request(), _at(policy, paid=123_456))
    assert plan.total_minor == plan.arrears_minor == OWED - 123_456
    assert (plan.waiver_minor, plan.penalty_minor, plan.new_waiver_minor) == (0, 0, 0)
    assert plan.before is not None
    assert (plan.before.agreement_id, plan.before.carried_minor) == (AGREEMENT_ID, 123_456)
    assert not needs_approval(plan, policy.plan)


@pytest.mark.parametrize(
    ("waiver", "penalty", "kept"), [(30_000, 0, 30_000), (30_000, 10_000, 20_000), (5, 10, 0)]
)
def test_old_waiver_stays_and_asks_for_no_approval(
    policy: Policy, waiver: int, penalty: int, kept: int
) -> None:
    """What it took beyond the penalty is granted when the new plan is completed."""
    at = _at(policy, waiver=waiver, penalty=penalty)
    plan = build_next_plan(_request(), at)
    assert plan.total_minor == OWED + penalty - waiver - 100_000
    assert (plan.waiver_minor, plan.new_waiver_minor) == (kept, 0)
    assert plan.arrears_minor - plan.waiver_minor == plan.total_minor
    assert (plan.granted_minor, plan.waiver_base_minor) == (waiver, OWED + penalty)
    assert not needs_approval(plan, policy.plan)


@pytest.mark.parametrize(
    ("before", "new", "level"),
    [
        (0, 20_000, Level.CREW),  # 5 % of what the first plan covered
        (0, 20_001, Level.APPROVER),
        (20_000, 1, Level.APPROVER),  # together more than the crew's own
        (80_000, 1, Level.SENIOR_APPROVER),
    ],
)
def test_new_waiver_is_judged_with_the_old_one(
    policy: Policy, before: int, new: int, level: Level
) -> None:
    """Together, as shares of what the first plan covered: no authority is used twice."""
    plan = build_next_plan(_request(waiver_minor=new), _at(policy, waiver=before))
    assert plan.granted_minor == before + new
    request = request_waiver(plan, policy.plan)
    assert request.level is level
    assert needs_approval(plan, policy.plan) is (level is not Level.CREW)


def test_waivers_together_keep_the_limit(policy: Policy) -> None:
    """Thirty per cent of what the first plan covered, all in all."""
    at = _at(policy, paid=0, waiver=100_000)
    assert build_next_plan(_request(waiver_minor=20_000), at).granted_minor == 120_000
    with pytest.raises(PlanRefusedError, match="120001 with what was waived before is more than"):
        build_next_plan(_request(waiver_minor=20_001), at)


def test_term_counts_from_the_first_agreement(policy: Policy) -> None:
    """Twelve months in all: the second plan has what the first one has left."""
    rules = policy.plan.model_copy(
        update={
            "longest_months": policy.plan.longest_months.model_copy(update={"value": 12}),
            "first_payment_share": None,
        }
    )
    at = _at(policy.model_copy(update={"plan": rules}))
    last = FIRST_DUE.replace(year=2027)
    plan = build_next_plan(_request(instalments=13, first_due_on=FIRST_DUE), at)
    assert plan.parts[-1].due_on == last
    later = FIRST_DUE + timedelta(days=1)
    with pytest.raises(PlanRefusedError, match=f"instalments: the last is due on .*after {last}"):
        build_next_plan(_request(instalments=13, first_due_on=later), at)


def test_same_limits_as_any_plan(policy: Policy) -> None:
    """Affordability, the first due date, the first part's share."""
    with pytest.raises(PlanRefusedError, match="is not within 30 days"):
        build_next_plan(_request(first_due_on=NOON.date() + timedelta(days=31)), _at(policy))
    with pytest.raises(PlanRefusedError, match="less than 5 %"):
        build_next_plan(_request(instalments=21), _at(policy))
    poor = _request(instalments=1).model_copy(
        update={"capacity": CAPACITY.model_copy(update={"monthly_income_minor": 300_000})}
    )
    with pytest.raises(PlanRefusedError, match="more than the affordable 0"):
        build_next_plan(poor, _at(policy))


def test_third_plan_carries_the_chain(policy: Policy) -> None:
    """What counts from the first agreement still does."""
    at = _at(policy, waiver=20_000, paid=100_000)
    _sign(at, _request(waiver_minor=1_000))
    at = at._replace(facts=at.facts.model_copy(update={"plan_paid_minor": 50_000}))
    assert at.case.plan is not None
    at.case.plan.agreement_id = "G-2"
    event = _request().model_copy(update={"agreement_id": "G-2"})
    before = build_next_plan(event, at).before
    assert before is not None
    assert (before.agreement_id, before.carried_minor) == ("G-2", 150_000)
    assert (before.owed_minor, before.granted_minor) == (OWED, 21_000)
    assert (before.first_due_on, before.as_of) == (FIRST_DUE, NOON.date())


def _sign(situation: Situation, request: RenegotiationRequested) -> None:
    apply_renegotiation_requested(request, situation)
    signed = {"agreement_id": "G-2", "document_sha256": "a" * 64, "signatories": ["B-1"]}
    body = any_event(NOON, event_id="s", **signed)
    apply_agreement_signed(AgreementSigned.model_validate(body), situation)


def test_signature_puts_the_new_plan_in_force(policy: Policy) -> None:
    """Until then both are there, and only the old one is in force."""
    at = _at(policy)
    old = at.case.plan
    apply_renegotiation_requested(_request(), at)
    assert at.case.plan is old
    assert at.case.next_plan is not None
    assert not at.case.next_plan.in_force
    assert at.case.next_plan.negotiator_ids[-1] == "K-7"
    at = _at(policy)
    _sign(at, _request())
    assert at.case.next_plan is None
    assert at.case.plan is not None
    assert at.case.plan.in_force
    assert (at.case.renegotiations, at.case.renegotiation_requests) == (1, 0)


@pytest.mark.parametrize(
    ("case", "rule"),
    [
        ({}, None),
        ({"renegotiations": 1}, "LC-PLAN-RENEGOTIATIONS"),
        ({"renegotiation_requests": 2}, None),
        ({"renegotiation_requests": 3}, "LC-PLAN-ROUNDS"),
        ({"plan": None}, "LC-DOCUMENT"),
    ],
)
def test_requests_are_bounded(policy: Policy, case: dict[str, Any], rule: str | None) -> None:
    """So many agreements a case, and so many proposals for each."""
    at = situation(policy, Stage.REPAYMENT, case=case)
    if rule is None:
        judge(_request(), at)
        return
    with pytest.raises(EventRefusedError) as refused:
        judge(_request(), at)
    assert refused.value.rule_id == rule


def test_policy_of_before_allows_none(policy: Policy) -> None:
    """It does not know the rule."""
    rules = policy.plan.model_copy(update={"renegotiations": None})
    with pytest.raises(EventRefusedError, match="the policy allows no renegotiation"):
        judge(_request(), _at(policy.model_copy(update={"plan": rules})))


@pytest.mark.parametrize(("days_before", "is_refused"), [(0, False), (1, True)])
def test_waiver_is_not_approved_before_it_was_asked_for(
    policy: Policy, days_before: int, is_refused: bool
) -> None:
    """The plan that it replaces was proposed long ago."""
    at = _at(policy)
    assert at.case.plan is not None
    at.case.plan.proposed_at = NOON - timedelta(days=90)
    apply_renegotiation_requested(_request(waiver_minor=40_000), at)
    at.case.stage = Stage.PLAN
    assert at.case.next_plan is not None
    body = {"plan_id": at.case.next_plan.plan_id, "approver_id": "A-2"}
    said_at = NOON - timedelta(days=days_before)
    decision = read_event("plan_approved", any_event(said_at, event_id="d", **body))
    if not is_refused:
        judge(decision, at)
        return
    with pytest.raises(EventRefusedError, match="lies before the plan was proposed"):
        judge(decision, at)


@pytest.mark.parametrize(("hours_left", "is_signed"), [(1, True), (0, False)])
def test_new_agreement_is_signed_by_its_own_deadline(
    policy: Policy, hours_left: int, is_signed: bool
) -> None:
    """The deadline of the one it replaces passed long ago."""
    at = _at(policy)
    apply_renegotiation_requested(_request(), at)
    old, new = at.case.plan, at.case.next_plan
    assert old is not None
    assert new is not None
    at.case.stage = Stage.AGREEMENT
    old.expires_at = NOON - timedelta(days=30)
    new.expires_at = NOON + timedelta(hours=hours_left)
    new.agreement_id, new.document_sha256 = "G-2", "b" * 64
    body = {"agreement_id": "G-2", "document_sha256": "b" * 64, "signatories": ["B-1"]}
    signed = read_event(
        "agreement_signed", complete("agreement_signed", any_event(NOON, event_id="s", **body))
    )
    if is_signed:
        judge(signed, at)
        return
    with pytest.raises(EventRefusedError, match="expired at") as refused:
        judge(signed, at)
    assert refused.value.rule_id == "LC-DOCUMENT"
