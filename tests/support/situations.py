"""Cases at each stage of the process, as the judgement and the ladder see them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.case.facts import CaseFacts, Promise
from domain.case.situation import Situation
from domain.case.state import Answer, CaseState, PlanState, Slot, Stage, VisitState
from domain.contact.hold import Hold
from domain.events import Capacity, Proposal
from domain.plan.plan import build_plan
from domain.policy.policy import Policy

OVERDUE_SINCE = date(2026, 1, 10)
ZONE = "Asia/Shanghai"
NOON = datetime(2026, 4, 20, 4, tzinfo=UTC)  # a hundred days past due
VISIT_ID, PLAN_ID, AGREEMENT_ID, SLOT_ID = "V-1", "P-1", "G-1", "S-1"
CREW = ["C-1", "C-2"]
SHA256 = "a" * 64

FACTS = CaseFacts(
    borrower_id="B-1",
    lender="test-lender",
    currency="CNY",
    time_zone=ZONE,
    overdue_since=OVERDUE_SINCE,
    arrears_minor=400_000,
    outstanding_minor=1_200_000,
    messages_sent=5,
    calls_made=3,
    address_ids=["B-1-a1"],
)
PROPOSAL = Proposal(instalments=3, first_due_on=date(2026, 4, 25))
PROMISE = Promise(promise_id="p", amount_minor=1, due_on=date(2026, 4, 25))
HOLD = Hold(hold_id="H", reason="dispute")
CAPACITY = Capacity(monthly_income_minor=900_000, monthly_expense_minor=300_000)

_AFTER_APPLICATION = (
    Stage.APPROVAL,
    Stage.APPOINTMENT,
    Stage.PREPARATION,
    Stage.VISIT,
    Stage.PLAN,
    Stage.AGREEMENT,
    Stage.GUIDED_REPAYMENT,
    Stage.CLOSING_VISIT,
)
_WITH_PLAN = (
    Stage.PLAN,
    Stage.AGREEMENT,
    Stage.GUIDED_REPAYMENT,
    Stage.CLOSING_VISIT,
    Stage.REPAYMENT,
)


def case_in(stage: Stage, policy: Policy) -> CaseState:
    """A case that waits for what its stage waits for."""
    case = CaseState(loan_id="L-1", case_id="L-1:2026-01-10", stage=stage)
    if stage in _AFTER_APPLICATION:
        case.visit = _visit(stage)
    if stage in _WITH_PLAN:
        case.plan = _plan(stage, policy)
    return case


def _visit(stage: Stage) -> VisitState:
    reached = _AFTER_APPLICATION.index(stage)
    visit = VisitState(visit_id=VISIT_ID, address_id="B-1-a1", applicant_id="K-1")
    if reached >= _AFTER_APPLICATION.index(Stage.APPOINTMENT):
        is_over = reached >= _AFTER_APPLICATION.index(Stage.VISIT)
        start = NOON - timedelta(hours=3) if is_over else NOON + timedelta(days=5)
        visit.approval, visit.approver_id = Answer.YES, "A-1"
        visit.approval_expires_at = NOON + timedelta(days=30)
        visit.slot = Slot(
            slot_id=SLOT_ID, start=start, end=start + timedelta(hours=4), badge_ids=CREW
        )
        visit.notice_sent = True
    if reached >= _AFTER_APPLICATION.index(Stage.PREPARATION):
        visit.appointment = Answer.YES
    if reached >= _AFTER_APPLICATION.index(Stage.PLAN):
        visit.checked_in = visit.identity_verified = True
        visit.badges_on_site, visit.outcome = CREW, "agreed"
    return visit


def _plan(stage: Stage, policy: Policy) -> PlanState:
    parts = build_plan(FACTS.arrears_minor, PROPOSAL, CAPACITY, policy.plan, NOON.date())
    plan = PlanState(plan_id=PLAN_ID, plan=parts, visit_id=VISIT_ID)
    if stage is not Stage.PLAN:
        plan.agreement_id, plan.document_sha256 = AGREEMENT_ID, SHA256
    if stage not in (Stage.PLAN, Stage.AGREEMENT):
        plan.signature, plan.in_force = Answer.YES, True
    return plan


def situation(
    policy: Policy,
    stage: Stage = Stage.EARLY_CONTACT,
    *,
    now: datetime = NOON,
    case: dict[str, Any] | None = None,
    **facts: Any,
) -> Situation:
    """A situation in a stage, with changed fields of the case and of the facts."""
    state = case_in(stage, policy)
    for name, value in (case or {}).items():
        setattr(state, name, value)
    return Situation(state, FACTS.model_copy(update=facts), policy, now)


def slot_from(start: datetime) -> Slot:
    return Slot(slot_id=SLOT_ID, start=start, end=start + timedelta(hours=2), badge_ids=CREW)
