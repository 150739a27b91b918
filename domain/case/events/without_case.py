"""Events of loans without an open case: judged by the same table, and as strictly.

A payment is booked, a hold, a wish or a complaint is the borrower's, whether or not something is
overdue. What is about a case (a visit, a plan, its end) has nothing to be about.
"""

from datetime import datetime
from typing import Any, NamedTuple

from domain.case.events.answer import answer_to
from domain.case.events.claims import claimed_id, claimed_source, claimed_ticket
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.case.events.table import EVENT_TABLE
from domain.case.facts import CaseFacts
from domain.case.judgement.fitting import EventRefusedError, require_past, require_this_loan
from domain.case.situation import Situation
from domain.case.state import CaseState
from domain.events import (
    CallFinished,
    Event,
    UnreadableEventError,
    printable,
    read_event,
    read_event_on_record,
    recordable,
)
from domain.policy.policy import Policy

NO_CASE = "no_case"  # where a stage would stand
NO_CASE_RULE = "LC-NO-CASE"
_NONE_OPEN = f"{NO_CASE_RULE}: no case of this loan is open"


class IncomingEvent(NamedTuple):
    """An event as it came, and the name of this delivery."""

    name: str
    body: object
    receipt: str


class LoanAtRest(NamedTuple):
    """What such an event is judged by; the case is that of the call it reports, if it does."""

    loan_id: str
    facts: CaseFacts
    case_of_call: str | None = None


def judge_without_case(
    incoming: IncomingEvent, loan: LoanAtRest, policy: Policy, now: datetime
) -> JudgedEvent:
    """An event for the record, with the reason against it where there is one."""
    try:
        event = read_event(incoming.name, incoming.body)
    except UnreadableEventError as error:
        return _unread(incoming, loan, now, f"LC-CONTRACT: {error}")
    state = CaseState(loan_id=loan.loan_id, case_id="")
    situation = Situation(state, loan.facts, policy, now)
    row = EVENT_TABLE[event.name]
    return JudgedEvent(
        case_id=loan.case_of_call if isinstance(event, CallFinished) else None,
        loan_id=loan.loan_id,
        event_id=event.event_id,
        name=event.name,
        source=event.source,
        occurred_at=event.occurred_at,
        stage=NO_CASE,
        body=event.model_dump_json(),
        refusal=_refusal(event, situation),
        receipt=incoming.receipt,
        due_at=row.due_at(event, situation) if row.without_case else None,
        judged_at=now,
        ticket=claimed_ticket(incoming.body),
    )


def _refusal(event: Event, situation: Situation) -> str | None:
    row = EVENT_TABLE[event.name]
    if not row.without_case:
        return _NONE_OPEN
    try:
        require_past(event, situation)
        require_this_loan(event, situation)
        row.judge(event, situation)
    except EventRefusedError as refused:
        return str(refused)
    return None


def _unread(incoming: IncomingEvent, loan: LoanAtRest, now: datetime, refusal: str) -> JudgedEvent:
    return JudgedEvent(
        case_id=None,
        loan_id=loan.loan_id,
        event_id=claimed_id(incoming.body, incoming.receipt),
        name=printable(incoming.name, 60),
        source=claimed_source(incoming.body),
        occurred_at=now,
        judged_at=now,
        stage=NO_CASE,
        body=recordable(incoming.body),
        refusal=refusal,
        receipt=incoming.receipt,
        ticket=claimed_ticket(incoming.body),
    )


def answer_without_case(incoming: IncomingEvent, verdict: Verdict) -> dict[str, Any]:
    """What became of it, as a workflow would say it."""
    try:
        event = read_event_on_record(incoming.name, incoming.body)
    except UnreadableEventError:
        return answer_to(incoming.name, None, verdict, NO_CASE)
    return answer_to(incoming.name, event, verdict, NO_CASE, reason_to_leave=_NONE_OPEN)
