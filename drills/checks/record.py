"""The record at the end: loans at their ends, no guarantee broken, no run astray, no event lost."""

from collections.abc import Sequence

from database.audit import Audit
from domain.case.facts import Outcome
from drills.checks.evidence import Evidence

_ENDS = """
    SELECT loan_id, array_agg(outcome ORDER BY opened_at) AS outcomes
    FROM collection_cases GROUP BY loan_id
"""
_EVENTS = "SELECT loan_id, event_id, accepted FROM case_events"


async def at_their_ends(evidence: Evidence) -> list[str]:
    """Every loan came to the end that its habit leads to.

    An instalment that fell due afterwards, and was paid late while something was down, is a case
    of its own, and paid.
    """
    outcomes = {row["loan_id"]: row["outcomes"] for row in await evidence.pool.fetch(_ENDS)}
    return [
        f"{loan_id} ({habit.name}): {_in_words(outcomes.get(loan_id, []))}, not {habit.end}"
        for loan_id, habit in sorted(evidence.habits.items())
        if not _has_come_to(habit.end, outcomes.get(loan_id, []))
    ]


def _has_come_to(end: Outcome, outcomes: Sequence[str | None]) -> bool:
    others = [outcome for outcome in outcomes if outcome != end]
    return end in outcomes and all(other and Outcome(other).is_paid for other in others)


def _in_words(outcomes: Sequence[str | None]) -> str:
    return ", then ".join(outcome or "no end" for outcome in outcomes) or "no case"


async def audit_is_clean(evidence: Evidence) -> list[str]:
    """`ops.py audit` finds nothing."""
    return [str(violation) for violation in await Audit(evidence.pool).broken(evidence.now)]


async def reconciliation_is_clean(evidence: Evidence) -> list[str]:
    """`starter.py reconcile` finds record and engine at one."""
    code = await evidence.plant.attempt("reconcile", "starter.py", "reconcile", "--dry-run")
    log = evidence.plant.stack.data_dir / "reconcile.log"
    return [] if code == 0 else log.read_text().splitlines()


async def events_are_on_record(evidence: Evidence) -> list[str]:
    """What was acknowledged is there: by the door with its verdict, by a signal at all."""
    known = {
        (row["loan_id"], row["event_id"]): row["accepted"]
        for row in await evidence.pool.fetch(_EVENTS)
    }
    taken = [letter for letter in evidence.letters if letter["accepted"]]
    return [
        f"{letter['loan_id']}: {letter['event']} {letter['event_id']} was taken, and is lost"
        for letter in taken
        if (letter["loan_id"], letter["event_id"]) not in known
    ]


async def nothing_is_left(evidence: Evidence) -> list[str]:
    """No attempt is open, no event waits at the door, no news for its taker."""
    return [
        f"{count} {what}"
        for what, query in _LEFT.items()
        if (count := await evidence.pool.fetchval(query))
    ]


_LEFT = {
    "attempts reserved": "SELECT count(*) FROM contact_attempts WHERE status = 'reserved'",
    "events at the door without a verdict": "SELECT count(*) FROM inbox WHERE answer IS NULL",
    "news not delivered": "SELECT count(*) FROM news_deliveries WHERE state <> 'delivered'",
}
