"""An endpoint that asks for rest is let alone, by what is under way to it as well."""

import pytest
from starlette.responses import Response

from database.sql import Pool
from door.news.dispatcher import AT_ONCE
from tests.support.news.desk import NewsDesk, write_news
from tests.support.news.receiver import Receiver
from tests.support.world import Loan, insert_loan


@pytest.mark.parametrize("status", [429, 503])
async def test_an_endpoint_that_asks_for_rest_gets_it(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool, status: int
) -> None:
    """`Retry-After` holds for everything that goes there."""
    await desk.register(url)
    await write_news(pool, "L-1", "case.opened")
    receiver.say(status, retry_after="120")
    await desk.send()
    receiver.say(204)
    await write_news(pool, "L-2", "case.opened")
    desk.later(seconds=119)
    await desk.send()
    assert len(receiver.messages) == 1
    desk.later(seconds=1)
    await desk.send()
    assert await desk.states() == ["delivered", "delivered"]


@pytest.mark.parametrize("status", [429, 410])
async def test_what_is_in_hand_already_is_not_sent_either(
    desk: NewsDesk, receiver: Receiver, url: str, pool: Pool, status: int
) -> None:
    """Many are claimed at once; the first answer is for all of them. Another on its way ends no
    rest.
    """
    await desk.register(url)
    for number in range(2, 60):
        await insert_loan(pool, Loan(f"L-{number}-x", f"B-{number}-x"))
        await write_news(pool, f"L-{number}-x", "case.opened")
    answers = iter([204, status])
    receiver.answer = lambda _: Response(
        status_code=next(answers, 204), headers={"retry-after": "120"}
    )
    await desk.send()
    assert len(receiver.messages) <= 2 * AT_ONCE
    tried = len(receiver.messages)
    desk.later(seconds=119)
    await desk.send()
    assert len(receiver.messages) == tried
    if status == 410:
        await desk.endpoints.enable("app", desk.now)
    desk.later(seconds=1)
    await desk.send()
    assert set(await desk.states()) == {"delivered"}
