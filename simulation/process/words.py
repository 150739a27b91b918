"""What the borrower is still to be told, as `workflows/routines/words.py` has it."""

from domain.case.pursuit import Pursuit
from domain.case.state import PlanState, Word
from domain.case.words import PURPOSES, SigningStep, signing_steps
from domain.policy.contact import Channel, Purpose
from simulation.process.contacting import intent_of, pursue
from simulation.process.desk import Desk, Steps


def owe_word(desk: Desk, word: Word | None) -> None:
    """Note something that the borrower is to be told as soon as they may be."""
    if word is not None:
        desk.case.untold = [*desk.case.untold, word]


def tell_untold(desk: Desk) -> Steps[None]:
    """Tell the borrower, once each, what has ended without them."""
    while desk.case.untold:
        word = desk.case.untold[0]
        purpose = PURPOSES[word.template]
        intent = intent_of(desk, word.key, Channel.SMS, word.template, purpose)
        intent.slot_start = word.slot_start
        yield from pursue(desk, intent, Pursuit(desk.now + desk.policy.visit.closing))
        desk.case.untold = desk.case.untold[1:]


def wait_for_signature(desk: Desk, plan: PlanState) -> Steps[None]:
    """Say meanwhile that there is a document to sign."""

    def is_answered() -> bool:
        return plan.signature is not None

    while (step := _next_step(desk, plan)) is not None and step.at < step.by:
        if (yield from desk.until(is_answered, step.at)):
            return
        key = f"{plan.plan_id}:{step.name}"
        intent = intent_of(desk, key, Channel.SMS, step.template, Purpose.REPAYMENT)
        yield from pursue(desk, intent, Pursuit(step.by, unless=is_answered))
        if not is_answered():
            plan.said, plan.said_on = [*plan.said, step.name], desk.today


def _next_step(desk: Desk, plan: PlanState) -> SigningStep | None:
    return min(signing_steps(plan, desk.situation), key=lambda step: step.at, default=None)
