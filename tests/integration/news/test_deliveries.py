"""News reach a registered endpoint: signed, in order for a loan, again until they are taken."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from starlette.responses import Response

from database.news.endpoints import DisabledBecause
from database.sql import Pool
from door.news.dispatcher import LEASE
from door.news.schedule import DISABLED_AFTER, WAITS
from tests.support.news.desk import NewsDesk, write_news
from tests.support.news.receiver import Message, Receiver

LISTENS = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
                   WHERE query LIKE 'LISTEN%' AND state = 'idle'  -- it does so by now
                     AND datname = current_database())
"""


async def test_news_are_signed_and_thin(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """The library of Standard Webhooks takes what the product signs; the order is the loan's."""
    secret = await desk.register(url)
    await write_news(pool, "L-1", "case.opened", "contact.made")
    await desk.send()
    first, second = receiver.messages
    first.see_by_another(secret)
    assert first.is_by(secret, desk.now)
    assert first.id != second.id
    assert [each.body["sequence"] for each in receiver.messages] == [1, 2]
    assert first.body.keys() == {"type", "timestamp", "loan_id", "sequence", "data"}
    assert await desk.states() == ["delivered", "delivered"]


async def test_a_blocked_loan_keeps_its_order_and_no_other_loan_waiting(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """What comes after a failure waits for it, under the same id and with the same bytes."""

    def fails_for_l1(message: Message) -> Response:
        return Response(status_code=500 if message.body["loan_id"] == "L-1" else 204)

    await desk.register(url)
    await write_news(pool, "L-1", "case.opened", "contact.made")
    await write_news(pool, "L-2", "case.opened", "contact.made")
    receiver.answer = fails_for_l1
    await desk.send()
    assert await desk.states() == ["waiting", "waiting", "delivered", "delivered"]
    receiver.say(200)
    await desk.send()
    assert len(receiver.messages) == 3  # not before its time
    desk.later(seconds=5)
    await desk.send()
    told = [each for each in receiver.messages if each.body["loan_id"] == "L-1"]
    assert [each.body["sequence"] for each in told] == [1, 1, 2]
    assert told[0].raw == told[1].raw
    assert told[0].id == told[1].id


@pytest.mark.parametrize("status", [301, 400, 404, 500])
async def test_anything_but_2xx_is_a_failure(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool, status: int
) -> None:
    """A redirect, too: it is not followed."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened")
    receiver.say(status, location=url)
    await desk.send()
    assert len(receiver.messages) == 1
    assert await desk.states() == ["waiting"]


async def test_a_delivery_is_dead_after_the_last_try_and_the_gap_is_seen(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """Ten tries by the schedule; then the next one, whose sequence shows what is missing."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened", "contact.made")
    receiver.say(500)
    for wait in (timedelta(0), *WAITS):
        desk.now += wait
        await desk.send()
    assert len(set(receiver.ids[:10])) == 1
    assert await desk.states() == ["dead", "waiting"]
    receiver.say(204)
    desk.later(hours=24)
    await desk.send()
    assert receiver.messages[-1].body["sequence"] == 2
    assert await desk.states() == ["dead", "delivered"]


async def test_gone_is_gone(desk: NewsDesk, receiver: Receiver, url: str, pool: Pool) -> None:
    """410 ends it at once; what waited goes on once somebody enables it."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened")
    receiver.say(410)
    await desk.send()
    (endpoint,) = await desk.endpoints.all()
    assert endpoint.disabled_because == "gone"
    await write_news(pool, "L-2", "case.opened")
    desk.later(days=1)
    await desk.send()
    assert len(receiver.messages) == 1
    receiver.say(204)
    since = await desk.endpoints.enable("app", desk.now)
    await desk.send()
    assert await desk.states() == ["delivered"]  # what came meanwhile is replayed by hand
    assert since is not None
    assert await desk.outbox.replay("app", None, since - timedelta(days=1), None, desk.now) == 2


async def test_what_was_written_before_an_endpoint_was_disabled_waits_for_it(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """Though no server was up to publish it; the replay that is advised begins after it."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened")
    disabled_at = datetime.now(UTC)
    assert await desk.endpoints.disable("app", DisabledBecause.BY_HAND, disabled_at)
    await write_news(pool, "L-2", "case.opened")
    await desk.send()
    assert await desk.states() == ["waiting"]
    assert await desk.endpoints.enable("app", desk.now) == disabled_at
    assert await desk.outbox.replay("app", None, disabled_at, None, desk.now) == 1
    await desk.send()
    assert sorted(message.body["loan_id"] for message in receiver.messages) == ["L-1", "L-2"]


