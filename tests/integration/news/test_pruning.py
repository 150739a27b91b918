"""Old news are deleted, and nothing that somebody still waits for."""

from datetime import timedelta

from database.audit import Audit
from database.sql import Pool
from tests.support.news.desk import NewsDesk, write_news
from tests.support.news.receiver import Receiver


async def _kept(pool: Pool, loan_id: str) -> list[int]:
    rows = await pool.fetch(
        "SELECT sequence FROM news WHERE loan_id = $1 ORDER BY sequence", loan_id
    )
    return [row["sequence"] for row in rows]


async def test_what_was_sent_goes_and_the_last_of_a_loan_stays(
    desk: NewsDesk, pool: Pool, receiver: Receiver, url: str
) -> None:
    """So the count of a loan has its news, and the next one follows it."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened", "contact.made", "case.ended")
    await desk.send()
    desk.later(days=1)
    assert await desk.outbox.prune(desk.now) == 2
    await write_news(pool, "L-1", "case.reopened")
    await desk.send()
    assert await _kept(pool, "L-1") == [3, 4]
    assert await desk.states() == ["delivered", "delivered"]
    assert await Audit(pool).broken(desk.now) == []


async def test_what_waits_keeps_all_that_follows_it(desk: NewsDesk, pool: Pool, url: str) -> None:
    """Not published yet, or not delivered: in the order of its loan, without a gap."""
    await write_news(pool, "L-1", "case.opened")
    await desk.dispatcher.publish_all()
    await desk.register(url)
    await write_news(pool, "L-1", "contact.made", "case.ended")
    await desk.dispatcher.publish_all()
    await write_news(pool, "L-2", "case.opened", "case.ended")
    assert await desk.outbox.prune(desk.now + timedelta(days=1)) == 1
    assert await _kept(pool, "L-1") == [2, 3]
    assert await _kept(pool, "L-2") == [1, 2]


async def test_what_is_young_stays(desk: NewsDesk, pool: Pool) -> None:
    """Whoever reads the feed has as long as the operator says."""
    await write_news(pool, "L-1", "case.opened", "case.ended")
    await desk.dispatcher.publish_all()
    assert await desk.outbox.prune(desk.now - timedelta(days=1)) == 0
