"""The intake: events from other systems, in the order they came, each judged once.

Handlers only put events into the inbox. One task takes them out, judges them on the state that
the last one left, has them recorded with their effect, and changes the state. So a hold placed
while a provider is being retried is on record before the next try.
"""

from datetime import datetime
from typing import TypeGuard

from temporalio import workflow

from activities.case_activities import CaseActivities
from domain.case.complaints import extended_answer_due
from domain.case.effects import apply_event, approval_expiry, visit_id_of_next_application
from domain.case.judged_event import JudgedEvent, Verdict
from domain.case.judgement import EventRefusedError, judge
from domain.case.state import Refusal
from domain.events import (
    AgreementDeclined,
    AgreementSigned,
    AppointmentConfirmed,
    AppointmentDeclined,
    ComplaintExtended,
    ComplaintFiled,
    Event,
    PlanApproved,
    PolicyAdopted,
    RenegotiationRequested,
    UnreadableEventError,
    VisitApproved,
    VisitCheckedIn,
    VisitReported,
    VisitRequested,
    printable,
    read_event,
    recordable,
)
from domain.plan.authority import WaiverRequest, request_waiver
from workflows.desk.case_desk import CaseDesk
from workflows.desk.inbox import Inbox, IncomingEvent
from workflows.desk.options import DATABASE

# Somebody stands at a door; or answers what an activity has just sent. Its result may come in
# the same task as the answer, and is taken in after it: by the time the facts are there, it is.
_JUDGED_ON_FRESH_FACTS = (
    VisitCheckedIn,
    VisitReported,
    RenegotiationRequested,
    AppointmentConfirmed,
    AppointmentDeclined,
    AgreementSigned,
    AgreementDeclined,
)


class Intake:
    """Works through the inbox of one run."""

    def __init__(self, desk: CaseDesk, inbox: Inbox) -> None:
        self._desk = desk
        self._inbox = inbox

    async def work(self) -> None:
        """Take events out, one after the other, until the inbox is closed and nobody waits.

        Returns within the task that saw the inbox empty, so that no event is left in a closed run.
        """
        inbox = self._inbox
        while True:
            await workflow.wait_condition(
                lambda: inbox.has_event or (inbox.is_closed and workflow.all_handlers_finished())
            )
            if not inbox.has_event:
                return
            incoming = inbox.take_out()
            incoming.verdict = await self._take(incoming)
            inbox.put_away()

    async def _take(self, incoming: IncomingEvent) -> Verdict:
        try:
            event = incoming.event = read_event(incoming.name, incoming.body)
        except UnreadableEventError as error:
            return await self._record(incoming, None, f"LC-CONTRACT: {error}")
        refusal = None
        if isinstance(event, _JUDGED_ON_FRESH_FACTS):
            await self._desk.look_again()
        # The effect is taken on what was judged: recording may last over midnight, in an outage.
        situation = self._desk.situation
        try:
            judge(event, situation)
        except EventRefusedError as error:
            refusal = str(error)
        if event.event_id in self._desk.case.remembered_events:
            refusal = None  # the record answers a repeated event as it did before
        verdict = await self._record(incoming, event, refusal)
        if verdict.accepted and not verdict.repeated:
            apply_event(event, situation)
            if isinstance(event, PolicyAdopted):
                await self._desk.take_up()
                self._desk.publish()
        return verdict

    async def _record(
        self, incoming: IncomingEvent, event: Event | None, refusal: str | None
    ) -> Verdict:
        desk = self._desk
        desk.case.events_received += 1
        name = printable(incoming.name, 60)
        receipt = f"{workflow.info().run_id}:{desk.case.events_received}"
        verdict = await workflow.execute_activity_method(
            CaseActivities.record_event,
            JudgedEvent(
                case_id=desk.case.case_id,
                loan_id=desk.case.loan_id,
                event_id=event.event_id if event else _claimed_id(incoming.body, receipt),
                name=name,
                source=event.source if event else _claimed_source(incoming.body),
                occurred_at=event.occurred_at if event else desk.now,
                stage=desk.case.stage,
                # What takes effect is read from here: whole, while a refused body may be cut.
                body=event.model_dump_json() if event else recordable(incoming.body),
                refusal=refusal,
                receipt=receipt,
                visit_id=self._visit_of(event),
                due_at=self._due_at(event),
                waiver=self._waiver_of(event),
            ),
            summary=name,
            **DATABASE,
        )
        if event is not None:
            desk.case.remember(event.event_id)
        if not verdict.accepted and not verdict.repeated:
            rule_id, _, reason = (verdict.reason or "").partition(": ")
            desk.case.note_refusal(Refusal(what=name, at=desk.now, rule_id=rule_id, reason=reason))
        desk.learn(verdict.facts)
        return verdict

    def _visit_of(self, event: Event | None) -> str | None:
        if isinstance(event, VisitRequested):
            return visit_id_of_next_application(self._desk.situation)
        return self._desk.case.visit.visit_id if self._desk.case.visit else None

    def _waiver_of(self, event: Event | None) -> WaiverRequest | None:
        plan = self._desk.case.plan_at_hand
        if not isinstance(event, PlanApproved) or plan is None:
            return None
        return request_waiver(plan.plan, self._desk.policy.plan)

    def _due_at(self, event: Event | None) -> datetime | None:
        if isinstance(event, VisitApproved):
            return approval_expiry(self._desk.situation)
        if isinstance(event, ComplaintFiled):
            return self._desk.in_days(self._desk.policy.aftercare.complaint_answer_days.value)
        if isinstance(event, ComplaintExtended):
            return self._extended_answer_due(event.complaint_id)
        return None

    def _extended_answer_due(self, complaint_id: str) -> datetime | None:
        """None for a complaint that is not open: the record refuses it."""
        rules = self._desk.policy.aftercare
        return next(
            (
                extended_answer_due(complaint, rules)
                for complaint in self._desk.facts.complaints
                if complaint.complaint_id == complaint_id
            ),
            None,
        )


def _claimed_source(body: object) -> str:
    """The system an unreadable event says it is from, so that somebody can be told."""
    claimed = body.get("source") if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else "unreadable"


def _claimed_id(body: object, receipt: str) -> str:
    """The id an unreadable event claims, if it is one; so that its refusal can be found."""
    claimed = body.get("event_id") if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else f"unreadable:{receipt}"


def _is_id(claimed: object) -> TypeGuard[str]:
    return isinstance(claimed, str) and 0 < len(claimed) <= 120 and claimed.isprintable()
