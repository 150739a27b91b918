"""Renegotiation: another plan is settled and signed while the one in force goes on."""

from collections.abc import Callable
from datetime import datetime

from domain.case.notices import Audience, NoticeKind
from domain.case.plan_care import missed_at
from domain.case.state import PlanState, Stage
from workflows.desk.desk import Desk
from workflows.routines.plan_care import care_until, open_part, plan_in_force
from workflows.routines.visit_ends import negotiate_again


async def wait_for_answer(
    desk: Desk, done: Callable[[], bool], ends_at: datetime, what: str, why: str
) -> bool:
    """Wait for an answer about the plan at hand.

    The due dates of a plan in force go on: it is reminded of, and once it is missed there is
    nothing to renegotiate any more.
    """
    if desk.case.next_plan is None:
        return await desk.until(done, ends_at, what, why)

    def latest() -> datetime:
        part = open_part(desk)
        if part is None:
            return ends_at
        return min(ends_at, missed_at(plan_in_force(desk), part, desk.situation))

    return await care_until(desk, done, latest, what, why)


async def give_up(desk: Desk, plan: PlanState, reason: str) -> Stage:
    """No agreement: the plan in force goes on where it was, or the visit's table is open again."""
    if desk.case.next_plan is None:
        return await negotiate_again(desk, reason)
    desk.case.next_plan = None
    await desk.notify(
        f"{plan.plan_id}:not-agreed",
        Audience.COLLECTORS,
        NoticeKind.RENEGOTIATION_ENDED,
        plan_id=plan.plan_id,
        reason=reason,
    )
    return Stage.REPAYMENT if desk.case.visit is None else Stage.GUIDED_REPAYMENT
