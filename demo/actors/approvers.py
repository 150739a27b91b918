"""The approval desk: two levels, who decide on visits and on waivers."""

from demo.stories.acts import Answer, nth
from demo.stories.person import APPROVER, COLLECTOR, SENIOR_APPROVER, Person
from demo.systems.directory import APPROVAL_DESK
from demo.systems.news_receiver import News
from demo.systems.post import Post
from domain.case.notices import Audience


class Approvers:
    """Decide once on each question, in their own time."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._decided: set[str] = set()
        self._announced: set[str] = set()  # visits that the borrower knows of, or that are over

    async def note_visit(self, _: Person, news: News) -> None:
        """Take note that an appointment was announced, or that its visit is over."""
        self._announced.add(news.data["visit_id"])

    async def decide_on_visit(self, person: Person, news: News) -> None:
        """Answer, be silent, or leave it to the second level; reminders ask nothing new."""
        visit_id = news.notice["visit_id"]
        answer = nth(person.habit.visits.approvals, last_number(visit_id))
        is_senior = news.data["audience"] == Audience.SENIOR_APPROVERS
        question = news.data["notice_id"].rpartition("-")[0]  # without the number of the reminder
        is_for_others = answer is Answer.SENIOR and not is_senior
        if answer is Answer.SILENCE or is_for_others or question in self._decided:
            return
        self._decided.add(question)
        await self._post.wait(hours=10)
        if answer is Answer.WRONG_THEN_YES:  # no applicant approves their own
            await self._decide(person, "visit_approved", COLLECTOR, visit_id=visit_id)
        name = "visit_rejected" if answer is Answer.NO else "visit_approved"
        approver = SENIOR_APPROVER if is_senior else APPROVER
        await self._decide(person, name, approver, visit_id=visit_id)
        if answer is Answer.TAKEN_BACK:
            while visit_id not in self._announced:
                await self._post.wait(hours=6)
            await self._post.wait(hours=8)
            await self._decide(person, "approval_withdrawn", APPROVER, visit_id=visit_id)

    async def decide_on_waiver(self, person: Person, news: News) -> None:
        """Answer; a waiver beyond an approver's authority goes to the second level."""
        plan_id = news.notice["plan_id"]
        answer = nth(person.habit.visits.waiver_approvals, last_number(plan_id))
        await self._post.wait(hours=8)
        if answer is Answer.NO:
            await self._decide(person, "plan_rejected", APPROVER, plan_id=plan_id)
            return
        reply = await self._post.tell(
            person.loan_id, APPROVAL_DESK, "plan_approved", plan_id=plan_id, approver_id=APPROVER
        )
        if reply.reason.startswith("LC-AUTHORITY"):
            await self._post.wait(hours=4)
            await self._decide(person, "plan_approved", SENIOR_APPROVER, plan_id=plan_id)

    async def _decide(self, person: Person, event: str, approver_id: str, **body: str) -> None:
        await self._post.tell(person.loan_id, APPROVAL_DESK, event, approver_id=approver_id, **body)


def last_number(identity: str) -> int:
    """The running number that ends an id, such as of the second visit of a case."""
    return int(identity.rsplit("-", 1)[1])
