"""The record at the end: loans at their ends, no guarantee broken, no run astray, no event lost."""

from database.audit import Audit
from demo.report.ends import has_come_to, in_words, outcomes_of_loans
from drills.checks.evidence import Evidence

_EVENTS = "SELECT loan_id, event_id, accepted FROM case_events"


async def at_their_ends(evidence: Evidence) -> list[str]:
    """Every loan came to the end that its habit leads to."""
    outcomes = await outcomes_of_loans(evidence.pool)
    return [
        f"{loan_id} ({habit.name}): {in_words(ended)}, not {habit.end}"
        for loan_id, habit in sorted(evidence.habits.items())
        if not has_come_to(habit.end, ended := outcomes.get(loan_id, []))
    ]


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
