"""Renegotiation: another plan is settled and signed while the one in force goes on."""

from collections.abc import Callable
from datetime import datetime
from typing import Literal

from temporalio import workflow

from domain.case.notices import Audience, NoticeKind
from domain.case.plan_care import missed_at
from domain.case.state import PlanState, Stage
from domain.case.words import unchanged
from workflows.desk.case_desk import CaseDesk
from workflows.routines.plan_care import care_until, open_part, plan_in_force
from workflows.routines.staff_notices import notify_staff
from workflows.routines.visit_ends import (
    AfterVisit,
    end_barred_negotiation,
    give_up_plan,
    negotiate_again,
)
from workflows.routines.words import owe_word, says_all

PART_MISSED = "a part of the plan in force was missed"
MISSED_PARTS_WITHDRAW = "missed-parts-withdraw"  # in runs of before the document expires
AfterNoAgreement = Literal[Stage.VISIT, Stage.GUIDED_REPAYMENT, Stage.REPAYMENT] | AfterVisit


def require_plan(desk: CaseDesk) -> PlanState:
    """The plan at hand: under negotiation, or signed just now."""
    if (plan := desk.case.plan_at_hand) is None:
        raise RuntimeError(f"no plan in {desk.case.stage}")
    return plan


async def wait_for_answer(
    desk: CaseDesk, done: Callable[[], bool], ends_at: datetime, what: str, why: str
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


def ends_with_plan(desk: CaseDesk) -> bool:
    """Whether the plan in force is to be broken: nothing is left that another could replace."""
    if desk.case.next_plan is None or (part := open_part(desk)) is None:
        return False
    is_missed = missed_at(plan_in_force(desk), part, desk.situation) <= desk.now
    return is_missed and workflow.patched(MISSED_PARTS_WITHDRAW)


async def give_up_barred(desk: CaseDesk) -> AfterNoAgreement:
    """What a barred crew has negotiated comes to nothing; a plan in force goes on all the same."""
    if desk.case.next_plan is None:
        return await end_barred_negotiation(desk)
    return await give_up(desk, desk.case.next_plan, "negotiated by a barred crew")


async def give_up(desk: CaseDesk, plan: PlanState, reason: str) -> AfterNoAgreement:
    """No agreement: the plan in force goes on where it was, or the visit's table is open again."""
    if desk.case.next_plan is None:
        return await negotiate_again(desk, reason)
    desk.case.next_plan = None
    await notify_staff(
        desk,
        f"{plan.plan_id}:not-agreed",
        Audience.COLLECTORS,
        NoticeKind.RENEGOTIATION_ENDED,
        plan_id=plan.plan_id,
        reason=reason,
    )
    await give_up_plan(desk, plan)
    if says_all():
        owe_word(desk, unchanged(plan.plan_id))
    return Stage.REPAYMENT if desk.case.visit is None else Stage.GUIDED_REPAYMENT
