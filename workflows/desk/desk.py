"""The desk a case is worked on at: stages are written in terms of it.

Its lower half knows the case and waits (`case_desk.py`); here people are reached. A message is
made once for its key, at a lawful moment, or written down as missed.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.case_activities import CaseActivities, StaffNotice
from activities.contact_activities import (
    ContactActivities,
    ContactResult,
    ContactStatus,
    missed,
)
from domain.calendar import closes, is_within, next_within, stable_moment
from domain.case.notices import Audience, NoticeKind
from domain.case.state import Refusal
from domain.contact.intent import Intent
from domain.local_time import HoursOfDay
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose
from workflows.desk.case_desk import (
    CaseDesk,
)
from workflows.desk.options import DATABASE, PROVIDER, SHORTEST_CONTACT_WINDOW


class Desk(CaseDesk):
    """One case on one run's desk, with the ways to reach people."""

    async def contact(
        self,
        key: str,
        channel: Channel,
        template: Template,
        purpose: Purpose,
        *,
        by: datetime,
        slot_start: datetime | None = None,
        at_any_rate: bool = False,
    ) -> ContactStatus:
        """Contact the borrower at the next lawful moment before `by`. Answers what came of it.

        `key` names the intent within the case: the same intent reaches the provider once, however
        often it is asked for. `slot_start` is said of an appointment that was called off. Nothing
        interrupts the wait for what is sent `at_any_rate`; the gate is asked all the same.
        """
        intent = self.intent(key, channel, template, purpose, slot_start=slot_start)
        return await self.pursue(intent, by=by, at_any_rate=at_any_rate)

    async def pursue(
        self,
        intent: Intent,
        *,
        by: datetime,
        at_any_rate: bool = False,
        unless: Callable[[], bool] = lambda: False,
    ) -> ContactStatus:
        """Make a contact as `contact` does, `unless` it has become pointless while it waits."""
        intent = intent.model_copy(update={"by": by})
        permitted = self.policy.contact.hours_of(intent.channel, self.today).value
        hours = self._hours_for(intent)
        said = f"{intent.template} by {intent.channel}"
        at = self.next_moment(self.now, hours, by)
        if at >= by and is_within(self.now, permitted, self.facts.time_zone):
            at = self.now  # later than planned, and still lawful
        windows, refusals = 1, 0
        while at < by:
            wait = self.rest if at_any_rate else self.until
            if await wait(unless, at, said, ""):
                return ContactStatus.REFUSED
            if self.now >= by:  # an outage has taken the time that was left
                break
            result = await self.try_contact(of_window(intent, windows))
            if result is None:  # not sent, certainly: the next window has an intent of its own
                windows += 1
                at = self.next_moment(self.in_hours(1), hours, by)
            elif result.is_known_failure:  # of a window before the stage was taken up again
                windows += 1
            elif result.status is not ContactStatus.REFUSED:
                return result.status
            elif result.retry_at is None:
                return ContactStatus.REFUSED
            else:  # once at the case's own moment after that, then to the word
                hours = self._hours_for(intent)  # he may have asked for others meanwhile
                own = self._own_moment_after(result.retry_at, hours, by)
                at = result.retry_at if refusals else own
                refusals += 1
        await self._record_missed(of_window(intent, windows))
        return ContactStatus.REFUSED

    def _hours_for(self, intent: Intent) -> HoursOfDay:
        """Today's hours for reaching him; what is urgent may use all that are permitted."""
        urgent = self.policy.visit.urgent
        if intent.slot_start is not None and intent.slot_start - self.now < urgent:
            return self.policy.contact.hours_of(intent.channel, self.today).value
        return self.situation.planned_hours(intent.channel, self.today)

    def next_moment(self, earliest: datetime, hours: HoursOfDay, by: datetime) -> datetime:
        """The next moment within the hours; where they are yet to open, the case's own moment.

        What has waited for the morning must not all be done in its first second.
        """
        zone = self.facts.time_zone
        opening = next_within(earliest, hours, zone)
        if opening == earliest:
            return earliest
        return self._own_moment_after(opening, hours, by)

    def _own_moment_after(self, earliest: datetime, hours: HoursOfDay, by: datetime) -> datetime:
        """The case's own moment of a day, where it comes after the earliest and before the last."""
        day = self.facts.local(earliest).date()
        own = stable_moment(self.case.number, day, hours, self.facts.time_zone)
        return own if max(earliest, self.now) < own < by else max(earliest, self.now)

    def intent(
        self,
        key: str,
        channel: Channel,
        template: Template,
        purpose: Purpose,
        *,
        slot_start: datetime | None = None,
    ) -> Intent:
        """What `key` names within the case, as an intent."""
        return Intent(
            key=f"{self.case.case_id}:{key}",
            case_id=self.case.case_id,
            channel=channel,
            purpose=purpose,
            template=template,
            slot_start=slot_start,
        )

    async def try_contact(self, intent: Intent) -> ContactResult | None:
        """One try, from now until today's hours end; None when it was certainly not sent then."""
        result = await self._ask_gate(intent)
        if result is None:
            self._note_refusal(intent, "LC-PROVIDER", "not reached in time")
            return None
        self.learn(result.facts)
        if result.status is not ContactStatus.SENT:
            self._note_refusal(intent, result.rule_id, result.reason)
        return result

    async def _record_missed(self, intent: Intent) -> None:
        """Not even the gate was asked: that, too, is explained from the record."""
        refused = missed(intent)
        self._note_refusal(intent, refused.rule_id, refused.reason)
        await workflow.execute_activity_method(
            ContactActivities.record_missed,
            intent,
            summary=f"missed: {intent.template}",
            **DATABASE,
        )

    async def _ask_gate(self, intent: Intent) -> ContactResult | None:
        hours = self.policy.contact.hours_of(intent.channel, self.today).value
        closes_at = closes(self.today, hours, self.facts.time_zone)
        window_ends = self.case.clock.real(min(closes_at, intent.by or closes_at))
        try:
            return await workflow.execute_activity_method(
                ContactActivities.contact_borrower,
                intent,
                schedule_to_close_timeout=max(
                    window_ends - workflow.now(), SHORTEST_CONTACT_WINDOW
                ),
                summary=f"{intent.template} by {intent.channel}",
                **PROVIDER,
            )
        except ActivityError:
            return await self._settle(intent)

    async def _settle(self, intent: Intent) -> ContactResult | None:
        """Leave no attempt open: what became of it, or None when it was certainly not sent."""
        # A last try that nobody waits for any more may still be with the provider.
        await workflow.sleep(PROVIDER["start_to_close_timeout"])
        result = await workflow.execute_activity_method(
            ContactActivities.settle_contact,
            intent,
            summary=f"what became of {intent.template}",
            **DATABASE,
        )
        if result is None or result.status is not ContactStatus.FAILED:
            return result
        self.learn(result.facts)
        return None

    def _note_refusal(self, intent: Intent, rule_id: str, reason: str) -> None:
        what = f"{intent.template} by {intent.channel}"
        self.case.note_refusal(Refusal(what=what, at=self.now, rule_id=rule_id, reason=reason))

    async def notify(self, key: str, audience: Audience, kind: NoticeKind, **body: Any) -> None:
        """Tell the lender's own people something, once for each key."""
        await workflow.execute_activity_method(
            CaseActivities.notify_staff,
            StaffNotice(
                notice_id=f"{self.case.case_id}:{key}",
                case_id=self.case.case_id,
                audience=audience,
                kind=kind,
                body={"loan_id": self.case.loan_id, **body},
            ),
            summary=f"tell {audience}: {kind}",
            **DATABASE,
        )


def of_window(intent: Intent, number: int) -> Intent:
    """The intent of a window after the first: what was certainly not sent before is another one."""
    if number == 1:
        return intent
    return intent.model_copy(update={"key": f"{intent.key}:{number}"})
