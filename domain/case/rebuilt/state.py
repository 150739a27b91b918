"""The state of a case as a function of its rows and of the events that were accepted.

A run that is lost is started again with it, at the stage where it was: every stage is written to be
taken up again, and what was sent or told has its key.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from domain.case.facts import Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.rebuilt.ladder import ladder_followed_until, last_step
from domain.case.rebuilt.plan import (
    broken_and_not_told,
    count_renegotiations,
    plan_at_the_table,
    plan_in_force,
    plan_that_replaces,
    plan_that_was_broken,
)
from domain.case.rebuilt.record import CaseRecord, ContactFate, RecordedNotice
from domain.case.rebuilt.visit import rebuild_visit, slot_to_tell
from domain.case.rebuilt.words import untold
from domain.case.state import REMEMBERED_EVENTS, CaseState, EndState, Stage
from domain.clock import BusinessClock
from domain.events import CaseClosed, RenegotiationRequested, VisitReported
from domain.plan.status import AgreementStatus
from domain.policy.policy import Policy
from domain.visit.status import VisitStatus

_MADE = (VisitStatus.COMPLETED, VisitStatus.MISSED)
_NEEDS_VISIT = (Stage.APPROVAL, Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT)
_NEGOTIATING = (Stage.PLAN, Stage.AGREEMENT)
_REPAYING = (Stage.GUIDED_REPAYMENT, Stage.CLOSING_VISIT, Stage.REPAYMENT)


class Rebuilt(NamedTuple):
    """A state, and what of it had to be guessed: one line each."""

    state: CaseState
    guesses: list[str]


def rebuild_state(
    record: CaseRecord, policy: Policy, clock: BusinessClock, now: datetime | None = None
) -> Rebuilt:
    """The state of a case from its record alone, under the policy it is pinned to.

    `now` is given where the case is to be taken up again with it.
    """
    guesses: list[str] = []
    visit = rebuild_visit(record)
    in_force = plan_in_force(record, guesses)
    renegotiations, requests = count_renegotiations(record)
    state = CaseState(
        loan_id=record.loan_id,
        case_id=record.case_id,
        clock=clock,
        number=record.number,
        stage=record.stage or Stage.EARLY_CONTACT,
        **dict(record.moments),
        reminders=_count_reminders(record),
        next_reminder_at=_next_reminder_at(record, policy),
        taken_up_again_at=now,
        unsettled=record.reserved,
        last_step=last_step(record, now),
        ladder_followed_until=None if now is None else ladder_followed_until(record, policy),
        applications=len(record.visits),
        visits=sum(each.status in _MADE for each in record.visits),
        visit=visit,
        called_off_slot=slot_to_tell(record),
        untold=untold(record),
        plans=_count_plans(record),
        plan=in_force or plan_at_the_table(record, visit),
        next_plan=plan_that_replaces(record, in_force),
        renegotiations=renegotiations,
        renegotiation_requests=requests,
        broken_plans=sum(each.status is AgreementStatus.BROKEN for each in record.agreements),
        broken_plan_id=broken_and_not_told(record),
        broken_plan=plan_that_was_broken(record, guesses),
        closed_as=_closed_as(record),
        end=_end(record),
        remembered_events=record.event_ids[-REMEMBERED_EVENTS:],
    )
    _take_up_review(record, policy, state)
    if not record.keeps_moments:
        guesses.append("moments: of an earlier release; deadlines and pauses begin anew")
    _go_on_from_between(record, policy, state, guesses)
    return Rebuilt(state, guesses)


def _closed_as(record: CaseRecord) -> Outcome | None:
    """As another system asked for, or as the lawyers did; a paid end may be reversed."""
    if record.end is not None and not record.end.outcome.is_paid:
        return record.end.outcome
    closed = record.named(CaseClosed.name)
    return Outcome(closed[-1].body["outcome"]) if closed else None


def _end(record: CaseRecord) -> EndState | None:
    """The notice keeps the day it was named by: a run may have heard of the end after midnight."""
    if record.end is None:
        return None
    outcome, closed_at = record.end.outcome, record.end.closed_at
    named = [
        date.fromisoformat(day)
        for day, contact in record.contacts_below(f"closing:{outcome}:")
        if contact.at >= closed_at
    ]
    day = named[-1] if named else record.day_of(closed_at)
    end = EndState(outcome=outcome, closed_at=closed_at, day=day)
    end.is_told = record.is_done(end.notice_key)
    return end


def _count_plans(record: CaseRecord) -> int:
    agreed = [e for e in record.named(VisitReported.name) if e.body["outcome"] == "agreed"]
    return len(agreed) + len(record.named(RenegotiationRequested.name))


def _count_reminders(record: CaseRecord) -> int:
    """How often somebody was reminded in the stage that the case is in."""
    if record.stage is Stage.APPLICATION:
        return int(_is_asked(record, NoticeKind.VISIT_POSSIBLE))
    if record.stage is Stage.LEGAL_REVIEW:
        return int(_is_asked(record, NoticeKind.REVIEW_WANTED))
    return len(_reminders_of_approvers(record))


def _reminders_of_approvers(record: CaseRecord) -> list[RecordedNotice]:
    """Those of the approval that is waited for."""
    if record.stage is not Stage.APPROVAL or not record.visits:
        return []
    visit = record.visits[-1]
    prefix = f"{visit.visit_id}:approval-{visit.approvals_voided + 1}-"
    asked = record.notices_below(prefix, NoticeKind.VISIT_APPROVAL_WANTED)
    return [notice for _, notice in asked if notice.audience is Audience.APPROVERS]


def _next_reminder_at(record: CaseRecord, policy: Policy) -> datetime | None:
    reminders = _reminders_of_approvers(record)
    if not reminders:
        return None
    return reminders[-1].at + timedelta(days=policy.visit.approval_reminder_days.value)


def _take_up_review(record: CaseRecord, policy: Policy, state: CaseState) -> None:
    """By the notice, whose key says since when the loan was overdue then, and names the review."""
    asked = record.notices_below(f"{Stage.LEGAL_REVIEW}:", NoticeKind.REVIEW_WANTED)
    if record.stage is not Stage.LEGAL_REVIEW or not asked or _is_earlier(asked[-1][1], record):
        return
    key, notice = asked[-1]
    overdue_since, _, since = key.partition(":")
    days_past_due = record.day_of(notice.at) - date.fromisoformat(overdue_since)
    state.reviewed_for_its_age = days_past_due.days > policy.visit.until_days_past_due.value
    state.reviewed_since = date.fromisoformat(since) if since else None


def _is_earlier(notice: RecordedNotice, record: CaseRecord) -> bool:
    """Whether a notice is of an earlier time in the stage."""
    return record.stage_entered_at is not None and notice.at < record.stage_entered_at


def _is_asked(record: CaseRecord, kind: NoticeKind) -> bool:
    """Whether the message that goes with the stage's notice is done; under a key of its day.

    One that is reserved, too: on another day it would have another key, and might be sent twice.
    """
    notices = record.notices_below("", kind)
    if not notices:
        return False
    key, notice = notices[-1]
    if _is_earlier(notice, record):
        return False
    reserved = (each.fate is ContactFate.RESERVED for each in record.tries(key))
    return record.is_done(key) or any(reserved)


def _go_on_from_between(
    record: CaseRecord, policy: Policy, state: CaseState, guesses: list[str]
) -> None:
    """A run that died between the end of something and the next stage: the next stage begins."""
    stage = _stage_after(state, policy)
    if stage is state.stage or state.end is not None:
        return
    guesses.append(f"stage: {state.stage} had ended, and the next was not entered: {stage}")
    has_lost_visit = state.stage in _NEEDS_VISIT and state.visit is None
    state.enter(stage)
    if has_lost_visit:
        _begin_pause(record, policy, state)


def _stage_after(state: CaseState, policy: Policy) -> Stage:
    """The stage that fits what there is: each needs its visit or its plan."""
    stage = state.stage
    has_plan = state.plan is not None and state.plan.in_force
    if stage is Stage.ENDED:
        return Stage.REPAYMENT if has_plan else Stage.EARLY_CONTACT
    if stage in _NEEDS_VISIT and state.visit is None:
        too_many = state.visits >= policy.visit.visits_per_case.value
        return Stage.LEGAL_REVIEW if too_many else Stage.EARLY_CONTACT
    if stage in _NEGOTIATING and state.plan_at_hand is None:
        return Stage.EARLY_CONTACT if state.visit is None else Stage.VISIT
    if stage in _NEGOTIATING and has_plan and state.next_plan is None:
        return Stage.REPAYMENT if state.visit is None else Stage.GUIDED_REPAYMENT
    if stage in _REPAYING and not has_plan:
        last = state.broken_plans >= policy.plan.broken_plans.value
        return Stage.LEGAL_REVIEW if last else Stage.EARLY_CONTACT
    return stage


def _begin_pause(record: CaseRecord, policy: Policy, state: CaseState) -> None:
    ended_at = max((each.ended_at for each in record.visits if each.ended_at), default=None)
    if ended_at is not None:
        state.last_visit_ended_at = ended_at
        state.cooling_until = ended_at + timedelta(days=policy.visit.cooling_days.value)
