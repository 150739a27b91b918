"""The news that the database has written with its facts: published, claimed, delivered, read."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import NamedTuple

from database.door.away import away_in_words
from database.notifications import NEWS, Heard, listening
from database.sql import SQL, Pool


class NewsDelivery(NamedTuple):
    """News on their way to an endpoint; `body` is what is signed, `attempts` those before."""

    endpoint_id: str
    news_id: int
    loan_id: str
    attempts: int
    type: str
    body: str


class FeedEntry(NamedTuple):
    """News at their place in the feed."""

    position: int
    news_id: int
    body: str


class NewsWaiting(NamedTuple):
    """How many deliveries wait, and how many endpoints were given up by the product itself."""

    waiting: int
    disabled: int


class Outbox:
    """The tables `news` and `news_deliveries`. Every method raises DatabaseAwayError.

    Times are real: the business clock has no part in deliveries.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def listening(self) -> AbstractAsyncContextManager[Heard]:
        """Hear, while it is entered, that there are news to publish."""
        return listening(self._pool, NEWS)

    async def publish(self, most: int, now: datetime) -> int:
        """Give committed news their place in the feed and their deliveries; how many it were.

        Nothing while another server does it.
        """
        with away_in_words():
            async with self._pool.acquire() as connection, connection.transaction():
                # A statement of its own, so that the next one sees what the last holder published.
                if await SQL.lock_feed(connection) is None:
                    return 0
                return int(await SQL.publish_news(connection, most=most, now=now))

    async def claim(
        self, endpoint_id: str, now: datetime, until: datetime, most: int
    ) -> Sequence[NewsDelivery]:
        """What is due at an endpoint, the first of each loan: the caller's to send until then."""
        with away_in_words():
            rows = SQL.claim_deliveries(
                self._pool, endpoint_id=endpoint_id, now=now, until=until, most=most
            )
            return [
                NewsDelivery(*(row[name] for name in NewsDelivery._fields)) async for row in rows
            ]

    async def delivered(self, answers: Mapping[NewsDelivery, str], now: datetime) -> None:
        """Endpoints have these, and answered so; the next of each loan is due."""
        with away_in_words():
            await SQL.note_delivered(
                self._pool,
                endpoint_ids=[delivery.endpoint_id for delivery in answers],
                news_ids=[delivery.news_id for delivery in answers],
                answers=list(answers.values()),
                now=now,
            )

    async def put_back(self, delivery: NewsDelivery, now: datetime) -> bool:
        """Whether it must not be sent now, for its endpoint rests or is disabled since the claim.

        Then it waits on, to be claimed again.
        """
        with away_in_words():
            found: bool | None = await SQL.put_back(
                self._pool, endpoint_id=delivery.endpoint_id, news_id=delivery.news_id, now=now
            )
        return found is True

    async def not_delivered(
        self,
        delivery: NewsDelivery,
        answer: str,
        now: datetime,
        next_at: datetime | None,
        paused_until: datetime | None,
    ) -> datetime:
        """It is tried again then, or never; answers with since when the endpoint fails.

        `paused_until`: until then the endpoint is sent nothing at all.
        """
        with away_in_words():
            since: datetime = await SQL.note_not_delivered(
                self._pool,
                endpoint_id=delivery.endpoint_id,
                news_id=delivery.news_id,
                answer=answer,
                now=now,
                next_at=next_at or now,
                is_dead=next_at is None,
                paused_until=paused_until,
            )
        return since

    async def replay(
        self,
        endpoint_id: str,
        news_ids: Collection[int] | None,
        since: datetime | None,
        until: datetime | None,
        now: datetime,
    ) -> int:
        """Deliver published news once more, under their ids; how many it are."""
        with away_in_words():
            return int(
                await SQL.replay_news(
                    self._pool,
                    endpoint_id=endpoint_id,
                    news_ids=None if news_ids is None else list(news_ids),
                    since=since,
                    until=until,
                    now=now,
                )
            )

    async def feed(self, after: int, most: int, lenders: Collection[str]) -> Sequence[FeedEntry]:
        """Published news of these lenders behind a position, in order."""
        with away_in_words():
            rows = SQL.feed_of_news(self._pool, after=after, most=most, lenders=list(lenders))
            return [FeedEntry(*(row[name] for name in FeedEntry._fields)) async for row in rows]

    async def prune(self, before: datetime) -> int:
        """Delete what was written earlier and waits for nobody; how many it were.

        The last of a loan stays, so that its count has its news.
        """
        with away_in_words():
            return int(await SQL.prune_news(self._pool, before=before))

    async def waiting(self) -> NewsWaiting:
        """For whoever watches the process."""
        with away_in_words():
            row = await SQL.news_waiting(self._pool)
        return NewsWaiting(row["waiting"], row["disabled"])
