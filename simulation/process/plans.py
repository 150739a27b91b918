"""A plan from the negotiation to its last part, as `workflows/stages/` has it.

Nothing is waived here, and no plan is renegotiated.
"""

from collections.abc import Callable
from datetime import timedelta

from domain.case.notices import NoticeKind
from domain.case.plan_care import PlanStep, key_of_end, missed_at, next_step, progress_of
from domain.case.pursuit import Pursuit
from domain.case.state import Answer, PlanState, Stage
from domain.case.visit_need import is_too_old
from domain.messages.templates import Template
from domain.plan.plan import needs_approval
from domain.plan.progress import OpenPart
from domain.policy.contact import Channel, Purpose
from domain.visit.status import VisitStatus
from simulation.process.contacting import contact, intent_of, pursue
from simulation.process.desk import Desk, Steps
from simulation.process.visits import end_visit, visit_of
from simulation.process.words import wait_for_signature


def settle_plan(desk: Desk) -> Steps[Stage]:
    """A waiver beyond the crew's authority waits for its own approval."""
    plan = _plan_at_hand(desk)
    if not needs_approval(plan.plan, desk.policy.plan):
        return Stage.AGREEMENT
    ends_at = desk.begin(desk.in_days(desk.policy.plan.approval_days.value))
    desk.note("notice", NoticeKind.WAIVER_APPROVAL_WANTED.value, f"{plan.plan_id}:approval")
    yield from desk.until(lambda: plan.approval is not None, ends_at)
    return Stage.AGREEMENT if plan.approval is Answer.YES else _negotiate_again(desk)


def sign_agreement(desk: Desk) -> Steps[Stage]:
    """Offer the document, and wait until it is signed or expires."""
    plan = _plan_at_hand(desk)
    ends_at = desk.begin(desk.now + timedelta(hours=desk.policy.plan.signing_hours.value))
    if plan.document_sha256 is None:
        if min(part.due_on for part in plan.plan.parts) < desk.today:
            return _negotiate_again(desk)
        plan.offers += 1
        plan.agreement_id = f"{plan.plan_id}:agreement"
        plan.document_sha256, plan.expires_at = "0" * 64, ends_at
        plan.grace_days = desk.policy.plan.grace_days.value
        desk.note("notice", "agreement_offered", plan.agreement_id)
    yield from wait_for_signature(desk, plan)
    yield from desk.until(lambda: plan.signature is not None, plan.expires_at or ends_at)
    if plan.signature is Answer.YES:
        desk.learn()
        return Stage.GUIDED_REPAYMENT
    return _negotiate_again(desk)


def _negotiate_again(desk: Desk) -> Stage:
    """Back to the table, a bounded number of times; then the visit ends without a plan."""
    visit, desk.case.plan = visit_of(desk), None
    visit.outcome = visit.proposal = visit.capacity = None
    visit.negotiations += 1
    if visit.negotiations < desk.policy.plan.negotiation_rounds.value:
        name = f"{visit.visit_id}:negotiation-{visit.negotiations}"
        desk.note("notice", NoticeKind.NEGOTIATE_AGAIN.value, name)
        return Stage.VISIT
    desk.case.visits += 1
    return end_visit(desk, VisitStatus.COMPLETED)


def guide_first_payment(desk: Desk) -> Steps[Stage]:
    """Tell the borrower how to pay the first part, and help until it has arrived."""
    part = _open_part(desk)
    if part is None or part.number > 1:
        return Stage.CLOSING_VISIT
    if not (yield from _wait_for_part(desk, part)):
        return _break_plan(desk)
    return Stage.CLOSING_VISIT


def close_visit(desk: Desk) -> Steps[Stage]:
    """Tell the borrower what follows."""
    by = desk.begin(desk.now + desk.policy.visit.closing)
    if desk.case.visit is None:
        return Stage.REPAYMENT
    if _open_part(desk) is not None:
        key, template = f"{_in_force(desk).plan_id}:closing", Template.VISIT_CLOSING
        yield from contact(desk, key, Channel.SMS, template, Purpose.REPAYMENT, by=by)
    desk.case.visits += 1
    end_visit(desk, VisitStatus.COMPLETED)
    return Stage.REPAYMENT


