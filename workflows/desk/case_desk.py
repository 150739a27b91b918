"""The desk a case is worked on: what is known of it, where it stands, and how to wait.

Stages and routines are functions of it. No wait is for ever, events are taken in while waiting, and
what ends, pauses or calls into doubt whatever was going on interrupts it.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from temporalio import workflow

from activities.case_activities import CaseActivities, StageEntry, StageMoments
from domain.case.facts import CaseFacts, Outcome
from domain.case.situation import Situation
from domain.case.state import CaseState, Stage
from domain.case.visit_standing import stands_no_more, waits_for_promise
from domain.policy.policy import Policy, interned
from workflows.desk.filters import Filters
from workflows.desk.inbox import Inbox
from workflows.desk.options import DATABASE
from workflows.desk.status import NextAction, details
from workflows.desk.stops import (
    CaseOverError,
    FreshRunNeededError,
    OnHoldError,
    PlanKeptError,
    VisitInDoubtError,
)
from workflows.desk.turns import take_turn

MOMENTS_ON_RECORD = "moments-on-record"  # runs of before keep theirs to themselves
PAUSES_OUTLAST_ENDS = "pauses-outlast-ends"  # runs of before forget them when a case is reopened
PROMISES_CALL_OFF = "promises-call-off"  # in runs of before a crew comes all the same
SHORTEST_REST = timedelta(seconds=1)  # of real time, whatever the clock
SUMMARY_LENGTH = 190  # bytes the UI shows of a timer or an activity


class CaseDesk:
    """One case on one run's desk: what is known, where it stands, and how to wait."""

    def __init__(self, case: CaseState, inbox: Inbox) -> None:
        self.case = case
        self.next_action = NextAction()
        self._inbox = inbox
        self._filters = Filters()
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
        self._policy, self._facts = interned(taken.policy), taken.facts
        self.case.number = taken.number
        for counter in ("applications", "visits", "plans", "broken_plans"):
            seen = max(getattr(self.case, counter), getattr(taken, counter))
            setattr(self.case, counter, seen)
        self.case.closed_as = self.case.closed_as or taken.closed_as
        self.case.last_visit_ended_at = self.case.last_visit_ended_at or taken.last_visit_ended_at
        if taken.cooling_until is not None and workflow.patched(PAUSES_OUTLAST_ENDS):
            self.case.cooling_until = self.case.cooling_until or taken.cooling_until

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
        self.case.enter(stage)
        self.learn(
            await workflow.execute_activity_method(
                CaseActivities.enter_stage,
                StageEntry(case_id=self.case.case_id, stage=stage, moments=self.case.moments),
                summary=stage,
                **DATABASE,
            )
        )

    async def begin(self, waiting_for: str, ends_at: datetime, *, moves: bool = False) -> datetime:
        """Say what the stage waits for and when it ends at the latest; answers with that time.

        Called at the top of a stage, also when the stage is taken up again after a hold or in a
        new run: the deadline that was set first stays, moved on by holds; unless it `moves`
        because it is counted from a date that payments change. What does not move is on record, so
        that the case can be taken up from there.
        """
        is_new = not moves and self.case.stage_ends_at is None
        if not moves:
            ends_at = self.case.stage_ends_at or ends_at
        if (self.case.waiting_for, self.case.stage_ends_at) != (waiting_for, ends_at):
            self.case.waiting_for, self.case.stage_ends_at = waiting_for, ends_at
            self.publish()
        if is_new:
            await self.keep_moments()
        return ends_at

    async def keep_moments(self) -> None:
        """Put on record what follows from no event and no other row."""
        if workflow.patched(MOMENTS_ON_RECORD):
            await workflow.execute_activity_method(
                CaseActivities.keep_moments,
                StageMoments(case_id=self.case.case_id, moments=self.case.moments),
                summary="the stage's deadline",
                **DATABASE,
            )

    def publish(self) -> None:
        """Let operations filter by where the case stands."""
        workflow.upsert_search_attributes(self._filters.changes(self.situation))

    # Waiting

    async def intake_idle(self) -> None:
        """Wait until every event that has come in is judged and on record."""
        await workflow.wait_condition(lambda: not self._inbox.is_busy)

    async def until(self, done: Callable[[], bool], at: datetime, what: str, why: str = "") -> bool:
        """Wait until something is so, at the latest until `at`. Answers whether it is so.

        Raises:
            CaseOverError, OnHoldError, PlanKeptError, VisitInDoubtError, FreshRunNeededError:
                when the stage has to stop; it is called again when the case goes on, and finds its
                state as it left it.
        """
        await self._rest_if_busy()
        while True:
            await self.intake_idle()
            self._stop_if_needed()
            if done():
                return True
            if not await self._wait(lambda: done() or self._must_stop(), at, what, why):
                return False

    async def until_sure(
        self, done: Callable[[], bool], at: datetime, what: str, why: str = ""
    ) -> bool:
        """Wait as `until` does, and look at the database before saying no.

        For waits whose end costs somebody something: a payment may be on record without an event,
        and a hold of another loan comes without a word to this one.
        """
        if await self.until(done, at, what, why):
            return True
        await self.look_again()
        return await self.until(done, self.now, what, why)

    async def reach(self, at: datetime, what: str, why: str = "") -> None:
        """Wait for a moment."""
        await self.until(lambda: False, at, what, why)

    async def rest(self, done: Callable[[], bool], at: datetime, what: str, why: str) -> bool:
        """Wait as `until` does, but let nothing interrupt: for holds and for the end."""
        await self._rest_if_busy()
        while True:
            await self.intake_idle()
            if done():
                return True
            if not await self._wait(done, at, what, why):
                return False

    async def _rest_if_busy(self) -> None:
        """Every loop of a case comes by here: none goes round without a timer for long."""
        rest_until = take_turn(self.case, self.now)
        if rest_until is None:
            return
        workflow.logger.warning("a case goes round without waiting; it rests")
        left = self.case.clock.real(rest_until) - workflow.now()
        await workflow.sleep(max(left, SHORTEST_REST), summary="too many turns today")

    async def _wait(self, wake: Callable[[], bool], at: datetime, what: str, why: str) -> bool:
        """Sleep until `at` or until woken; False when the time had come before."""
        left = self.case.clock.real(at) - workflow.now()
        if left <= timedelta(0):
            return False
        self.next_action = NextAction(what=what, at=at, why=why)
        workflow.set_current_details(details(self.situation, self.next_action))
        with suppress(TimeoutError):  # the caller looks, once the intake is idle
            await workflow.wait_condition(
                lambda: wake() or self._inbox.is_busy,
                timeout=left,
                timeout_summary=what[:SUMMARY_LENGTH],
            )
        return True

    def _must_stop(self) -> bool:
        return (
            self.is_over
            or self.situation.is_on_hold
            or self.plan_was_kept
            or stands_no_more(self.situation)
        )

    def _stop_if_needed(self) -> None:
        if self.is_over:
            raise CaseOverError
        if self.situation.is_on_hold:
            raise OnHoldError
        if self.plan_was_kept:
            raise PlanKeptError
        if self.visit_is_in_doubt:
            raise VisitInDoubtError
        if self.history_is_long:
            raise FreshRunNeededError

    @property
    def outcome(self) -> Outcome | None:
        """How the case has ended, if it has: closed by another system, or paid."""
        return self.case.closed_as or self.facts.outcome_if_paid()

    @property
    def is_over(self) -> bool:
        return self.case.end is not None or self.outcome is not None

    @property
    def plan_was_kept(self) -> bool:
        """Whether the plan that was broken is in force again, by the record."""
        has_broken = self.case.broken_plan is not None and self.case.plan is None
        return has_broken and self.facts.plan_total_minor is not None

    @property
    def visit_is_in_doubt(self) -> bool:
        """Whether the visit under way stands no more, or waits for a promise.

        Not for the condition of a wait: what a run of before does is asked of its history.
        """
        situation = self.situation
        return stands_no_more(situation) or (
            waits_for_promise(situation) and workflow.patched(PROMISES_CALL_OFF)
        )

    @property
    def history_is_long(self) -> bool:
        info = workflow.info()
        return (
            info.is_continue_as_new_suggested()
            or info.get_current_history_length() > self.case.long_history_events
        )