async def test_an_endpoint_that_fails_for_days_is_disabled_and_said_to_be(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    """Only what is enabled is tried; one success begins the count anew."""
    await desk.register(url)
    await write_news(pool, "L-1", *["contact.made"] * 3)
    receiver.say(500)
    await desk.send()
    desk.now += DISABLED_AFTER - timedelta(seconds=1)
    await desk.send()
    (endpoint,) = await desk.endpoints.all()
    assert endpoint.disabled_at is None
    desk.later(days=1)
    await desk.send()
    (endpoint,) = await desk.endpoints.all()
    assert endpoint.disabled_because == "failing"
    assert "endpoint app is disabled" in caplog.text
    assert (await desk.outbox.waiting()).disabled == 1


async def test_a_receiver_that_hangs_keeps_no_other_waiting(
    pool: Pool, desk: NewsDesk, receiver: Receiver, url: str
) -> None:
    """Its try ends after a while, and counts as one."""
    hasty = NewsDesk(pool, within_seconds=0.2)
    await hasty.register(url, "slow", types=("case.*",))
    await hasty.register(url, "quick", types=("contact.made",))
    await write_news(pool, "L-1", "case.opened", "contact.made")
    receiver.answer = lambda message: (
        None if message.body["type"] == "case.opened" else Response(status_code=204)
    )
    await hasty.send()
    assert await hasty.states("quick") == ["delivered"]
    (row,) = await pool.fetch("SELECT * FROM news_deliveries WHERE endpoint_id = 'slow'")
    assert (row["state"], row["attempts"]) == ("waiting", 1)
    assert row["last_answer"] == "no answer in time"
    await hasty.post.close()


async def test_what_was_on_its_way_when_a_server_died_is_sent_again(
    pool: Pool, desk: NewsDesk, receiver: Receiver, url: str
) -> None:
    """Under the same id, once its lease is over, by whichever server is there."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened", "contact.made")
    receiver.answer = lambda _: None
    await desk.dispatcher.publish_all()
    async with desk.dispatcher:
        await receiver.came.wait()
    other = NewsDesk(pool)
    other.now = desk.now
    receiver.say(204)
    await other.send()
    assert len(receiver.messages) == 1  # it is still the dead one's
    other.now += LEASE
    await other.send()
    assert [each.body["sequence"] for each in receiver.messages] == [1, 1, 2]
    assert receiver.ids[0] == receiver.ids[1]
    await other.post.close()


async def test_two_servers_share_the_work(
    pool: Pool, desk: NewsDesk, receiver: Receiver, url: str
) -> None:
    """Each piece of news is sent once, and each loan's in order."""
    other = NewsDesk(pool)
    await desk.register(url)
    for _ in range(10):
        await write_news(pool, "L-1", "contact.made")
        await write_news(pool, "L-2", "contact.made")
    async with desk.dispatcher, other.dispatcher:
        while len(receiver.messages) < 20:
            receiver.came.clear()
            await receiver.came.wait()
        await desk.dispatcher.settled()
        await other.dispatcher.settled()
    assert len(set(receiver.ids)) == len(receiver.ids) == 20
    for loan_id in ("L-1", "L-2"):
        told = [each.body for each in receiver.messages if each.body["loan_id"] == loan_id]
        assert [each["sequence"] for each in told] == list(range(1, 11))
    await other.post.close()


async def test_news_are_sent_as_soon_as_they_are_written(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dispatcher hears of them, long before it would look for them."""
    monkeypatch.setattr("door.news.dispatcher.LOOKS_EVERY_SECONDS", 3600)
    await desk.register(url)
    async with desk.dispatcher:
        while not await pool.fetchval(LISTENS):
            pass
        await write_news(pool, "L-1", "case.opened")
        async with asyncio.timeout(30):
            await receiver.came.wait()
