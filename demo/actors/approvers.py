"""The approval desk: two levels, who decide on visits and on waivers."""

from database.sql import Pool
from demo.actors.crews import Notice
from demo.stories.acts import Answer, nth
from demo.stories.person import APPROVER, COLLECTOR, SENIOR_APPROVER, Person
from demo.systems.post import Post
from domain.case.notices import Audience

SOURCE = "approval-desk"
_IS_ANNOUNCED = """
    SELECT notice_sent_at IS NOT NULL OR ended_at IS NOT NULL FROM visits WHERE visit_id = $1
"""


class Approvers:
    """Decide once on each question, in their own time."""

    def __init__(self, pool: Pool, post: Post) -> None:
        self._pool = pool
        self._post = post
        self._decided: set[str] = set()

    async def decide_on_visit(self, person: Person, notice: Notice) -> None:
        """Answer, be silent, or leave it to the second level; reminders ask nothing new."""
        answer = nth(person.habit.visits.approvals, last_number(notice["visit_id"]))
        is_senior = notice["audience"] == Audience.SENIOR_APPROVERS
        question = notice["notice_id"].rpartition("-")[0]  # without the number of the reminder
        is_for_others = answer is Answer.SENIOR and not is_senior
        if answer is Answer.SILENCE or is_for_others or question in self._decided:
            return
        self._decided.add(question)
        await self._post.wait(hours=10)
        if answer is Answer.WRONG_THEN_YES:  # no applicant approves their own
            await self._decide(person, "visit_approved", COLLECTOR, visit_id=notice["visit_id"])
        name = "visit_rejected" if answer is Answer.NO else "visit_approved"
        approver = SENIOR_APPROVER if is_senior else APPROVER
        await self._decide(person, name, approver, visit_id=notice["visit_id"])
        if answer is Answer.TAKEN_BACK:
            while not await self._pool.fetchval(_IS_ANNOUNCED, notice["visit_id"]):
                await self._post.wait(hours=6)
            await self._post.wait(hours=8)
            await self._decide(person, "approval_withdrawn", APPROVER, visit_id=notice["visit_id"])

    async def decide_on_waiver(self, person: Person, notice: Notice) -> None:
        """Answer; a waiver beyond an approver's authority goes to the second level."""
        plan_id = notice["plan_id"]
        answer = nth(person.habit.visits.waiver_approvals, last_number(plan_id))
        await self._post.wait(hours=8)
        if answer is Answer.NO:
            await self._decide(person, "plan_rejected", APPROVER, plan_id=plan_id)
            return
        reply = await self._post.ask(
            person.loan_id, SOURCE, "plan_approved", plan_id=plan_id, approver_id=APPROVER
        )
        if reply.reason.startswith("LC-AUTHORITY"):
            await self._post.wait(hours=4)
            await self._decide(person, "plan_approved", SENIOR_APPROVER, plan_id=plan_id)

    async def _decide(self, person: Person, event: str, approver_id: str, **body: str) -> None:
        await self._post.tell(person.loan_id, SOURCE, event, approver_id=approver_id, **body)


def last_number(identity: str) -> int:
    """The running number that ends an id, such as of the second visit of a case."""
    return int(identity.rsplit("-", 1)[1])