def follow_repayment(desk: Desk) -> Steps[Stage]:
    """Remind before each due date, verify after it; a missed part has a grace period."""
    while (part := _open_part(desk)) is not None:
        if not (yield from _wait_for_part(desk, part)):
            return _break_plan(desk)
    desk.learn()
    yield from desk.until(lambda: False, desk.in_days(1))
    return Stage.REPAYMENT


def tell_plan_broken(desk: Desk) -> Steps[None]:
    """Tell the borrower, once, that their plan has ended and what is owed now."""
    if desk.case.broken_plan_id is None:
        return
    plan = desk.case.broken_plan
    key = key_of_end(desk.case.broken_plan_id, 0 if plan is None else plan.reinstated)
    by = desk.now + desk.policy.plan.broken_notice
    yield from contact(desk, key, Channel.SMS, Template.PLAN_BROKEN, Purpose.COLLECTION, by=by)
    desk.case.broken_plan_id = None


def _wait_for_part(desk: Desk, part: OpenPart) -> Steps[bool]:
    """Wait for a part, and say meanwhile what is to be said of it; False when it is missed."""

    def has_moved() -> bool:
        following = _open_part(desk)
        return following is None or following.number != part.number

    while True:
        plan = _in_force(desk)
        end, step = missed_at(plan, part, desk.situation), next_step(plan, desk.situation)
        if step is not None and step.at < end:
            if (yield from desk.until(has_moved, step.at)):
                return True
            yield from _say(desk, step, has_moved)
        elif (yield from desk.until_sure(has_moved, end)):
            return True
        elif missed_at(plan, part, desk.situation) <= end:
            return False


def _say(desk: Desk, step: PlanStep, done: Callable[[], bool]) -> Steps[None]:
    plan, part = _in_force(desk), _open_part(desk)
    current = next_step(plan, desk.situation)
    if part is None or current is None or current.name != step.name:
        return
    key = f"{plan.plan_id}:{step.name}"
    if isinstance(step.what, Template):
        intent = intent_of(desk, key, Channel.SMS, step.what, Purpose.REPAYMENT)
        yield from pursue(desk, intent, Pursuit(step.by, unless=done))
        plan.said_on = desk.today
    else:
        desk.note("notice", step.what.value, key)
    plan.said = [*plan.said, step.name]


def _break_plan(desk: Desk) -> Stage:
    """A broken plan returns to contact, or goes to legal review when it was the last."""
    plan, person = _in_force(desk), desk.person
    desk.case.broken_plan_id, desk.case.plan = plan.plan_id, None
    desk.case.broken_plan, desk.case.broken_plans = plan, desk.case.broken_plans + 1
    person.plan_total_minor, person.plan_paid_minor, person.part_open_since = None, 0, None
    person.account.take_back()
    if desk.case.visit is not None:
        desk.case.visits += 1
        end_visit(desk, VisitStatus.COMPLETED)
    desk.learn()
    if is_too_old(desk.situation) or desk.case.broken_plans >= desk.policy.plan.broken_plans.value:
        return Stage.LEGAL_REVIEW
    return Stage.EARLY_CONTACT


def put_in_force(desk: Desk) -> None:
    """What a signature changes on record: the plan counts, and what falls due waits for it."""
    plan = _plan_at_hand(desk)
    desk.person.plan_total_minor, desk.person.plan_paid_minor = plan.plan.total_minor, 0
    desk.person.promises = []
    desk.person.account.put_off(plan.plan.as_of, plan.plan.parts[-1].due_on)


def _plan_at_hand(desk: Desk) -> PlanState:
    if desk.case.plan is None:
        raise RuntimeError(f"no plan in {desk.case.stage}")
    return desk.case.plan


def _in_force(desk: Desk) -> PlanState:
    plan = _plan_at_hand(desk)
    if not plan.in_force:
        raise RuntimeError(f"no plan in force in {desk.case.stage}")
    return plan


def _open_part(desk: Desk) -> OpenPart | None:
    return progress_of(_in_force(desk), desk.situation).next_part
