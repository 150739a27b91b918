"""Who answers which news: the systems that are told, and the colleagues behind them."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import NamedTuple

from demo.actors.approvers import Approvers
from demo.actors.borrowers import Borrower
from demo.actors.complaint_desk import ComplaintDesk
from demo.actors.crews import Crews, Spawn
from demo.actors.e_sign import ESign
from demo.actors.roster import Roster
from demo.stories.person import Person
from demo.systems.directory import (
    APP,
    APPROVAL_DESK,
    CALL_PLATFORM,
    COMPLAINT_DESK,
    CREW_APP,
    E_SIGN,
    FIELD_SERVICE,
    LEGAL_DESK,
    ROSTER,
)
from demo.systems.news_receiver import News, Take
from demo.systems.post import Post

Answer = Callable[[Person, News], Awaitable[None]]


class Colleagues(NamedTuple):
    """The desks beside this one."""

    approvers: Approvers
    complaint_desk: ComplaintDesk
    crews: Crews
    roster: Roster
    e_sign: ESign


class Desks:
    """Answers what the service tells the systems, each in its own time."""

    def __init__(
        self,
        people: dict[str, Person],
        borrowers: dict[str, Borrower],
        colleagues: Colleagues,
        post: Post,
        spawn: Spawn,
    ) -> None:
        self._people = people
        self._borrowers = borrowers
        self._post = post
        self._spawn = spawn
        self._answers = self._answers_of(colleagues)

    @property
    def take(self) -> Mapping[str, Take]:
        """What takes the news of each system that is told any."""
        return {system: partial(self._read, answers) for system, answers in self._answers.items()}

    def _answers_of(self, colleagues: Colleagues) -> dict[str, dict[str, Answer]]:
        """By system and type of news."""
        approvers, crews = colleagues.approvers, colleagues.crews
        visits = ("proposed", "rejected", "expired", "withdrawn", "called_off")
        return {
            APP: {"visit.proposed": self._consider},
            APPROVAL_DESK: {
                "notice.visit_approval_wanted": approvers.decide_on_visit,
                "notice.waiver_approval_wanted": approvers.decide_on_waiver,
                **{f"visit.{each}": approvers.note_visit for each in visits},
            },
            E_SIGN: {"agreement.offered": colleagues.e_sign.offer},
            COMPLAINT_DESK: {
                "notice.complaint_to_answer": colleagues.complaint_desk.answer,
                "notice.complaint_due_soon": colleagues.complaint_desk.ask_for_time,
            },
            FIELD_SERVICE: {"notice.visit_possible": self._apply},
            CREW_APP: {
                "notice.appointment_called_off": crews.call_off,
                "notice.negotiate_again": crews.negotiate_again,
            },
            ROSTER: {
                "visit.proposed": colleagues.roster.note_slot,
                "notice.visit_prepared": colleagues.roster.send_crew,
            },
            LEGAL_DESK: {"notice.review_wanted": self._review},
        }

    def _read(self, answers: Mapping[str, Answer], news: News) -> None:
        """Take news up; what needs nobody's answer is left lying."""
        answer, person = answers.get(news.type), self._people.get(news.loan_id)
        if answer is not None and person is not None:
            self._spawn(_act(answer, person, news))

    async def report_call(self, person: Person, attempt_id: str) -> None:
        """The call platform: how a call to the borrower's number went."""
        outcome = person.habit.call_outcome
        await self._report(person, attempt_id, outcome, is_borrower=outcome == "connected")

    async def report_call_to_contact_person(self, person: Person, attempt_id: str) -> None:
        """The contact person answers, and passes the word on."""
        await self._report(person, attempt_id, "connected")
        self._spawn(self._borrowers[person.loan_id].hear_of_call())

    async def _report(
        self, person: Person, attempt_id: str, outcome: str, *, is_borrower: bool = False
    ) -> None:
        await self._post.wait(minutes=10)
        connected = outcome == "connected"
        await self._post.tell(
            person.loan_id,
            CALL_PLATFORM,
            "call_finished",
            attempt_id=attempt_id,
            outcome=outcome,
            identity_confirmed=is_borrower,
            duration_s=95 if connected else 0,
            recording_id=f"recording-{attempt_id}" if connected else None,
        )

    async def _consider(self, person: Person, news: News) -> None:
        await self._borrowers[person.loan_id].host.consider(news)

    async def _apply(self, person: Person, _: News) -> None:
        if person.habit.visits.applicant == "collector":
            await self._post.wait(hours=20)
            await self._borrowers[person.loan_id].be_applied_for()

    async def _review(self, person: Person, _: News) -> None:
        if person.habit.legal_desk is not None:
            await self._post.wait(days=5)
            await self._post.tell(
                person.loan_id,
                LEGAL_DESK,
                "case_closed",
                outcome=person.habit.legal_desk,
                reason="not worth a lawsuit",
            )


async def _act(answer: Answer, person: Person, news: News) -> None:
    await answer(person, news)
