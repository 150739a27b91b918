"""The roster: it sends the crews of appointments, or withdraws one that it cannot keep."""

from database.sql import Pool
from demo.actors.crews import Crews
from demo.stories.person import Person
from demo.systems.directory import ROSTER
from demo.systems.news_receiver import News
from demo.systems.post import Post

_CREW = """
    SELECT coalesce(array_agg(DISTINCT badge_id), '{}')
    FROM visit_crew JOIN visits USING (visit_id) WHERE loan_id = $1
"""


class Roster:
    """Knows who falls ill."""

    def __init__(self, pool: Pool, crews: Crews, post: Post) -> None:
        self._pool = pool
        self._crews = crews
        self._post = post
        self._withdrawn: dict[str, int] = {}
        self._slots: dict[str, str] = {}  # by visit

    async def note_slot(self, _: Person, news: News) -> None:
        """Take note of which appointment of a visit stands."""
        self._slots[news.data["visit_id"]] = news.data["slot_id"]

    async def crew_of(self, loan_id: str) -> list[str]:
        """The badges that were ever booked for a loan."""
        crew: list[str] = await self._pool.fetchval(_CREW, loan_id)
        return crew

    async def send_crew(self, person: Person, news: News) -> None:
        """Send the crew of an appointment, unless the habit says that a collector is ill."""
        withdrawn = self._withdrawn.get(person.loan_id, 0)
        if withdrawn >= person.habit.visits.collector_ill:
            await self._crews.visit(person, news)
            return
        self._withdrawn[person.loan_id] = withdrawn + 1
        await self._post.wait(hours=2)
        await self._post.tell(
            person.loan_id,
            ROSTER,
            "appointment_withdrawn",
            slot_id=self._slots[news.notice["visit_id"]],
            reason="a collector is ill",
        )
