"""Words that somebody is waiting for: of a document to sign, and of what has ended without them.

A document is told of when it is offered, and once more before it expires. What ended is noted in
the state until it is told, and follows from the record like everything there.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.case.facts import Outcome
from domain.case.situation import Situation
from domain.case.state import PlanState, Slot, VisitState, Word
from domain.identity import is_same_person
from domain.messages.templates import Template
from domain.policy.contact import Purpose
from domain.visit.status import VisitStatus

# Time enough to read it again and to ask; a document that lasts no longer is told of once.
BEFORE_IT_EXPIRES = timedelta(hours=24)
PURPOSES = {
    Template.VISIT_NOT_GRANTED: Purpose.VISIT,
    Template.VISIT_NOT_MADE: Purpose.VISIT,
    Template.PLAN_UNCHANGED: Purpose.REPAYMENT,
}
# What a borrower reads once, at an end that they have paid for.
CLOSING_TEMPLATES = {
    Outcome.CURED: Template.PAID_NOTICE,
    Outcome.SETTLED: Template.SETTLED_NOTICE,
    Outcome.PLAN_COMPLETED: Template.PLAN_COMPLETED_NOTICE,
}


class SigningStep(NamedTuple):
    """A message of a document that can be signed: not before `at`, nor from `by` on."""

    name: str  # within the plan
    template: Template
    at: datetime
    by: datetime


def signing_steps(plan: PlanState, situation: Situation) -> list[SigningStep]:
    """What is still to be said of the document that is offered."""
    by = plan.expires_at
    if by is None or plan.document_sha256 is None:
        return []
    name = f"sign-{plan.offers}"
    steps = [SigningStep(name, Template.AGREEMENT_TO_SIGN, situation.now, by)]
    if timedelta(hours=situation.policy.plan.signing_hours.value) > BEFORE_IT_EXPIRES:
        at = by - BEFORE_IT_EXPIRES
        steps.append(SigningStep(f"{name}-again", Template.AGREEMENT_EXPIRES, at, by))
    if situation.now >= by - BEFORE_IT_EXPIRES:
        steps = steps[-1:]  # who hears of it on its last day only, after a hold for one, hears once
    return [step for step in steps if step.name not in plan.said]


def word_of_refusal(visit: VisitState, borrower_id: str) -> Word | None:
    """Who applied for a visit themselves hears that it does not take place."""
    if not is_same_person(visit.applicant_id, borrower_id):
        return None
    return not_granted(visit.visit_id)


def not_granted(visit_id: str) -> Word:
    """The word that an application has come to nothing."""
    return Word(key=f"{visit_id}:not-granted", template=Template.VISIT_NOT_GRANTED)


def not_made(visit_id: str, slot: Slot | None) -> Word | None:
    """The word to who expected a crew of which nothing was heard."""
    if slot is None:
        return None
    key = f"{visit_id}:not-made"
    return Word(key=key, template=Template.VISIT_NOT_MADE, slot_start=slot.start)


def unchanged(plan_id: str) -> Word:
    """The word that the plan in force goes on, for another one was not agreed on."""
    return Word(key=f"{plan_id}:unchanged", template=Template.PLAN_UNCHANGED)


UNGRANTED = (VisitStatus.REJECTED, VisitStatus.EXPIRED)
