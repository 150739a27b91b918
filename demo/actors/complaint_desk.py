"""The complaint desk: it answers in its own time, and asks for more when it is reminded."""

from database.sql import Pool
from demo.actors.borrowers import complaint_id
from demo.actors.crews import Notice
from demo.stories.acts import Act
from demo.stories.person import HANDLER, OUTSIDER, SENIOR_APPROVER, Person
from demo.systems.post import Post

SOURCE = "complaint-desk"
_DAYS = 6  # for a complaint about a crew
_CREW = """
    SELECT coalesce(array_agg(DISTINCT badge_id), '{}')
    FROM visit_crew JOIN visits USING (visit_id) WHERE loan_id = $1
"""
_GRANTED = """
    SELECT count(*) FROM complaint_extensions WHERE loan_id = $1 AND complaint_id = $2
"""


class ComplaintDesk:
    """Each complaint is handled by somebody who has no part in the visits of the loan."""

    def __init__(self, pool: Pool, post: Post) -> None:
        self._pool = pool
        self._post = post

    async def answer(self, person: Person, notice: Notice) -> None:
        """Answer a complaint as the habit says; one about the crew is upheld, and bars it."""
        complaint = notice["complaint_id"]
        for move in person.habit.moves:
            if move.act is Act.COMPLAIN and complaint_id(person.loan_id, move) == complaint:
                await self._post.wait(days=move.days or 1)
                remedy = "apology" if move.upheld else ""
                await self._resolve(person, complaint, remedy, [], upheld=move.upheld)
                return
        await self._post.wait(days=_DAYS)
        crew = await self._pool.fetchval(_CREW, person.loan_id)
        await self._resolve(person, complaint, "another crew", crew, upheld=True)

    async def ask_for_time(self, person: Person, notice: Notice) -> None:
        """Who is reminded needs more time: an outsider grants it, and then a senior one."""
        granted = await self._pool.fetchval(_GRANTED, person.loan_id, notice["complaint_id"])
        await self._post.wait(hours=20)
        await self._post.tell(
            person.loan_id,
            SOURCE,
            "complaint_extended",
            complaint_id=notice["complaint_id"],
            approver_id=SENIOR_APPROVER if granted else OUTSIDER,
            reason="recordings have to be heard",
        )

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
            SOURCE,
            "complaint_resolved",
            complaint_id=complaint,
            handler_id=HANDLER,
            upheld=upheld,
            remedy=remedy,
            barred_badge_ids=barred_badge_ids,
        )
