"""The complaint desk: it answers in its own time, and asks for more when it is reminded."""

from demo.actors.borrowers import complaint_id
from demo.actors.roster import Roster
from demo.stories.acts import Act
from demo.stories.person import HANDLER, OUTSIDER, SENIOR_APPROVER, Person
from demo.systems.directory import COMPLAINT_DESK
from demo.systems.news_receiver import News
from demo.systems.post import Post

_DAYS = 6  # for a complaint about a crew


class ComplaintDesk:
    """Each complaint is handled by somebody who has no part in the visits of the loan."""

    def __init__(self, roster: Roster, post: Post) -> None:
        self._roster = roster
        self._post = post
        self._extended: set[str] = set()

    async def answer(self, person: Person, news: News) -> None:
        """Answer a complaint as the habit says; one about the crew is upheld, and bars it."""
        complaint = news.notice["complaint_id"]
        for move in person.habit.moves:
            if move.act is Act.COMPLAIN and complaint_id(person.loan_id, move) == complaint:
                await self._post.wait(days=move.days or 1)
                remedy = "apology" if move.upheld else ""
                await self._resolve(person, complaint, remedy, [], upheld=move.upheld)
                return
        await self._post.wait(days=_DAYS)
        crew = await self._roster.crew_of(person.loan_id)
        await self._resolve(person, complaint, "another crew", crew, upheld=True)

    async def ask_for_time(self, person: Person, news: News) -> None:
        """Who is reminded needs more time: an outsider grants it, and then a senior one."""
        complaint = news.notice["complaint_id"]
        await self._post.wait(hours=20)
        reply = await self._post.tell(
            person.loan_id,
            COMPLAINT_DESK,
            "complaint_extended",
            complaint_id=complaint,
            approver_id=SENIOR_APPROVER if complaint in self._extended else OUTSIDER,
            reason="recordings have to be heard",
        )
        if reply.accepted:
            self._extended.add(complaint)

    async def _resolve(
        self,
        person: Person,
        complaint: str,
        remedy: str,
        barred_badge_ids: list[str],
        *,
        upheld: bool,
    ) -> None:
        await self._post.tell(
            person.loan_id,
            COMPLAINT_DESK,
            "complaint_resolved",
            complaint_id=complaint,
            handler_id=HANDLER,
            upheld=upheld,
            remedy=remedy,
            barred_badge_ids=barred_badge_ids,
        )
