"""A receiver on loopback, and a desk that sends."""

from collections.abc import AsyncIterator

import pytest

from database.sql import Pool
from tests.support.news.desk import NewsDesk
from tests.support.news.receiver import Receiver, a_receiver
from tests.support.world import Loan, insert_loan


@pytest.fixture
async def desk(pool: Pool) -> AsyncIterator[NewsDesk]:
    """A server's part that sends news; the loans L-1 and L-2 are there."""
    for loan in (Loan("L-1"), Loan("L-2", "B-2")):
        await insert_loan(pool, loan)
    desk = NewsDesk(pool)
    yield desk
    await desk.post.close()


@pytest.fixture
async def listener() -> AsyncIterator[tuple[Receiver, str]]:
    """A receiver and its address."""
    async with a_receiver() as found:
        yield found


@pytest.fixture
def receiver(listener: tuple[Receiver, str]) -> Receiver:
    return listener[0]


@pytest.fixture
def url(listener: tuple[Receiver, str]) -> str:
    return listener[1]
