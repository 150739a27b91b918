"""The e-sign platform at the door: it shows the document, and brings back the answer."""

from datetime import timedelta

from demo.actors.borrowers import Borrower
from demo.stories.acts import Answer, nth
from demo.stories.person import Person
from demo.systems.directory import E_SIGN
from demo.systems.news_receiver import News
from demo.systems.post import Post, Reply

_WRONG_SHA256 = "0" * 64
_READING = timedelta(minutes=10)  # of the table of costs, which comes before the signature


class ESign:
    """Has agreements signed, as the borrowers' habits say."""

    def __init__(self, borrowers: dict[str, Borrower], post: Post) -> None:
        self._borrowers = borrowers
        self._post = post
        self._agreements: dict[str, int] = {}

    async def offer(self, person: Person, news: News) -> None:
        """Show the document to the borrower and send their answer; then they repay it."""
        agreement_id, sha256 = news.data["agreement_id"], news.data["document_sha256"]
        number = self._agreements[person.loan_id] = self._agreements.get(person.loan_id, 0) + 1
        answer = nth(person.habit.visits.signings, number)
        await self._post.wait(hours=2)
        if answer is Answer.SILENCE:
            return
        if answer is Answer.NO:
            await self._decline(agreement_id, person)
            return
        if answer is Answer.WRONG_THEN_YES:
            await self._sign(agreement_id, person, _WRONG_SHA256)
        reply = await self._sign(agreement_id, person, sha256)
        if reply.accepted:
            await self._borrowers[person.loan_id].repayer.repay(agreement_id)

    async def _sign(self, agreement_id: str, person: Person, sha256: str) -> Reply:
        return await self._post.tell(
            person.loan_id,
            E_SIGN,
            "agreement_signed",
            agreement_id=agreement_id,
            document_sha256=sha256,
            signatories=[person.borrower_id, "C-01"],
            costs_confirmed_at=(self._post.now - _READING).isoformat(),
        )

    async def _decline(self, agreement_id: str, person: Person) -> None:
        await self._post.tell(
            person.loan_id,
            E_SIGN,
            "agreement_declined",
            agreement_id=agreement_id,
            reason="too much at once",
        )
