"""The crews on the road and the e-sign platform at the door."""

from collections.abc import Callable, Coroutine
from datetime import datetime, time, timedelta
from typing import Any

import asyncpg

from database.sql import Pool
from demo.acts import Answer, AtTheDoor, nth
from demo.borrowers import Borrower, Person
from demo.ledger import ZONE, Ledger
from demo.post import Post, Reply

Notice = dict[str, Any]
Spawn = Callable[[Coroutine[Any, Any, None]], object]

CREW_APP = "crew-app"
E_SIGN = "e-sign"
_PARTS = "SELECT due_on, amount_minor FROM agreement_instalments WHERE agreement_id = $1 ORDER BY 1"
_OUTCOMES = {
    AtTheDoor.NOT_PRESENT: "not_present",
    AtTheDoor.UNSAFE: "unsafe",
    AtTheDoor.REFUSED: "refused",
}
_TRIES = 8
_MORNING, _EVENING = 9, 20
_NOON = time(12)


class Crews:
    """Goes where the notices say, asks before it goes in, reports, and has agreements signed."""

    def __init__(
        self,
        pool: Pool,
        borrowers: dict[str, Borrower],
        post: Post,
        ledger: Ledger,
        spawn: Spawn,
    ) -> None:
        self._pool = pool
        self._borrowers = borrowers
        self._post = post
        self._ledger = ledger
        self._spawn = spawn
        self._called_off: set[str] = set()
        self._visits_made: dict[str, int] = {}
        self._plans_made: dict[str, int] = {}
        self._agreements: dict[str, int] = {}
        self._visit_ids: dict[str, str] = {}

    async def call_off(self, _: Person, notice: Notice) -> None:
        """Take note that an appointment will not take place."""
        self._called_off.add(notice["visit_id"])

    async def visit(self, person: Person, notice: Notice) -> None:
        """Drive there, ask whether to go in, and report."""
        starts_at = datetime.fromisoformat(notice["starts_at"])
        number = self._visits_made[person.loan_id] = self._visits_made.get(person.loan_id, 0) + 1
        door = nth(person.habit.visits.doors, number)
        self._visit_ids[person.loan_id] = notice["visit_id"]
        self._called_off.discard(notice["visit_id"])
        borrower = self._borrowers[person.loan_id]
        if door is AtTheDoor.PAYS_BEFORE:
            await self._post.wait_until(starts_at - timedelta(hours=1))
            self._spawn(borrower.pay())
        await self._post.wait_until(starts_at + timedelta(minutes=90))
        if door in (AtTheDoor.NOT_PRESENT, AtTheDoor.UNSAFE):
            await self._report(person, door)
            return
        if not await self._check_in(person, notice, identity=door is not AtTheDoor.NO_IDENTITY):
            return
        if door is AtTheDoor.PAYS_MEANWHILE:
            self._spawn(borrower.pay())
        await self._post.wait(hours=1)
        await self._report(person, door)

    async def negotiate_again(self, person: Person) -> None:
        """Make another proposal after the last one came to nothing."""
        await self._post.wait(hours=12)
        await self._report(person, AtTheDoor.AGREED)

    async def sign(self, agreement: asyncpg.Record, person: Person) -> None:
        """Show the document to the borrower and send his answer; then he repays it."""
        number = self._agreements[person.loan_id] = self._agreements.get(person.loan_id, 0) + 1
        answer = nth(person.habit.visits.signings, number)
        agreement_id, sha256 = agreement["agreement_id"], agreement["document_sha256"]
        await self._post.wait(hours=2)
        if answer is Answer.SILENCE:
            return
        if answer is Answer.NO:
            await self._post.tell(
                person.loan_id,
                E_SIGN,
                "agreement_declined",
                agreement_id=agreement_id,
                reason="too much at once",
            )
            await self.negotiate_again(person)
            return
        signatories = [person.borrower_id, "C-01"]
        if answer is Answer.WRONG_THEN_YES:
            await self._post.tell(
                person.loan_id,
                E_SIGN,
                "agreement_signed",
                agreement_id=agreement_id,
                document_sha256="0" * 64,
                signatories=signatories,
            )
        reply = await self._post.ask(
            person.loan_id,
            E_SIGN,
            "agreement_signed",
            agreement_id=agreement_id,
            document_sha256=sha256,
            signatories=signatories,
        )
        if reply.accepted:
            parts = await self._pool.fetch(_PARTS, agreement_id)
            await self._borrowers[person.loan_id].repay(
                [(datetime.combine(due_on, _NOON, ZONE), amount) for due_on, amount in parts]
            )

    async def _check_in(self, person: Person, notice: Notice, *, identity: bool) -> bool:
        """Ask at the door whether to go in."""
        visit_id = notice["visit_id"]
        reply = await self._ask(
            person,
            "visit_checked_in",
            visit_id=visit_id,
            badge_ids=notice["badge_ids"],
            identity_verified=identity,
            identity_method="id card" if identity else "none",
            entry_consent=True,
            recording_id=f"recording-{visit_id}",
        )
        return reply.accepted

    async def _report(self, person: Person, door: AtTheDoor) -> None:
        outcome = _OUTCOMES.get(door, "agreed")
        details = await self._proposal(person) if outcome == "agreed" else {}
        reply = await self._ask(
            person,
            "visit_reported",
            visit_id=self._visit_ids[person.loan_id],
            outcome=outcome,
            willingness="willing" if details else "unwilling",
            **details,
        )
        if door is AtTheDoor.NO_IDENTITY and reply.reason.startswith("LC-IDENTITY"):
            await self._report(person, AtTheDoor.REFUSED)

    async def _ask(self, person: Person, event: str, **body: Any) -> Reply:
        """Send an event; while the answer is "not yet", ask again later, in the daytime."""
        for _ in range(_TRIES):
            reply = await self._post.ask(person.loan_id, CREW_APP, event, **body)
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
        """A plan that the borrower can afford, by what he says he earns and spends."""
        visits = person.habit.visits
        number = self._plans_made[person.loan_id] = self._plans_made.get(person.loan_id, 0) + 1
        owed = await self._ledger.owed(person.loan_id)
        waiver = int(owed.arrears_minor * nth(visits.waivers, number))
        part = -(-(owed.arrears_minor - waiver) // visits.parts)
        income = max(person.monthly_income_minor, 3 * part)
        return {
            "capacity": {
                "monthly_income_minor": income,
                "monthly_expense_minor": income - max(2 * part, income // 3),
            },
            "proposal": {
                "instalments": visits.parts,
                "first_due_on": str(self._ledger.today + timedelta(days=5)),
                "waiver_minor": waiver,
            },
        }
