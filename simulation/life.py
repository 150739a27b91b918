"""One loan over the months: its due dates, its people, and the process that runs its cases."""

import heapq
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import NamedTuple

from domain.case.facts import Outcome
from domain.case.state import CaseState
from domain.contact.facts import PastAttempt
from domain.policy.policy import Policy
from domain.visit.appointments import Holidays
from simulation.people import Later, People
from simulation.process.desk import Action, Desk, Steps
from simulation.process.follow import follow
from simulation.world.behaviours import Behaviours, Kind
from simulation.world.book import Loan
from simulation.world.chance import Chance
from simulation.world.ledger import Ledger
from simulation.world.person import Person

SCANNED_AFTER = timedelta(minutes=15)  # the night's first scan that finds a loan overdue


class Setting(NamedTuple):
    """What all loans of a simulation share. `ends` is the last day that is simulated."""

    policy: Policy
    behaviours: Behaviours
    holidays: Holidays
    seed: int
    begins: date
    ends: date


class Mark(NamedTuple):
    """How a loan stands from the end of a day on: what it is overdue since, and how it ended."""

    day: date
    since: date | None
    in_plan: bool
    ended: Outcome | None


class Life(NamedTuple):
    """All that happened to one loan."""

    loan_id: str
    actions: list[Action]
    marks: list[Mark]


def live(loan: Loan, setting: Setting) -> Life:
    """The life of a loan under a setting; the same each time, whatever other loans there are."""
    return _Living(loan, setting).to_the_end()


