"""The lender's desks: who reads which notice; collectors, the legal desk, the call platform."""

import json
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import asyncpg

from demo.actors.approvers import Approvers
from demo.actors.borrowers import Borrower
from demo.actors.complaint_desk import ComplaintDesk
from demo.actors.crews import Crews, Notice, Spawn
from demo.actors.roster import Roster
from demo.stories.person import Person
from demo.systems.post import Post
from domain.case.notices import NoticeKind


class Colleagues(NamedTuple):
    """The desks beside this one."""

    approvers: Approvers
    complaint_desk: ComplaintDesk
    crews: Crews
    roster: Roster


class Desks:
    """Answers the service's notices to staff, each in its own time."""

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
        self._answers: dict[NoticeKind, Callable[[Person, Notice], Awaitable[None]]] = {
            NoticeKind.VISIT_POSSIBLE: self._apply,
            NoticeKind.VISIT_APPROVAL_WANTED: colleagues.approvers.decide_on_visit,
            NoticeKind.WAIVER_APPROVAL_WANTED: colleagues.approvers.decide_on_waiver,
            NoticeKind.COMPLAINT_TO_ANSWER: colleagues.complaint_desk.answer,
            NoticeKind.COMPLAINT_DUE_SOON: colleagues.complaint_desk.ask_for_time,
            NoticeKind.REVIEW_WANTED: self._review,
            NoticeKind.VISIT_PREPARED: colleagues.roster.send_crew,
            NoticeKind.APPOINTMENT_CALLED_OFF: colleagues.crews.call_off,
            NoticeKind.NEGOTIATE_AGAIN: colleagues.crews.negotiate_again,
        }

    async def read(self, notice: asyncpg.Record) -> None:
        """Take a notice up; what needs nobody's answer is left lying."""
        answer = self._answers.get(notice["kind"])
        about = {"notice_id": notice["key"], "audience": notice["audience"]}
        body = json.loads(notice["body"]) | about
        person = self._people.get(body["loan_id"])
        if answer is not None and person is not None:
            self._spawn(_act(answer, person, body))

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
            "call-platform",
            "call_finished",
            attempt_id=attempt_id,
            outcome=outcome,
            identity_confirmed=is_borrower,
            duration_s=95 if connected else 0,
            recording_id=f"recording-{attempt_id}" if connected else None,
        )

    async def _apply(self, person: Person, _: Notice) -> None:
        if person.habit.visits.applicant == "collector":
            await self._post.wait(hours=20)
            await self._borrowers[person.loan_id].be_applied_for()

    async def _review(self, person: Person, _: Notice) -> None:
        if person.habit.legal_desk is not None:
            await self._post.wait(days=5)
            await self._post.tell(
                person.loan_id,
                "legal-desk",
                "case_closed",
                outcome=person.habit.legal_desk,
                reason="not worth a lawsuit",
            )


async def _act(
    answer: Callable[[Person, Notice], Awaitable[None]], person: Person, notice: Notice
) -> None:
    await answer(person, notice)
