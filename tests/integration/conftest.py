"""A loan with an open case on a real Postgres."""

from collections.abc import Awaitable, Callable

import pytest

from database.case.cases import Cases
from database.case.scan import Cursor, Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.world import Loan, insert_crew, insert_loan

OpenCase = Callable[..., Awaitable[str]]


@pytest.fixture
async def open_case(pool: Pool, policy: Policy) -> OpenCase:
    """Puts a loan in and opens its case, as the scan does; answers with the case's id."""

    async def open_(loan: Loan, days_past_due: int = 5) -> str:
        return await open_case_of(loan, pool, policy, days_past_due)

    return open_


async def open_case_of(loan: Loan, pool: Pool, policy: Policy, days_past_due: int = 5) -> str:
    """Put a loan in and open its case, as the scan does; answers with the case's id."""
    now = loan.at_days_past_due(days_past_due)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now)
    await insert_crew(pool)
    await insert_loan(pool, loan)
    async for _ in Scan(pool).open_cases(Cursor(), policy.version, now):
        pass
    case_id: str = await pool.fetchval(
        "SELECT case_id FROM collection_cases WHERE loan_id = $1", loan.loan_id
    )
    await Cases(pool).take_up_case(case_id)
    return case_id
