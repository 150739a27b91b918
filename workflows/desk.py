"""The desk a case is worked on at: what is known, how to wait, how to reach people.

Stages are written in terms of the desk. It keeps the promises every stage relies on: no wait is
for ever, events are taken in while waiting, and what ends or pauses the case interrupts whatever
was going on.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, BaseModel
from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.case_activities import CaseActivities, StaffNotice, StageEntry
from activities.contact_activities import (
    MISSED,
    ContactActivities,
    ContactResult,
    ContactStatus,
    Missed,
)
from domain.calendar import closes, is_within, next_within, stable_moment
from domain.case import CaseState, Refusal, Stage
from domain.contact import Intent, Purpose
from domain.debt import CaseFacts
from domain.policy import Channel, HoursOfDay, Policy
from domain.situation import Situation
from domain.visit_standing import stands_no_more
from workflows.options import DATABASE, LONG_HISTORY_EVENTS, PROVIDER, SHORTEST_CONTACT_WINDOW
from workflows.search_attributes import (
    COLLECTION_STAGE,
    HOLDS,
    LENDER,
    OUTSTANDING_MINOR,
    OVERDUE_SINCE,
    POLICY_VERSION,
    STAGE_DEADLINE,
    WAITING_FOR,
)

SUMMARY_LENGTH = 190  # bytes the UI shows of a timer or an activity


class CaseOverError(Exception):
    """The case has come to an end: paid, or closed by another system."""


class OnHoldError(Exception):
    """The borrower is to be left in peace."""


class VisitInDoubtError(Exception):
    """The visit under way was withdrawn, or its approval is void."""


class FreshRunNeededError(Exception):
    """The history has grown long: the next boundary is here."""


class NextAction(BaseModel):
    """What the case does next, when at the latest, and why."""

    what: str = "take up the case"
    at: AwareDatetime | None = None
    why: str = ""


class Desk:
    """One case on one run's desk."""

    def __init__(self, case: CaseState) -> None:
        self.case = case
        self.next_action = NextAction()
        self.intake_is_busy: Callable[[], bool] = lambda: False
        self.show: Callable[[], None] = lambda: None
        self._facts: CaseFacts | None = None
        self._policy: Policy | None = None

    # What is known

    @property
    def is_ready(self) -> bool:
        """Whether the case has been taken up in this run."""
        return self._facts is not None

    @property
    def facts(self) -> CaseFacts:
        if self._facts is None:
            raise RuntimeError("the case has not been taken up")
        return self._facts

    @property
    def policy(self) -> Policy:
        if self._policy is None:
            raise RuntimeError("the case has not been taken up")
        return self._policy

    @property
    def now(self) -> datetime:
        """Business time."""
        return self.case.clock.business(workflow.now())

    @property
    def today(self) -> date:
        """The borrower's own date."""
        return self.situation.today

    @property
    def situation(self) -> Situation:
        return Situation(self.case, self.facts, self.policy, self.now)

    def in_days(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def in_hours(self, hours: int) -> datetime:
        return self.now + timedelta(hours=hours)

    def learn(self, facts: CaseFacts | None) -> None:
        """Take fresh facts into account; the statement stays until another is drawn."""
        if facts is None:
            return
        if facts.statement_as_of is None and self._facts is not None:
            facts = facts.with_statement_of(self._facts)
        self._facts = facts

    async def take_up(self) -> None:
        """Read the policy and the facts; marks the case as running."""
        taken = await workflow.execute_activity_method(
            CaseActivities.take_up_case, self.case.case_id, **DATABASE
        )
        self._policy, self._facts = taken.policy, taken.facts
        self.case.place = taken.place
        self.case.applications = max(self.case.applications, taken.applications)
        self.case.plans = max(self.case.plans, taken.plans)

    async def look_again(self) -> None:
        """Read the facts once more."""
        self.learn(
            await workflow.execute_activity_method(
                CaseActivities.read_facts, self.case.case_id, **DATABASE
            )
        )

    # Where the case stands

    async def enter(self, stage: Stage) -> None:
        """Move on to a stage, on the record and in the state."""
        self.case.enter(stage, self.now)
        self.learn(
            await workflow.execute_activity_method(
                CaseActivities.enter_stage,
                StageEntry(case_id=self.case.case_id, stage=stage),
                summary=stage,
                **DATABASE,
            )
        )

    def begin(self, waiting_for: str, ends_at: datetime, *, moves: bool = False) -> datetime:
        """Say what the stage waits for and when it ends at the latest; answers with that time.

        Called at the top of a stage, also when the stage is taken up again after a hold or in a
        new run: the deadline that was set first stays, moved on by holds; unless it `moves`
        because it is counted from a date that payments change.
        """
        if not moves:
            ends_at = self.case.stage_ends_at or ends_at
        if (self.case.waiting_for, self.case.stage_ends_at) != (waiting_for, ends_at):
            self.case.waiting_for, self.case.stage_ends_at = waiting_for, ends_at
            self.publish()
        return ends_at

    def publish(self) -> None:
        """Let operations filter by where the case stands."""
        facts, deadline = self.facts, self.case.stage_ends_at
        workflow.upsert_search_attributes(
            [
                COLLECTION_STAGE.value_set(self.case.stage),
                WAITING_FOR.value_set(self.case.waiting_for),
                OUTSTANDING_MINOR.value_set(facts.outstanding_minor),
                HOLDS.value_set(self.situation.hold_reasons),
                POLICY_VERSION.value_set(self.policy.version),
                LENDER.value_set(facts.lender),
                STAGE_DEADLINE.value_unset()
                if deadline is None
                else STAGE_DEADLINE.value_set(deadline),
                OVERDUE_SINCE.value_unset()
                if facts.overdue_since is None
                else OVERDUE_SINCE.value_set(
                    datetime.combine(facts.overdue_since, datetime.min.time(), self.now.tzinfo)
                ),
            ]
        )

    # Waiting

    async def until(self, done: Callable[[], bool], at: datetime, what: str, why: str = "") -> bool:
        """Wait until something is so, at the latest until `at`. Answers whether it is so.

        Raises:
            CaseOverError, OnHoldError, VisitInDoubtError, FreshRunNeededError: when the stage
                has to stop; it is called again when the case goes on, and finds its state as it
                left it.
        """
        while True:
            await workflow.wait_condition(lambda: not self.intake_is_busy())
            self._stop_if_needed()
            if done():
                return True
            if not await self._wait(lambda: done() or self._must_stop(), at, what, why):
                return False

    async def reach(self, at: datetime, what: str, why: str = "") -> None:
        """Wait for a moment."""
        await self.until(lambda: False, at, what, why)

    async def rest(self, done: Callable[[], bool], at: datetime, what: str, why: str) -> bool:
        """Wait as `until` does, but let nothing interrupt: for holds and for the end."""
        while True:
            await workflow.wait_condition(lambda: not self.intake_is_busy())
            if done():
                return True
            if not await self._wait(done, at, what, why):
                return False

    async def _wait(self, wake: Callable[[], bool], at: datetime, what: str, why: str) -> bool:
        """Sleep until `at` or until woken; False when the time had come before."""
        left = self.case.clock.real(at) - workflow.now()
        if left <= timedelta(0):
            return False
        self.next_action = NextAction(what=what, at=at, why=why)
        self.show()
        with suppress(TimeoutError):  # the caller looks, once the intake is idle
            await workflow.wait_condition(
                lambda: wake() or self.intake_is_busy(),
                timeout=left,
                timeout_summary=what[:SUMMARY_LENGTH],
            )
        return True

    def _must_stop(self) -> bool:
        return self.is_over or self.situation.is_on_hold or self.visit_is_in_doubt

    def _stop_if_needed(self) -> None:
        if self.is_over:
            raise CaseOverError
        if self.situation.is_on_hold:
            raise OnHoldError
        if self.visit_is_in_doubt:
            raise VisitInDoubtError
        if self.history_is_long:
            raise FreshRunNeededError

    @property
    def is_over(self) -> bool:
        """Whether the case has ended: closed by another system, or paid."""
        return self.case.closed_as is not None or self.facts.outcome_if_paid() is not None

    @property
    def visit_is_in_doubt(self) -> bool:
        """Whether the visit under way stands no more."""
        return stands_no_more(self.situation)

    @property
    def history_is_long(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() > LONG_HISTORY_EVENTS
        )

    # Reaching people

    async def contact(
        self,
        key: str,
        channel: Channel,
        template: str,
        purpose: Purpose,
        *,
        by: datetime,
        slot_start: datetime | None = None,
        at_any_rate: bool = False,
    ) -> bool:
        """Contact the borrower at the next lawful moment before `by`. Answers whether it happened.

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
    ) -> bool:
        """Make a contact as `contact` does, `unless` it has become pointless while it waits."""
        hours = self.policy.contact.planned_hours.value
        zone = self.facts.time_zone
        permitted = self.policy.contact.hours_of(intent.channel).value
        said = f"{intent.template} by {intent.channel}"
        at = self.next_moment(self.now, hours, by)
        if at >= by and is_within(self.now, permitted, zone):
            at = self.now  # later than planned, and still lawful
        windows = 1
        while at < by:
            wait = self.rest if at_any_rate else self.until
            if await wait(unless, at, said, ""):
                return False
            result = await self.try_contact(_of_window(intent, windows))
            if result is None:  # not sent, certainly: the next window has an intent of its own
                windows += 1
                at = self.next_moment(self.in_hours(1), hours, by)
            elif result.is_known_failure:  # of a window before the stage was taken up again
                windows += 1
            elif result.status is not ContactStatus.REFUSED:
                return result.status in (ContactStatus.SENT, ContactStatus.UNKNOWN)
            elif result.retry_at is None:
                return False
            else:  # a lawful moment, and the only kind for a borrower who asked for the evening
                at = self._own_moment_after(result.retry_at, hours, by)
        await self._record_missed(
            _of_window(intent, windows), f"no lawful moment before {by:%F %H:%M}"
        )
        return False

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
        own = stable_moment(self.case.place, day, hours, self.facts.time_zone)
        return own if max(earliest, self.now) < own < by else max(earliest, self.now)

    def intent(
        self,
        key: str,
        channel: Channel,
        template: str,
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

    async def _record_missed(self, intent: Intent, reason: str) -> None:
        """Not even the gate was asked: that, too, is explained from the record."""
        self._note_refusal(intent, MISSED, reason)
        await workflow.execute_activity_method(
            ContactActivities.record_missed,
            Missed(intent=intent, reason=reason),
            summary=f"missed: {intent.template}",
            **DATABASE,
        )

    async def _ask_gate(self, intent: Intent) -> ContactResult | None:
        zone, hours = self.facts.time_zone, self.policy.contact.hours_of(intent.channel).value
        window_ends = self.case.clock.real(closes(self.today, hours, zone))
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

    async def notify(self, key: str, audience: str, kind: str, **body: Any) -> None:
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


def _of_window(intent: Intent, number: int) -> Intent:
    if number == 1:
        return intent
    return intent.model_copy(update={"key": f"{intent.key}:{number}"})
