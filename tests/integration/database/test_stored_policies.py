"""Policies on record: a version is what it was stored as."""

import pytest

from database.policy.stored_policies import PolicyChangedError, StoredPolicies
from database.sql import Pool
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.world import Loan

NOW = Loan().at_days_past_due(1)


async def test_policy_that_was_altered_is_named_with_what_is_wrong(
    pool: Pool, policy: Policy
) -> None:
    """In one line, for the person who asked."""
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    assert await StoredPolicies(pool).read_policy(policy.version) == policy
    await pool.execute(
        "UPDATE policies SET body = jsonb_set(body, '{visit,crew_size,value}', '\"two\"')"
    )
    with pytest.raises(PolicyChangedError) as refused:
        await StoredPolicies(pool).read_policy(policy.version)
    assert str(refused.value) == (
        f"policy {policy.version} was altered in the database, and is none any more:"
        " visit.crew_size.value: must be a whole number"
    )
