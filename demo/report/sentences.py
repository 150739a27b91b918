"""The demo's result in a few sentences, before any table."""

from datetime import date
from typing import Any

from database.audit import Audit
from database.sql import Pool
from demo.report.summary import Proof

_ARREARS = """
    SELECT l.loan_id, d.arrears_minor FROM loans l CROSS JOIN LATERAL loan_debt(l, $1::date) d
    WHERE l.status = 'active' AND d.arrears_minor > 0
"""
_PAID = """
    SELECT loan_id, sum(amount_minor)::bigint AS minor FROM payments
    WHERE kind = 'payment' AND reversed_at IS NULL GROUP BY loan_id
"""
_DONE = """
    SELECT (SELECT count(*) FROM collection_cases) AS cases,
           (SELECT count(*) FROM contact_attempts WHERE status = 'sent') AS sent,
           (SELECT count(*) FROM contact_refusals) AS refused,
           (SELECT count(sent_by) FROM case_events) AS by_door,
           (SELECT count(*) - count(sent_by) FROM case_events) AS by_signal,
           (SELECT count(*) FROM news_deliveries WHERE state = 'delivered') AS told,
           (SELECT count(*) FROM news_deliveries WHERE state <> 'delivered') AS untold,
           (SELECT count(*) FROM news_endpoints) AS endpoints,
           count(*) FILTER (WHERE status = 'kept') AS kept,
           count(*) FILTER (WHERE status IN ('kept', 'broken')) AS judged
    FROM promises
"""


async def read_arrears(pool: Pool, today: date) -> dict[str, int]:
    """What each overdue loan is behind with on a day, in minor units, by loan id."""
    return {row["loan_id"]: row["arrears_minor"] for row in await pool.fetch(_ARREARS, today)}


async def sentences_of(pool: Pool, arrears: dict[str, int], proof: Proof) -> list[str]:
    """What became of the loans that were behind at the start, by `arrears`."""
    paid = {row["loan_id"]: row["minor"] for row in await pool.fetch(_PAID)}
    collected = sum(min(paid.get(loan_id, 0), minor) for loan_id, minor in arrears.items())
    done = await pool.fetchrow(_DONE)
    assert done is not None  # noqa: S101  (counts always answer)
    return [
        _of_money(len(arrears), done["cases"], collected, sum(arrears.values())),
        _of_contacts(done),
        _of_ways(done),
        _of_guarantees(proof),
    ]


def _of_money(loans: int, cases: int, collected_minor: int, overdue_minor: int) -> str:
    share = collected_minor / max(overdue_minor, 1)
    return (
        f"{_count(loans, 'overdue loan')} became {_count(cases, 'case')}; of the "
        f"{_yuan(overdue_minor)} overdue on the first day, {_yuan(collected_minor)} "
        f"({share:.0%}) was collected."
    )


def _of_contacts(done: Any) -> str:
    return (
        f"{_count(done['sent'], 'message or call', 'messages and calls')} went out, "
        f"{done['refused']:,} more were refused by a rule, and {done['kept']} of "
        f"{_count(done['judged'], 'promise')} to pay {'was' if done['kept'] == 1 else 'were'} kept."
    )


def _of_ways(done: Any) -> str:
    missing = f"; {done['untold']:,} more have not arrived" if done["untold"] else ""
    return (
        f"{_count(done['by_door'], 'event')} came in by the front door, signed, and "
        f"{done['by_signal']:,} by plain signals; {_count(done['endpoints'], 'system')} took news "
        f"from signed webhooks, {done['told']:,} in all{missing}."
    )


def _of_guarantees(proof: Proof) -> str:
    broken = {violation.guarantee for violation in proof.broken}
    if not broken:
        return f"All {len(Audit.guarantees)} guarantees were kept, by the audit of the record."
    names = ", ".join(name for name in Audit.guarantees if name in broken)
    return f"Of {len(Audit.guarantees)} guarantees {len(broken)} did not hold: {names}."


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _yuan(minor: int) -> str:
    return f"CNY {minor / 100:,.0f}"
