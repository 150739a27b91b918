"""What a crew and a borrower have agreed on, as a plan."""

from domain.case.situation import Situation
from domain.events import VisitReported
from domain.plan.plan import Plan, PlanRefusedError, build_plan


def plan_of_report(event: VisitReported, situation: Situation) -> Plan:
    """The plan that a report proposes, for what is owed now.

    A report may come late: whether its dates are possible is judged by the day it was made.

    Raises:
        PlanRefusedError: naming every limit that is broken, or that nothing was proposed.
    """
    if event.proposal is None:
        raise PlanRefusedError("an agreement needs one")
    return build_plan(
        situation.facts.arrears_minor,
        event.proposal,
        event.capacity,
        situation.policy.plan,
        situation.today,
        situation.facts.penalty_minor,
        min(situation.facts.local(event.occurred_at).date(), situation.today),
    )
