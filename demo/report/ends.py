"""What became of each loan: the outcomes of its cases, held against the end of its habit."""

from collections.abc import Sequence

from database.sql import Pool
from domain.case.facts import Outcome

Outcomes = Sequence[str | None]  # of a loan's cases as they were opened; None is open

_OUTCOMES = """
    SELECT loan_id, array_agg(outcome ORDER BY opened_at) AS outcomes
    FROM collection_cases GROUP BY loan_id
"""


async def outcomes_of_loans(pool: Pool) -> dict[str, Outcomes]:
    """Each loan that has had a case, by its id."""
    return {row["loan_id"]: row["outcomes"] for row in await pool.fetch(_OUTCOMES)}


def is_open(outcomes: Outcomes) -> bool:
    """There was no case, or one has no end yet."""
    return not outcomes or None in outcomes


def has_come_to(end: Outcome, outcomes: Outcomes) -> bool:
    """One case ended so, and any other was paid.

    An instalment that falls due afterwards, and is paid late for whatever was down or slow, is a
    case of its own.
    """
    others = [outcome for outcome in outcomes if outcome != end]
    return end in outcomes and all(other and Outcome(other).is_paid for other in others)


def in_words(outcomes: Outcomes) -> str:
    """One after the other, for whoever reads a report."""
    return ", then ".join(outcome or "no end" for outcome in outcomes) or "no case"
