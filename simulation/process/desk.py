"""One case at its desk, in memory: what a stage looks at, how it waits, what it writes down.

The counterpart of `workflows/desk/case_desk.py`: a stage is a generator here, which yields the
moment until which it waits and is taken up at that moment, or when something has happened.
"""

from collections.abc import Callable, Generator
from datetime import date, datetime, timedelta
from typing import NamedTuple, Protocol, TypeVar

from domain.case.facts import CaseFacts, Outcome
from domain.case.situation import Situation
from domain.case.state import CaseState, Stage
from domain.case.visit_standing import stands_no_more, waits_for_promise
from domain.contact.facts import PastAttempt
from domain.policy.policy import Policy
from domain.visit.appointments import Holidays
from simulation.world.person import Person

T = TypeVar("T")
Steps = Generator[datetime, None, T]


class StageStoppedError(Exception):
    """A hold, an end or a doubt: the stage is called again when the case goes on."""


class Action(NamedTuple):
    """Something that was done, or refused, and when.

    `kind` is `sms`, `call`, `refused`, `notice`, `visit`, `stage` or `end`; `about` the template,
    the rule, the kind of notice, what became of the visit, the stage or the outcome.
    """

    loan_id: str
    at: datetime  # on the borrower's clock
    kind: str
    about: str
    key: str
    days_past_due: int
    stage: str


class Told(Protocol):
    """Who hears of every action: people react to it."""

    def __call__(self, action: Action, attempt: PastAttempt | None) -> None: ...


class Desk:
    """The case, what is on record, the policies, and the time."""

    def __init__(
        self,
        person: Person,
        policies: list[Policy],
        case: CaseState,
        told: Told,
        holidays: Holidays,
        now: datetime,
    ) -> None:
        self.person, self.policies, self.case = person, policies, case
        self.policy, self.holidays, self.now = policies[0], holidays, now
        self.days_back = max(policy.contact.longest_days for policy in policies)
        self.done: set[str] = set()  # keys of contacts that were made
        self.facts: CaseFacts = person.case_facts(now)
        self._told = told

    @property
    def situation(self) -> Situation:
        return Situation(self.case, self.facts, self.policy, self.now)

    @property
    def today(self) -> date:
        return self.situation.today

    def in_days(self, days: int) -> datetime:
        return self.now + timedelta(days=days)

    def learn(self) -> None:
        """Read the facts once more."""
        self.facts = self.person.case_facts(self.now)

    def note(self, kind: str, about: str, key: str, attempt: PastAttempt | None = None) -> None:
        """Write down what was done."""
        self._told(
            Action(
                loan_id=self.case.loan_id,
                at=self.now.astimezone(self.person.zone),
                kind=kind,
                about=about,
                key=key,
                days_past_due=self.situation.days_past_due,
                stage=self.case.stage.value,
            ),
            attempt,
        )

    def enter(self, stage: Stage) -> None:
        """Move on to a stage."""
        if stage is not self.case.stage:
            self.note("stage", stage.value, f"{self.case.stage} to {stage}")
        self.case.enter(stage)
        self.learn()

    def begin(self, ends_at: datetime) -> datetime:
        """When the stage ends: the deadline that was set first stays, moved on by holds."""
        self.case.stage_ends_at = self.case.stage_ends_at or ends_at
        return self.case.stage_ends_at

    def until(self, done: Callable[[], bool], at: datetime) -> Steps[bool]:
        """Wait until something is so, at the latest until `at`. Answers whether it is so.

        Raises:
            StageStoppedError: when the stage has to stop.
        """
        while True:
            if self._must_stop():
                raise StageStoppedError
            if done():
                return True
            if at <= self.now:
                return False
            yield at

    def until_sure(self, done: Callable[[], bool], at: datetime) -> Steps[bool]:
        """Wait as `until` does, and look at the record before saying no."""
        if (yield from self.until(done, at)):
            return True
        self.learn()
        return (yield from self.until(done, self.now))

    def rest(self, done: Callable[[], bool], at: datetime) -> Steps[bool]:
        """Wait as `until` does, but let nothing interrupt: for holds and for the end."""
        while not done():
            if at <= self.now:
                return False
            yield at
        return True

    def _must_stop(self) -> bool:
        return self.is_over or self.situation.is_on_hold or self.visit_is_in_doubt

    @property
    def visit_is_in_doubt(self) -> bool:
        """Whether the visit under way stands no more, or waits for a promise."""
        return stands_no_more(self.situation) or waits_for_promise(self.situation)

    @property
    def outcome(self) -> Outcome | None:
        """How the case has ended, if it has."""
        return self.case.closed_as or self.facts.outcome_if_paid()

    @property
    def is_over(self) -> bool:
        return self.outcome is not None
