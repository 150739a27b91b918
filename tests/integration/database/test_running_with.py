"""Processes that run with other settings than the one before say so when they start."""

from database.policy.running_with import RunningWith, say_what_runs
from database.sql import Pool
from tests.support.world import Loan

NOW = Loan().at_days_past_due(5)
FIRST = RunningWith(said_by="worker", policy_version="cn-1", clock="real", release="0.2.0")


async def test_the_first_and_the_same_say_nothing(pool: Pool) -> None:
    """Whatever process it is."""
    assert await say_what_runs(pool, FIRST, NOW) is None
    assert await say_what_runs(pool, FIRST.model_copy(update={"said_by": "scan"}), NOW) is None


async def test_what_differs_is_named_with_both_values(pool: Pool) -> None:
    """In one line; whoever comes back is told so, too."""
    await say_what_runs(pool, FIRST, NOW)
    other = RunningWith(said_by="scan", policy_version="us-1", clock="{}", release="0.2.0")
    assert await say_what_runs(pool, other, NOW) == (
        "another worker started with other settings: policy us-1 here, cn-1 there;"
        " clock {} here, real there"
    )
    assert (await say_what_runs(pool, FIRST, NOW) or "").startswith("another scan started")
