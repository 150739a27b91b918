"""The lender's desks: collectors, approvers, complaints, legal, and the call platform."""

import json
from collections.abc import Awaitable, Callable

import asyncpg

from demo.acts import Act, Answer, nth
from demo.borrowers import Borrower, Person
from demo.crews import Crews, Notice, Spawn
from demo.post import Post

APPROVER = "A-01"


class Desks:
    """Answers the service's notices to staff, each in its own time."""

    def __init__(
        self,
        people: dict[str, Person],
        borrowers: dict[str, Borrower],
        crews: Crews,
        post: Post,
        spawn: Spawn,
    ) -> None:
        self._people = people
        self._borrowers = borrowers
        self._crews = crews
        self._post = post
        self._spawn = spawn
        self._decided: set[str] = set()
        self._answers: dict[str, Callable[[Person, Notice], Awaitable[None]]] = {
            "visit_possible": self._apply,
            "visit_approval_wanted": self._decide_on_visit,
            "waiver_approval_wanted": self._decide_on_waiver,
            "complaint_to_answer": self._answer_complaint,
            "review_wanted": self._review,
            "visit_prepared": crews.visit,
            "appointment_called_off": crews.call_off,
        }

    async def read(self, notice: asyncpg.Record) -> None:
        """Take a notice up; what needs nobody's answer is left lying."""
        answer = self._answers.get(notice["kind"])
        body = json.loads(notice["body"])
        person = self._people.get(body["loan_id"])
        if answer is not None and person is not None:
            self._spawn(_act(answer, person, body))

    async def report_call(self, person: Person, attempt_id: str) -> None:
        """The call platform: how a call went."""
        await self._post.wait(minutes=10)
        outcome = person.habit.call_outcome
        connected = outcome == "connected"
        await self._post.tell(
            person.loan_id,
            "call-platform",
            "call_finished",
            attempt_id=attempt_id,
            outcome=outcome,
            duration_s=95 if connected else 0,
            recording_id=f"recording-{attempt_id}" if connected else None,
        )

    async def _apply(self, person: Person, _: Notice) -> None:
        if person.habit.visits.applicant == "collector":
            await self._post.wait(hours=20)
            await self._borrowers[person.loan_id].apply("collector")

    async def _decide_on_visit(self, person: Person, notice: Notice) -> None:
        visit_id = notice["visit_id"]
        answer = nth(person.habit.visits.approvals, _last_number(visit_id))
        if answer is Answer.SILENCE or visit_id in self._decided:
            return
        self._decided.add(visit_id)
        await self._post.wait(hours=10)
        if answer is Answer.WRONG_THEN_YES:  # the applicant may not approve himself
            await self._post.tell(
                person.loan_id, "approval-desk", "visit_approved", approver_id="K-07"
            )
        await self._post.tell(
            person.loan_id,
            "approval-desk",
            "visit_rejected" if answer is Answer.NO else "visit_approved",
            approver_id=APPROVER,
            comment="demo",
        )

    async def _decide_on_waiver(self, person: Person, notice: Notice) -> None:
        plan_id = notice["plan_id"]
        answer = nth(person.habit.visits.waiver_approvals, _last_number(plan_id))
        await self._post.wait(hours=8)
        await self._post.tell(
            person.loan_id,
            "approval-desk",
            "plan_rejected" if answer is Answer.NO else "plan_approved",
            plan_id=plan_id,
            approver_id=APPROVER,
        )
        if answer is Answer.NO:
            await self._crews.negotiate_again(person)

    async def _answer_complaint(self, person: Person, _: Notice) -> None:
        for move in person.habit.moves:
            if move.act is Act.COMPLAIN:
                await self._post.wait(days=move.days or 1)
                await self._post.tell(
                    person.loan_id,
                    "complaint-desk",
                    "complaint_resolved",
                    complaint_id=f"complaint-{person.loan_id}-{move.day}",
                    upheld=True,
                    remedy="apology",
                )

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


def _last_number(identity: str) -> int:
    """The running number that ends an id, such as of the second visit of a case."""
    return int(identity.rsplit("-", 1)[1])
