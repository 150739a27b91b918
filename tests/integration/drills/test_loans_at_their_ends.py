"""The drill's question after the end of each loan."""

from typing import Any

import pytest

from database.sql import Pool
from demo.stories.acts import Habit
from domain.case.facts import Outcome
from drills.checks.evidence import Evidence
from drills.checks.record import at_their_ends
from tests.support.gate.gate import LOAN
from tests.support.world import OpenCase

NO_PLANT: Any = None  # the record alone is asked
HABIT = Habit("keeps its plan", Outcome.PLAN_COMPLETED)
NOW = LOAN.at_days_past_due(100)
_ANOTHER = """
    INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,
                                  outcome, closed_at)
    SELECT 'case-' || $1::integer, loan_id, overdue_since + 1 + $1::integer, policy_version,
           opened_at + make_interval(days => $1::integer), $2, $3
    FROM collection_cases WHERE case_id NOT LIKE 'case-%'
"""


@pytest.mark.parametrize(
    ("outcomes", "told"),
    [
        (["plan_completed"], None),
        (["plan_completed", "cured"], None),
        (["cured"], "cured"),
        (["plan_completed", None], "plan_completed, then no end"),
        (["plan_completed", "handed_to_legal"], "plan_completed, then handed_to_legal"),
    ],
)
async def test_loan_is_at_its_end(
    pool: Pool, open_case: OpenCase, outcomes: list[str | None], told: str | None
) -> None:
    """By the case of its story; what fell due after it is another, and paid."""
    await open_case(LOAN)
    await pool.execute("UPDATE collection_cases SET closed_at = $1, outcome = 'cured'", NOW)
    for number, outcome in enumerate(outcomes):
        await pool.execute(_ANOTHER, number, outcome, None if outcome is None else NOW)
    await pool.execute("DELETE FROM collection_cases WHERE case_id NOT LIKE 'case-%'")
    found = await at_their_ends(Evidence(NO_PLANT, pool, {"L-1": HABIT}, [], NOW))
    assert found == ([] if told is None else [f"L-1 (keeps its plan): {told}, not plan_completed"])
