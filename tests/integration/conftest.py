"""A loan with an open case on a real Postgres."""

import pytest

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.world import Loan, OpenCase, open_case_of


@pytest.fixture
async def open_case(pool: Pool, policy: Policy) -> OpenCase:
    """Puts a loan in and opens its case, as the scan does; answers with the case's id."""

    async def open_(loan: Loan, days_past_due: int = 5) -> str:
        return await open_case_of(loan, pool, policy, days_past_due)

    return open_