class _Living:
    """A loan with its heap of what is to come, and the case that is open, if one is."""

    def __init__(self, loan: Loan, setting: Setting) -> None:
        self._loan, self._setting = loan, setting
        self._chance = Chance(setting.seed, loan.loan_id)
        self._kind = setting.behaviours.kind_of(self._chance.share("kind"))
        self._ledger = loan.ledger()
        self.person = _person(loan, self._kind, self._chance, setting.policy, self._ledger)
        self._people = People(self._kind, self._chance, self._later)
        self._heap: list[tuple[datetime, int, Callable[[], None]]] = []
        self._order = count()
        self._desk: Desk | None = None
        self._steps: Steps[Outcome] | None = None
        self._wakes_at: datetime | None = None
        self._ended: Outcome | None = None
        self._actions: list[Action] = []
        self._marks: list[Mark] = []
        self._case_number = 0
        self._now = self._midnight(setting.begins)

    def to_the_end(self) -> Life:
        ends_at = self._midnight(self._setting.ends + timedelta(days=1))
        self._expect_due_dates()
        self._at(self._now + SCANNED_AFTER, self._scan)
        self._mark()
        while (at := self._next_at()) is not None and at < ends_at:
            self._now = at
            if self._wakes_at is not None and self._wakes_at <= at:
                self._go_on()
            else:
                _, _, happens = heapq.heappop(self._heap)
                happens()
                if self._steps is not None:
                    self._go_on()
            self._mark()
        return Life(self._loan.loan_id, self._actions, self._marks)

    def _next_at(self) -> datetime | None:
        moments = [self._heap[0][0]] if self._heap else []
        moments += [] if self._wakes_at is None else [self._wakes_at]
        return min(moments, default=None)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.person.zone).astimezone(UTC)

    def _at(self, at: datetime, happens: Callable[[], None]) -> None:
        heapq.heappush(self._heap, (at.astimezone(UTC), next(self._order), happens))

    # The loan

    def _expect_due_dates(self) -> None:
        """Each instalment is paid on its day, or begins a delinquency."""
        for due in self._ledger.dues:
            if self._setting.begins <= due <= self._setting.ends:
                self._at(self._midnight(due), self._due_date(due))
                self._at(self._midnight(due + timedelta(days=1)) + SCANNED_AFTER, self._scan)

    def _due_date(self, due: date) -> Callable[[], None]:
        def falls_due() -> None:
            is_next = self._ledger.overdue_since() == due  # nothing before it is unpaid
            if is_next and not self._chance.happens(self._kind.misses_instalment, "misses", due):
                self._ledger.pay(self._ledger.instalment_minor)

        return falls_due

    def _scan(self) -> None:
        """Open a case for an overdue loan that has none."""
        since, today = self._ledger.overdue_since(), self._today
        if self._steps is not None or self._ended is not None:
            return
        if since is None or since >= today:
            return
        self.person.open_case()
        case = CaseState(
            loan_id=self._loan.loan_id,
            case_id=f"{self._loan.loan_id}:{since}",
            number=self._loan.number,
        )
        self._desk = Desk(
            self.person,
            [self._setting.policy],
            case,
            self._told,
            self._setting.holidays,
            self._now,
        )
        self._told_of_case(since)
        self._steps = follow(self._desk)
        self._go_on()

    def _told_of_case(self, since: date) -> None:
        """Some borrowers pay whatever is done."""
        unasked, key = self._kind.pays_unasked, f"unasked:{since}"
        if self._desk is not None and self._chance.happens(unasked.likelihood, key):
            at = self._now + self._chance.within(unasked.days, key)
            self._later(Later(at, lambda desk: self._people.pay(desk, 100, key)))

    @property
    def _today(self) -> date:
        return self._now.astimezone(self.person.zone).date()

    # The case

    def _told(self, action: Action, attempt: PastAttempt | None) -> None:
        self._actions.append(action)
        for later in self._people.react(action, attempt):
            self._later(later)

    def _later(self, later: Later) -> None:
        """Something that happens in the case that is open now, or not at all."""
        case_of_now = self._desk

        def happens() -> None:
            if self._desk is case_of_now and self._desk is not None and self._steps is not None:
                self._desk.now = self._now
                later.happens(self._desk)

        self._at(later.at, happens)

    def _go_on(self) -> None:
        """Take the process up until it waits again, or has ended."""
        if self._steps is None or self._desk is None:
            return
        self._desk.now = self._now
        try:
            self._wakes_at = next(self._steps).astimezone(UTC)
        except StopIteration as end:
            outcome: Outcome = end.value
            self._ended = None if outcome is Outcome.PLAN_COMPLETED else _final(outcome)
            self._steps = self._wakes_at = self._desk = None
            self.person.open_case()
            tomorrow = self._today + timedelta(days=1)
            self._at(self._midnight(tomorrow) + SCANNED_AFTER, self._scan)

    def _mark(self) -> None:
        """Note how the loan stands, if that is news; the last word of a day counts."""
        since = self._ledger.overdue_since()
        ended = self._ended or (Outcome.SETTLED if since is None else None)
        mark = Mark(self._today, since, self.person.plan_total_minor is not None, ended)
        if self._marks and self._marks[-1].day == mark.day:
            self._marks.pop()
        if not self._marks or self._marks[-1][1:] != mark[1:]:
            self._marks.append(mark)


def _final(outcome: Outcome) -> Outcome | None:
    """An end after which the loan is nobody's concern here."""
    return None if outcome is Outcome.CURED else outcome


def _person(loan: Loan, kind: Kind, chance: Chance, policy: Policy, ledger: Ledger) -> Person:
    person = Person(
        loan.loan_id,
        ledger,
        time_zone=loan.row.time_zone or policy.time_zone,
        currency=loan.row.currency,
    )
    person.lender = loan.row.lender
    person.add_own_number(confirmed=chance.happens(kind.number_confirmed, "confirmed"))
    if chance.happens(kind.contact_person, "contact person"):
        person.add_contact_person()
    person.address_ids = [f"{person.borrower_id}-a1"]
    return person


def marks_by_day(life: Life, begins: date, ends: date) -> Iterator[tuple[date, Mark]]:
    """How a loan stood at the end of each day, first to last."""
    marks, at = life.marks, 0
    for number in range((ends - begins).days + 1):
        day = begins + timedelta(days=number)
        while at + 1 < len(marks) and marks[at + 1].day <= day:
            at += 1
        yield day, marks[at]
