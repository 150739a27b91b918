"""The inbox of the front door: what was acknowledged, until it has its answer, and the answer."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from database.door.away import away_in_words
from database.sql import SQL, Pool


class KeptEvent(NamedTuple):
    """An event that was committed and is to be delivered; its body is JSON text."""

    sequence: int
    loan_id: str
    event_id: str
    name: str
    body: str
    ticket: str


class Arrival(NamedTuple):
    """An event as the door took it in, to be kept; `sha256` tells a repetition from another."""

    loan_id: str
    event_id: str
    name: str
    body: str
    sha256: str
    key_id: str
    ticket: str


class Entry(NamedTuple):
    """What the inbox has under an event's id; the answer is None while it waits."""

    sequence: int
    name: str
    sha256: str
    key_id: str
    answer: dict[str, Any] | None


class Inbox:
    """The table `inbox`. Every method raises DatabaseAwayError while the database is away."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def keep(
        self, arrival: Arrival, lenders: Collection[str], now: datetime, leased_until: datetime
    ) -> tuple[KeptEvent, bool] | None:
        """Commit an event, and say whether it is leased to the caller: nothing waits before it.

        None when its id is taken, or no loan of these lenders has the id.
        """
        with away_in_words():
            row = await SQL.keep_event(
                self._pool,
                loan_id=arrival.loan_id,
                event_id=arrival.event_id,
                name=arrival.name,
                body=arrival.body,
                sha256=arrival.sha256,
                key_id=arrival.key_id,
                ticket=arrival.ticket,
                lenders=list(lenders),
                now=now,
                leased_until=leased_until,
            )
        return None if row is None else (_kept(row), row["is_leased"])

    async def find(self, loan_id: str, event_id: str, lenders: Collection[str]) -> Entry | None:
        """What is kept under an id of a loan of these lenders."""
        with away_in_words():
            row = await SQL.kept_event(
                self._pool, loan_id=loan_id, event_id=event_id, lenders=list(lenders)
            )
        if row is None:
            return None
        answer = None if row["answer"] is None else json.loads(row["answer"])
        return Entry(row["sequence"], row["name"], row["sha256"], row["key_id"], answer)

    async def keep_again(
        self, loan_id: str, event_id: str, arrival: Arrival, now: datetime
    ) -> int | None:
        """Let an event that came before its other half wait once more; its place, if it does."""
        with away_in_words():
            row = await SQL.keep_again(
                self._pool,
                loan_id=loan_id,
                event_id=event_id,
                ticket=arrival.ticket,
                body=arrival.body,
                now=now,
            )
        return None if row is None else row["sequence"]

    async def lease_next(self, loan_id: str, now: datetime, until: datetime) -> KeptEvent | None:
        """The event of a loan that is next; None when none waits, or somebody delivers it."""
        with away_in_words():
            row = await SQL.lease_next(self._pool, loan_id=loan_id, now=now, until=until)
        return None if row is None else _kept(row)

    async def renew_lease(self, sequence: int, until: datetime) -> None:
        """Nobody else tries an event until then."""
        with away_in_words():
            await SQL.renew_lease(self._pool, sequence=sequence, until=until)

    async def answer(self, answers: Mapping[int, dict[str, Any]]) -> None:
        """Write down what became of events, by their place."""
        with away_in_words():
            await SQL.answer_events(
                self._pool,
                sequences=list(answers),
                answers=[json.dumps(answer) for answer in answers.values()],
            )

    async def loans_waiting(self, now: datetime, after_loan: str, most: int) -> Sequence[str]:
        """Loans of which an event waits that nobody delivers."""
        with away_in_words():
            rows = SQL.loans_waiting(self._pool, now=now, after_loan=after_loan, most=most)
            return [row["loan_id"] async for row in rows]

    async def lender_of(self, loan_id: str) -> str | None:
        """Whose loan it is; None when there is no such loan."""
        with away_in_words():
            lender: str | None = await SQL.lender_of_loan(self._pool, loan_id=loan_id)
        return lender

    async def waiting(self) -> int:
        """How many events wait for their answer."""
        with away_in_words():
            return int(await SQL.waiting_events(self._pool))


def _kept(row: Mapping[str, Any]) -> KeptEvent:
    return KeptEvent(*(row[name] for name in KeptEvent._fields))
