"""Renegotiation: another plan for what is still owed of the plan that is honoured."""

from datetime import date

from domain.calendar import add_months
from domain.case.situation import Situation
from domain.case.state import PlanState
from domain.events import RenegotiationRequested
from domain.plan.plan import Plan, PlanRefusedError, Predecessor, build_plan
from domain.policy.policy import PlanPolicy
from domain.policy.rule import WHOLE


def build_next_plan(event: RenegotiationRequested, situation: Situation) -> Plan:
    """The plan that a request asks for, in place of the one in force.

    Raises:
        PlanRefusedError: naming every limit that is broken, or that there is nothing to replace.
    """
    plan = situation.case.plan
    if plan is None or not plan.in_force or plan.agreement_id is None:
        raise PlanRefusedError("agreement_id: no plan is in force")
    if plan.visit_id is None:  # a run of before did not keep it
        raise PlanRefusedError("agreement_id: it is not known at which visit it was agreed on")
    before = precede(plan.plan, plan.agreement_id, situation.facts.plan_paid_minor)
    rest_minor = plan.plan.total_minor - situation.facts.plan_paid_minor
    base = build_plan(
        rest_minor, event.proposal, event.capacity, situation.policy.plan, situation.today
    )
    problems = _problems(base, before, situation.policy.plan)
    if problems:
        raise PlanRefusedError("; ".join(problems))
    kept = before.kept_waiver_minor
    return base.model_copy(
        update={
            "arrears_minor": base.arrears_minor + kept,
            "waiver_minor": base.waiver_minor + kept,
            "before": before,
        }
    )


def precede(plan: Plan, agreement_id: str, paid_minor: int) -> Predecessor:
    """What a plan hands on to the one that replaces it, after payments of so much."""
    first = plan.before
    return Predecessor(
        agreement_id=agreement_id,
        as_of=plan.as_of if first is None else first.as_of,
        first_due_on=plan.parts[0].due_on if first is None else first.first_due_on,
        owed_minor=plan.waiver_base_minor,
        granted_minor=plan.granted_minor,
        kept_waiver_minor=max(plan.waiver_minor - plan.penalty_minor, 0),
        carried_minor=paid_minor + (0 if first is None else first.carried_minor),
    )


def _problems(plan: Plan, before: Predecessor, policy: PlanPolicy) -> list[str]:
    """The limits that count from the first agreement: waivers together, and the whole term."""
    problems = []
    granted = before.granted_minor + plan.waiver_minor
    if plan.waiver_minor and granted * WHOLE > before.owed_minor * policy.waiver_limit.value:
        problems.append(
            f"waiver_minor: {granted} with what was waived before is more than "
            f"{policy.waiver_limit.value / 100:g} % of {before.owed_minor}"
        )
    latest: date = add_months(before.first_due_on, policy.longest_months.value)
    if plan.parts[-1].due_on > latest:
        problems.append(
            f"instalments: the last is due on {plan.parts[-1].due_on}, after {latest}: more than "
            f"{policy.longest_months.value} months from the first agreement's first part"
        )
    return problems


def next_plan_state(
    event: RenegotiationRequested, plan: PlanState, situation: Situation
) -> PlanState:
    """The plan under negotiation. Payments are counted as before, less what was counted then."""
    return PlanState(
        plan_id=f"{situation.case.case_id}:plan-{situation.case.plans + 1}",
        plan=build_next_plan(event, situation),
        proposed_at=plan.proposed_at,
        asked_at=situation.facts.as_of or situation.now,
        payments_seen=plan.payments_seen,
        visit_id=plan.visit_id,
        negotiator_ids=[*plan.negotiator_ids, event.requested_by_id],
    )
