"""An event on its way to the record: what the case's state says of it, and what became of it."""

from datetime import timedelta

from pydantic import AwareDatetime, BaseModel

from domain.case.facts import CaseFacts
from domain.case.state import PlanState
from domain.plan.authority import WaiverRequest


class JudgedEvent(BaseModel):
    """One event as a workflow received it, with its judgement so far."""

    case_id: str | None  # none of a loan without an open case
    loan_id: str
    event_id: str
    name: str
    source: str
    occurred_at: AwareDatetime
    stage: str
    body: str  # JSON text
    refusal: str | None = None  # the reason, when the case's state refuses the event
    receipt: str  # names this delivery: tells a retried write from a repeated event
    visit_id: str | None = None  # of the visit that a request opens
    due_at: AwareDatetime | None = None  # when what the event starts runs out
    waiver: WaiverRequest | None = None  # of the plan that a decision is about
    judged_at: AwareDatetime | None = None  # business time of the case, which its effect is of
    plan: PlanState | None = None  # that it proposes
    ticket: str | None = None  # under which the front door kept it: the record finds its sender
    clock_tolerance: timedelta = timedelta(0)  # of the policy: how far two clocks may differ


class Verdict(BaseModel):
    """What became of an event."""

    accepted: bool
    reason: str | None = None
    repeated: bool = False  # the event had been counted before
    may_come_again: bool = False  # refused for now: its other half is not on record
    facts: CaseFacts | None = None
