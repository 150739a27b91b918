"""News of facts in a database, sent by a dispatcher whose clock the test moves."""

from datetime import UTC, datetime, timedelta

from database.news.endpoints import Endpoints
from database.news.outbox import Outbox
from database.sql import Pool
from door.news.courier import Courier
from door.news.dispatcher import NewsDispatcher
from door.news.post import Post
from door.news.signing import secret_of
from tests.support.door.system import DOOR_KEY

SALT = "a salt"
NO_CHANCE = 0.5  # no jitter


class NewsDesk:
    """The parts of one server that send news; several share a database."""

    def __init__(
        self, pool: Pool, *, private_too: bool = True, within_seconds: float = 5.0
    ) -> None:
        self.now = datetime.now(UTC)
        self.outbox = Outbox(pool)
        self.endpoints = Endpoints(pool)
        self.pool = pool
        self.post = Post(self.time, private_too=private_too, within_seconds=within_seconds)
        courier = Courier(
            self.outbox, self.endpoints, self.post, DOOR_KEY, self.time, lambda: NO_CHANCE
        )
        self.dispatcher = NewsDispatcher(self.outbox, self.endpoints, courier, self.time)

    def time(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        """Let so much time pass."""
        self.now += timedelta(**span)

    async def register(
        self,
        url: str,
        endpoint_id: str = "app",
        types: tuple[str, ...] = ("*",),
        lenders: tuple[str, ...] = ("*",),
    ) -> bytes:
        """An endpoint; answers with its secret."""
        await self.endpoints.add(endpoint_id, url, types, lenders, SALT, self.now)
        return secret_of(DOOR_KEY, endpoint_id, SALT)

    async def send(self) -> None:
        """Publish, and send until nothing is due any more."""
        await self.dispatcher.publish_all()
        while await self.dispatcher.send_due(await self.endpoints.all()):
            await self.dispatcher.settled()

    async def states(self, endpoint_id: str = "app") -> list[str]:
        """Of its deliveries, in order."""
        rows = await self.pool.fetch(
            "SELECT state FROM news_deliveries WHERE endpoint_id = $1 ORDER BY news_id", endpoint_id
        )
        return [row["state"] for row in rows]


async def write_news(pool: Pool, loan_id: str, *types: str) -> None:
    """News of a loan that is there, each in a transaction of its own."""
    for name in types:
        await pool.execute('SELECT write_news($1, $2, now(), \'{"case_id": "C"}\')', loan_id, name)
