"""A record that the real code wrote, to be looked into; each test leaves it as it was."""

from collections.abc import AsyncIterator

import pytest

from database.sql import Connection, open_pool
from domain.policy.policy import Policy
from embedded.postgres import EmbeddedPostgres
from tests.support.databases import fresh_database
from tests.support.record import Record
from tests.support.world import Loan, open_case_of

LOAN = Loan(phones=2)


@pytest.fixture(scope="module")
async def record(postgres: EmbeddedPostgres, policy: Policy) -> AsyncIterator[Record]:
    """A case with everything a case can have; its borrower has another loan."""
    async with fresh_database(postgres) as url, await open_pool(url) as pool:
        await open_case_of(Loan(loan_id="L-2"), pool, policy)
        record = Record(pool, policy, LOAN, await open_case_of(LOAN, pool, policy))
        await record.write()
        yield record


@pytest.fixture
async def connection(record: Record) -> AsyncIterator[Connection]:
    """What a test does to the record is undone after it."""
    async with record.pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection
        await transaction.rollback()
