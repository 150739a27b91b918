"""The e-sign platform at the door: it shows the document, and brings back the answer."""

from datetime import datetime, time, timedelta

import asyncpg

from database.sql import Pool
from demo.actors.borrowers import Borrower
from demo.stories.acts import Answer, nth
from demo.stories.person import Person
from demo.systems.ledger import ZONE
from demo.systems.post import Post, Reply

SOURCE = "e-sign"
_PARTS = "SELECT due_on, amount_minor FROM agreement_instalments WHERE agreement_id = $1 ORDER BY 1"
_WRONG_SHA256 = "0" * 64
_NOON = time(12)
_READING = timedelta(minutes=10)  # of the table of costs, which comes before the signature


class ESign:
    """Has agreements signed, as the borrowers' habits say."""

    def __init__(self, pool: Pool, borrowers: dict[str, Borrower], post: Post) -> None:
        self._pool = pool
        self._borrowers = borrowers
        self._post = post
        self._agreements: dict[str, int] = {}

    async def offer(self, agreement: asyncpg.Record, person: Person) -> None:
        """Show the document to the borrower and send their answer; then they repay it."""
        number = self._agreements[person.loan_id] = self._agreements.get(person.loan_id, 0) + 1
        answer = nth(person.habit.visits.signings, number)
        await self._post.wait(hours=2)
        if answer is Answer.SILENCE:
            return
        if answer is Answer.NO:
            await self._decline(agreement["agreement_id"], person)
            return
        if answer is Answer.WRONG_THEN_YES:
            await self._sign(agreement["agreement_id"], person, _WRONG_SHA256)
        reply = await self._sign(agreement["agreement_id"], person, agreement["document_sha256"])
        if reply.accepted:
            parts = await self._pool.fetch(_PARTS, agreement["agreement_id"])
            await self._borrowers[person.loan_id].repayer.repay(
                [(datetime.combine(due_on, _NOON, ZONE), amount) for due_on, amount in parts]
            )

    async def _sign(self, agreement_id: str, person: Person, sha256: str) -> Reply:
        return await self._post.ask(
            person.loan_id,
            SOURCE,
            "agreement_signed",
            agreement_id=agreement_id,
            document_sha256=sha256,
            signatories=[person.borrower_id, "C-01"],
            costs_confirmed_at=(self._post.now - _READING).isoformat(),
        )

    async def _decline(self, agreement_id: str, person: Person) -> None:
        await self._post.tell(
            person.loan_id,
            SOURCE,
            "agreement_declined",
            agreement_id=agreement_id,
            reason="too much at once",
        )
