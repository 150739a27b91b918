"""The feed, replays, rotated secrets and addresses inside the house."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import status

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.door.doors import a_door, client_of_nobody
from tests.support.door.system import admit
from tests.support.news.desk import NewsDesk, write_news
from tests.support.news.receiver import Receiver


async def test_feed_gives_everything_of_the_lenders_of_a_credential(
    desk: NewsDesk, pool: Pool, policy: Policy
) -> None:
    """From where the last answer ended, page by page."""
    await write_news(pool, "L-1", "case.opened", "contact.made", "case.ended")
    await desk.dispatcher.publish_all()
    async with a_door(pool, await client_of_nobody(), policy) as bank:
        other = await admit(pool, bank.http, "other", lenders=["another-lender"])
        first = (await bank.get("/v1/news?most=2")).json()
        rest = (await bank.get(f"/v1/news?after={first['next']}")).json()
        assert [each["type"] for each in first["news"] + rest["news"]] == [
            "case.opened", "contact.made", "case.ended"
        ]  # fmt: skip
        assert (await bank.get(f"/v1/news?after={rest['next']}")).json() == {
            "news": [],
            "next": rest["next"],
        }
        assert (await other.get("/v1/news")).json()["news"] == []


@pytest.mark.parametrize("query", ["after=x", "most=0", "most=501", "after=1&after=2", "since=1"])
async def test_feed_takes_no_other_question(
    pool: Pool, policy: Policy, desk: NewsDesk, query: str
) -> None:
    """400, as the door's other addresses."""
    async with a_door(pool, await client_of_nobody(), policy) as bank:
        answer = await bank.get(f"/v1/news?{query}")
        assert answer.status_code == status.HTTP_400_BAD_REQUEST


async def test_what_is_committed_late_has_its_place_behind_what_was_given_out(
    desk: NewsDesk, pool: Pool
) -> None:
    """A reader who goes on from `next` misses nothing, however long a transaction takes."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("SELECT write_news('L-1', 'case.opened', now(), '{}')")
        await write_news(pool, "L-2", "contact.made")
        await desk.dispatcher.publish_all()
        (seen,) = await desk.outbox.feed(0, 10, ["*"])
        await transaction.commit()
    await desk.dispatcher.publish_all()
    (late,) = await desk.outbox.feed(seen.position, 10, ["*"])
    assert late.news_id < seen.news_id


async def test_two_servers_give_each_place_once(desk: NewsDesk, pool: Pool) -> None:
    """Without a gap, and every piece of news to its endpoint once."""
    await desk.register("https://receiver.example")
    await write_news(pool, "L-1", *["contact.made"] * 20)
    others = [NewsDesk(pool) for _ in range(3)]
    while await pool.fetchval("SELECT count(*) FROM news WHERE position IS NULL"):
        await asyncio.gather(*(each.outbox.publish(3, each.now) for each in others))
    found = await desk.outbox.feed(0, 100, ["*"])
    assert [each.position for each in found] == list(range(1, 21))
    assert len(await desk.states()) == 20
    for each in others:
        await each.post.close()


async def test_replayed_news_keep_their_ids(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """By id or by time; what the endpoint does not ask for is not sent."""
    await write_news(pool, "L-1", "case.opened", "contact.made")
    await desk.dispatcher.publish_all()
    await desk.register(url, types=("contact.*",))
    hour = timedelta(hours=1)
    assert await desk.outbox.replay("app", None, desk.now - hour, desk.now + hour, desk.now) == 1
    await desk.send()
    news_id = int(receiver.ids[0].removeprefix("news-"))
    assert await desk.outbox.replay("app", [news_id, news_id - 1], None, None, desk.now) == 1
    await desk.send()
    assert receiver.ids == [f"news-{news_id}"] * 2


async def test_both_secrets_sign_while_they_are_rotated(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """So a receiver changes over when it likes; then only the new one."""
    old = await desk.register(url)
    await desk.endpoints.rotate("app", "another", desk.now + timedelta(hours=24), desk.now)
    await write_news(pool, "L-1", "case.opened", "contact.made")
    await desk.send()
    desk.later(hours=24)
    await write_news(pool, "L-2", "case.opened")
    await desk.send()
    during, _, after = receiver.messages
    assert during.is_by(old, desk.now - timedelta(hours=24))
    assert not after.is_by(old, desk.now)
    assert len(during.headers["webhook-signature"].split()) == 2


async def test_nothing_is_sent_into_the_house(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool
) -> None:
    """Unless a setting says so; it is on record why."""
    strict = NewsDesk(pool, private_too=False)
    await strict.register(url)
    await strict.register(url.replace("http", "https"), "with-tls")
    await write_news(pool, "L-1", "case.opened")
    await strict.send()
    assert receiver.messages == []
    found: list[Any] = await pool.fetch(
        "SELECT last_answer FROM news_deliveries ORDER BY endpoint_id"
    )
    assert [row["last_answer"] for row in found] == [
        "refused: not https", "refused: a private address"
    ]  # fmt: skip
    await strict.post.close()
