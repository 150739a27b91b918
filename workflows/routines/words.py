"""Saying what somebody waits for: a document to sign, or what has come to nothing."""

from datetime import datetime

from temporalio import workflow

from domain.case.notices import Audience, NoticeKind
from domain.case.plan_care import in_time_until, missed_at
from domain.case.pursuit import Pursuit
from domain.case.state import PlanState, Word
from domain.case.words import PURPOSES, SigningStep, signing_steps
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import CaseDesk
from workflows.routines.contacting import intent_of, pursue
from workflows.routines.plan_care import open_part, plan_in_force
from workflows.routines.staff_notices import notify_staff

MISSED_PLANS_DO_NOT_GO_ON = "missed-plans-do-not-go-on"  # runs of before say of each that it does
NOBODY_WITHOUT_A_WORD = "nobody-without-a-word"  # runs of before say none of this


def says_all() -> bool:
    """Whether this run tells what earlier releases left unsaid."""
    return workflow.patched(NOBODY_WITHOUT_A_WORD)


def owe_word(desk: CaseDesk, word: Word | None) -> None:
    """Note something that the borrower is to be told as soon as they may be."""
    if word is not None:
        desk.case.untold = [*desk.case.untold, word]


async def tell_untold(desk: CaseDesk) -> None:
    """Tell the borrower, once each, what has ended without them, while it is so."""
    while desk.case.untold:
        word = desk.case.untold[0]
        by = _true_until(desk, word, desk.now + desk.policy.visit.closing)
        intent = intent_of(
            desk, word.key, Channel.SMS, word.template, PURPOSES[word.template]
        ).model_copy(update={"slot_start": word.slot_start})
        if desk.now < by:
            await pursue(desk, intent, Pursuit(by))
        desk.case.untold = desk.case.untold[1:]


def _true_until(desk: CaseDesk, word: Word, by: datetime) -> datetime:
    """No plan goes on that has ended, or ends for its missed part: `plan_broken` says all of it."""
    if word.template is not Template.PLAN_UNCHANGED:
        return by
    plan, ends_at = desk.case.plan, desk.now
    if plan is not None and plan.in_force:
        part = open_part(desk)
        ends_at = by if part is None else in_time_until(plan, part, desk.situation)
    return ends_at if ends_at < by and workflow.patched(MISSED_PLANS_DO_NOT_GO_ON) else by


def next_signing_step(desk: CaseDesk, plan: PlanState) -> SigningStep | None:
    """What is to be said next of the document that is offered."""
    steps = signing_steps(plan, desk.situation) if says_all() else []
    return min(steps, key=lambda step: step.at, default=None)


async def say_signing_step(desk: CaseDesk, plan: PlanState, step: SigningStep) -> None:
    """Say it, unless an answer comes first; no longer than the plan in force can wait."""

    def is_answered() -> bool:
        return plan.signature is not None

    key = f"{plan.plan_id}:{step.name}"
    intent = intent_of(desk, key, Channel.SMS, step.template, Purpose.REPAYMENT)
    await pursue(
        desk,
        intent.model_copy(update={"answer_by": plan.expires_at}),
        Pursuit(_latest(desk, step), unless=is_answered),
    )
    if not is_answered():
        plan.said, plan.said_on = [*plan.said, step.name], desk.today


def _latest(desk: CaseDesk, step: SigningStep) -> datetime:
    part = None if desk.case.next_plan is None else open_part(desk)
    if part is None:
        return step.by
    return min(step.by, missed_at(plan_in_force(desk), part, desk.situation))


async def tell_plan_withdrawn(desk: CaseDesk, plan: PlanState, outcome: str) -> None:
    """At the end of a case: whoever honours a plan hears that it does not go on, and so do we."""
    await notify_staff(
        desk,
        f"{plan.plan_id}:withdrawn",
        Audience.COLLECTORS,
        NoticeKind.PLAN_WITHDRAWN,
        plan_id=plan.plan_id,
        agreement_id=plan.agreement_id,
        outcome=outcome,
    )
    await pursue(
        desk,
        intent_of(
            desk,
            f"{plan.plan_id}:withdrawn",
            Channel.SMS,
            Template.PLAN_WITHDRAWN,
            Purpose.REPAYMENT,
        ),
        Pursuit(
            desk.now + desk.policy.visit.call_off,
            unless=lambda: desk.facts.outcome_if_paid() is not None,
            at_any_rate=True,
        ),
    )
