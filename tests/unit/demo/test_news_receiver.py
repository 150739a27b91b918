"""The receiver that integrators copy: news are taken when they are signed, and each once."""

from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from database.news.endpoints import Endpoint
from database.news.outbox import NewsDelivery
from demo.systems.news_receiver import News, NewsReceiver
from door.news.signing import secret_of, signed_headers
from runtime.standard_webhooks import written
from tests.support.door.system import DOOR_KEY

BODY = '{"type": "visit.proposed", "loan_id": "L-1", "sequence": 1, "data": {"slot_id": "S-1"}}'
ENDPOINT = Endpoint(
    endpoint_id="roster", url="http://w/roster", types=["*"], lenders=["*"], salt="salt",
    previous_salt=None, previous_until=None, added_at=datetime(2026, 1, 1, tzinfo=UTC),
    rotated_at=None, disabled_at=None, disabled_because=None, failing_since=None, paused_until=None,
)  # fmt: skip


class World:
    """One system that listens."""

    def __init__(self) -> None:
        self.taken: list[News] = []
        secret = written(secret_of(DOOR_KEY, "roster", "salt"))
        receiver = NewsReceiver({"roster": secret}, {"roster": self.taken.append})
        transport = httpx2.ASGITransport(app=receiver.app)
        self._http = httpx2.AsyncClient(transport=transport, base_url="http://w")

    async def post(
        self,
        body: str = BODY,
        system: str = "roster",
        late: timedelta = timedelta(0),
        news_id: int = 1,
    ) -> int:
        """The status of news that the product has signed; `body` comes in their place."""
        at = datetime.now(UTC) - late
        delivery = NewsDelivery("roster", news_id, "L-1", 0, "visit.proposed", BODY)
        headers = signed_headers(delivery, ENDPOINT, DOOR_KEY, at)
        answer = await self._http.post(f"/{system}", content=body.encode(), headers=dict(headers))
        return answer.status_code


async def test_news_are_taken_once() -> None:
    """The same may come twice; the next one is another."""
    world = World()
    statuses = [await world.post(news_id=each) for each in (1, 1, 2)]
    assert statuses == [204, 204, 204]
    assert world.taken == [News("visit.proposed", "L-1", {"slot_id": "S-1"})] * 2


@pytest.mark.parametrize("late", [timedelta(minutes=6), -timedelta(minutes=6)])
async def test_old_and_early_news_are_refused(late: timedelta) -> None:
    """By real time, however fast the business clock goes."""
    world = World()
    assert await world.post(late=late) == 401
    assert world.taken == []


async def test_news_that_are_not_ours_are_refused() -> None:
    """Another body, or another system's address."""
    world = World()
    assert await world.post(BODY.replace("S-1", "S-2")) == 401
    assert await world.post(system="e-sign") == 401
    assert world.taken == []
