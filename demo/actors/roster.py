"""The roster: it sends the crews of appointments, or withdraws one that it cannot keep."""

from database.sql import Pool
from demo.actors.crews import Crews, Notice
from demo.stories.person import Person
from demo.systems.post import Post

SOURCE = "roster"
_SLOT = "SELECT slot_id FROM visits WHERE visit_id = $1"


class Roster:
    """Knows who falls ill."""

    def __init__(self, pool: Pool, crews: Crews, post: Post) -> None:
        self._pool = pool
        self._crews = crews
        self._post = post
        self._withdrawn: dict[str, int] = {}

    async def send_crew(self, person: Person, notice: Notice) -> None:
        """Send the crew of an appointment, unless the habit says that a collector is ill."""
        withdrawn = self._withdrawn.get(person.loan_id, 0)
        if withdrawn >= person.habit.visits.collector_ill:
            await self._crews.visit(person, notice)
            return
        self._withdrawn[person.loan_id] = withdrawn + 1
        await self._post.wait(hours=2)
        await self._post.tell(
            person.loan_id,
            SOURCE,
            "appointment_withdrawn",
            slot_id=await self._pool.fetchval(_SLOT, notice["visit_id"]),
            reason="a collector is ill",
        )
