"""Caring for the plan in force: while its payments are waited for, what helps is said."""

from collections.abc import Callable
from datetime import datetime

from temporalio import workflow

from domain.case.notices import Audience, NoticeKind
from domain.case.plan_care import PlanStep, missed_at, next_step, progress_of
from domain.case.state import PlanState
from domain.plan.progress import OpenPart
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.pursuit import Pursuit
from workflows.routines.staff_notices import notify_staff

LATE_PARTS_HELPED = "late-parts-helped"  # runs of before say nothing of a part that is late


def plan_in_force(desk: CaseDesk) -> PlanState:
    """The plan that is being repaid."""
    if desk.case.plan is None or not desk.case.plan.in_force:
        raise RuntimeError(f"no plan in force in {desk.case.stage}")
    return desk.case.plan


def open_part(desk: CaseDesk) -> OpenPart | None:
    """The first part that payments do not cover."""
    return progress_of(plan_in_force(desk), desk.situation).next_part


def has_moved(desk: CaseDesk, part: OpenPart) -> bool:
    """Whether another part is the next one by now: it was paid, or an earlier one is open again."""
    following = open_part(desk)
    return following is None or following.number != part.number


async def care_until(
    desk: CaseDesk, done: Callable[[], bool], ends_at: Callable[[], datetime], what: str, why: str
) -> bool:
    """Wait until something is so, and say meanwhile what is to be said of the plan.

    Answers whether it is so. `ends_at` is asked again when its time has come: payments, their
    reversal and holds move it.
    """
    while True:
        end, step = ends_at(), _next_step(desk)
        if step is not None and step.at < end:
            if await desk.until(done, step.at, step.what, why):
                return True
            await _say(desk, step, done)
        elif await desk.until_sure(done, end, what, why):
            return True
        elif ends_at() <= end:
            return False


def _next_step(desk: CaseDesk) -> PlanStep | None:
    helps = workflow.patched(LATE_PARTS_HELPED)
    return next_step(plan_in_force(desk), desk.situation, helps_when_late=helps)


async def _say(desk: CaseDesk, step: PlanStep, done: Callable[[], bool]) -> None:
    plan, part = plan_in_force(desk), open_part(desk)
    current = _next_step(desk)
    if part is None or current is None or current.name != step.name:
        return  # what has happened meanwhile has made another step the next one
    if step.what is NoticeKind.FIRST_PAYMENT_HELP:
        await _ask_for_help(desk, plan, part, step)
    else:
        key = f"{plan.plan_id}:{step.name}"
        intent = intent_of(desk, key, Channel.SMS, step.what, Purpose.REPAYMENT)
        await pursue(
            desk,
            intent.model_copy(
                update={
                    "part_number": part.number,
                    "answer_by": missed_at(plan, part, desk.situation),
                }
            ),
            Pursuit(step.by, unless=lambda: done() or has_moved(desk, part)),
        )
        plan.said_on = desk.today
    plan.said = [*plan.said, step.name]


async def _ask_for_help(desk: CaseDesk, plan: PlanState, part: OpenPart, step: PlanStep) -> None:
    await notify_staff(
        desk,
        f"{plan.plan_id}:{step.name}",
        Audience.COLLECTORS,
        NoticeKind.FIRST_PAYMENT_HELP,
        plan_id=plan.plan_id,
        agreement_id=plan.agreement_id,
        due_on=part.due_on.isoformat(),
        rest_minor=part.rest_minor,
        missed_at=step.by.isoformat(),
    )
