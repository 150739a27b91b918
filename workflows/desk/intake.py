"""The intake: events from other systems, in the order they came, each judged once.

Handlers only put events into the inbox. One task takes them out, judges them on the state that
the last one left, has them recorded with their effect, and changes the state. So a hold placed
while a provider is being retried is on record before the next try.
"""

from temporalio import workflow

from activities.case_activities import CaseActivities
from domain.case.events.claims import claimed_id, claimed_source, claimed_ticket
from domain.case.events.judge import judge
from domain.case.events.judged_event import JudgedEvent, Verdict
from domain.case.events.table import EVENT_TABLE
from domain.case.judgement.fitting import EventRefusedError
from domain.case.situation import Situation
from domain.case.state import Refusal
from domain.events import (
    Event,
    UnreadableEventError,
    printable,
    read_event,
    read_event_on_record,
    recordable,
)
from workflows.desk.case_desk import CaseDesk
from workflows.desk.inbox import Inbox, IncomingEvent
from workflows.desk.options import DATABASE


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
        if incoming.refusal is not None:
            return await self._record(self._unread(incoming, incoming.refusal))
        try:
            event = incoming.event = read_event_on_record(incoming.name, incoming.body)
        except UnreadableEventError as error:
            return await self._record(self._unread(incoming, f"LC-CONTRACT: {error}"))
        row = EVENT_TABLE[event.name]
        if row.fresh_facts:
            await self._desk.look_again()
        # The effect is taken on what was judged: recording may last over midnight, in an outage.
        situation = self._desk.situation
        # A run of an earlier release may have taken what the contract of today does not: its
        # verdict is in the history, and counts.
        verdict = await self._record(self._judge(incoming, event, situation))
        if not verdict.may_come_again:
            self._desk.case.remember(event.event_id)
        if verdict.accepted and not verdict.repeated:
            row.apply(event, situation)
            if row.changes_policy:
                await self._desk.take_up()
                self._desk.publish()
        return verdict

    def _judge(self, incoming: IncomingEvent, event: Event, situation: Situation) -> JudgedEvent:
        """By the contract, and by the state of the case."""
        try:
            read_event(incoming.name, incoming.body)
        except UnreadableEventError as error:
            return self._unread(incoming, f"LC-CONTRACT: {error}")
        # The record answers a repeated event as it did before.
        judged = self._judged(event, situation)
        judged.ticket = claimed_ticket(incoming.body)
        if event.event_id not in self._desk.case.remembered_events:
            try:
                judge(event, situation)
                judged.plan = EVENT_TABLE[event.name].plan(event, situation)
            except EventRefusedError as error:
                judged.refusal = str(error)
        return judged

    def _judged(self, event: Event, situation: Situation) -> JudgedEvent:
        """An event for the record, with what its effect there needs to know."""
        row = EVENT_TABLE[event.name]
        return JudgedEvent(
            case_id=situation.case.case_id,
            loan_id=situation.case.loan_id,
            event_id=event.event_id,
            name=event.name,
            source=event.source,
            occurred_at=event.occurred_at,
            stage=situation.case.stage,
            body=event.model_dump_json(),
            receipt=self._next_receipt(),
            visit_id=row.visit_id(event, situation),
            due_at=row.due_at(event, situation),
            waiver=row.waiver(event, situation),
            judged_at=situation.now,
            clock_tolerance=situation.policy.clock_tolerance,
        )

    def _unread(self, incoming: IncomingEvent, refusal: str) -> JudgedEvent:
        """What could not be read, for the record; its body may be cut."""
        case, receipt = self._desk.case, self._next_receipt()
        return JudgedEvent(
            case_id=case.case_id,
            loan_id=case.loan_id,
            event_id=claimed_id(incoming.body, receipt),
            name=printable(incoming.name, 60),
            source=claimed_source(incoming.body),
            occurred_at=self._desk.now,
            judged_at=self._desk.now,
            stage=case.stage,
            body=recordable(incoming.body),
            refusal=refusal,
            receipt=receipt,
            ticket=claimed_ticket(incoming.body),
        )

    def _next_receipt(self) -> str:
        """Names one delivery: tells a retried write from a repeated event."""
        self._desk.case.events_received += 1
        return f"{workflow.info().run_id}:{self._desk.case.events_received}"

    async def _record(self, judged: JudgedEvent) -> Verdict:
        desk = self._desk
        verdict = await workflow.execute_activity_method(
            CaseActivities.record_event, judged, summary=judged.name, **DATABASE
        )
        if not verdict.accepted and not verdict.repeated:
            rule_id, _, reason = (verdict.reason or "").partition(": ")
            desk.case.note_refusal(
                Refusal(what=judged.name, at=desk.now, rule_id=rule_id, reason=reason)
            )
        desk.learn(verdict.facts)
        return verdict
