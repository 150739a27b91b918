"""The crews on the road."""

from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from demo.actors.borrowers import Borrower
from demo.stories.acts import AtTheDoor, nth
from demo.stories.doorstep import check_ins, outcome_of, willingness
from demo.stories.person import Person
from demo.stories.proposals import propose
from demo.systems.directory import CREW_APP, OFFLINE_APP
from demo.systems.ledger import Ledger
from demo.systems.news_receiver import News
from demo.systems.post import Post, Reply
from domain.visit.doorstep import Instruction

Spawn = Callable[[Coroutine[Any, Any, None]], object]

_TRIES = 8
_MORNING, _EVENING = 9, 20
_HOURS_LATE = 20  # a report that was written out of reach of the network


class Crews:
    """Go where the notices say, ask before they go in, do as they are told, and report."""

    def __init__(
        self,
        borrowers: dict[str, Borrower],
        post: Post,
        ledger: Ledger,
        spawn: Spawn,
    ) -> None:
        self._borrowers = borrowers
        self._post = post
        self._ledger = ledger
        self._spawn = spawn
        self._called_off: set[str] = set()
        self._visits_made: dict[str, int] = {}
        self._plans_made: dict[str, int] = {}
        self._visit_ids: dict[str, str] = {}

    async def call_off(self, _: Person, news: News) -> None:
        """Take note that an appointment will not take place."""
        self._called_off.add(news.notice["visit_id"])

    async def visit(self, person: Person, news: News) -> None:
        """Drive there, ask whether to go in, and report."""
        notice = news.notice
        starts_at = datetime.fromisoformat(notice["starts_at"])
        number = self._visits_made[person.loan_id] = self._visits_made.get(person.loan_id, 0) + 1
        door = nth(person.habit.visits.doors, number)
        self._visit_ids[person.loan_id] = notice["visit_id"]
        self._called_off.discard(notice["visit_id"])
        borrower = self._borrowers[person.loan_id]
        if door is AtTheDoor.PAYS_BEFORE:
            await self._post.wait_until(starts_at - timedelta(hours=1))
            self._spawn(borrower.pay())
        if person.habit.visits.asks_hotline:
            self._spawn(borrower.host.check_visitors(starts_at, notice["badge_ids"][0]))
        await self._post.wait_until(starts_at + timedelta(minutes=90))
        if door in (AtTheDoor.NOT_PRESENT, AtTheDoor.UNSAFE):
            await self._report(person, outcome_of(door, ""))
        else:
            await self._enter(person, notice, door)

    async def _enter(self, person: Person, notice: dict[str, Any], door: AtTheDoor) -> None:
        reply = await self._check_in(person, notice, door)
        if not reply.accepted:
            return
        if door is AtTheDoor.PAYS_MEANWHILE:
            self._spawn(self._borrowers[person.loan_id].pay())
        await self._post.wait(hours=1)
        await self._report(
            person,
            outcome_of(door, reply.instruction),
            reply.instruction,
            hours_late=_HOURS_LATE if door is AtTheDoor.OUT_OF_REACH else 0,
        )

    async def negotiate_again(self, person: Person, _: News) -> None:
        """Make another proposal after the last one came to nothing."""
        await self._post.wait(hours=12)
        await self._report(person, "agreed")

    async def _check_in(self, person: Person, notice: dict[str, Any], door: AtTheDoor) -> Reply:
        """Ask whether to go in; who has to stand down asks again if things change meanwhile.

        The crew's devices note when it came. On the demo's clock the answer takes hours.
        """
        tries = check_ins(door, notice["badge_ids"])
        came_at = datetime.fromisoformat(notice["starts_at"]) + timedelta(minutes=15)
        for number, check_in in enumerate(tries):
            body = check_in.body(notice["visit_id"])
            body["occurred_at"] = (came_at + number * timedelta(minutes=20)).isoformat()
            reply = await self._ask(person, "visit_checked_in", **body)
            if reply.instruction != Instruction.STAND_DOWN:
                break
            if check_in is not tries[-1]:
                await self._post.wait(minutes=20)
        return reply

    async def _report(
        self, person: Person, outcome: str, instruction: str = "", *, hours_late: int = 0
    ) -> None:
        """Say how it went; out of reach of the network, what was written down arrives later."""
        details = await self._proposal(person) if outcome == "agreed" else {}
        if hours_late:
            details["occurred_at"] = self._post.now.isoformat()
            await self._post.wait(hours=hours_late)
        await self._ask(
            person,
            "visit_reported",
            OFFLINE_APP if hours_late else CREW_APP,
            visit_id=self._visit_ids[person.loan_id],
            outcome=outcome,
            willingness=willingness(outcome, instruction),
            **details,
        )

    async def _ask(self, person: Person, event: str, source: str = CREW_APP, **body: Any) -> Reply:
        """Send an event; while the answer is "not yet", ask again later, in the daytime."""
        for _ in range(_TRIES):
            reply = await self._post.tell(person.loan_id, source, event, **body)
            is_early = reply.reason.startswith("LC-STAGE") and "visit" in reply.reason
            if reply.accepted or not reply.is_running or not is_early:
                break
            if body["visit_id"] in self._called_off:
                break
            await self._post.wait(hours=2)
            local = self._ledger.local(self._post.now)
            if not _MORNING <= local.hour < _EVENING:
                days = 0 if local.hour < _MORNING else 1
                morning = (local + timedelta(days=days)).replace(hour=_MORNING, minute=0)
                await self._post.wait_until(morning)
        return reply

    async def _proposal(self, person: Person) -> dict[str, Any]:
        """A plan that the borrower can afford, by what they say they earn and spend."""
        visits = person.habit.visits
        number = self._plans_made[person.loan_id] = self._plans_made.get(person.loan_id, 0) + 1
        owed = await self._ledger.owed(person.loan_id)
        return propose(
            person,
            owed.arrears_minor,
            visits.parts,
            self._ledger.today + timedelta(days=5),
            int(owed.arrears_minor * nth(visits.waivers, number)),
        )
