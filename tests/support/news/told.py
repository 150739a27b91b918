"""What was told of every loan of a database, held against the models of news."""

import json

from database.sql import Pool
from door.contract.news import NEWS


async def require_told_as_described(pool: Pool) -> None:
    """Each of a type that there is, with the fields of its type; a loan's counted without a gap."""
    rows = await pool.fetch("SELECT loan_id, sequence, type, body FROM news ORDER BY news_id")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row["loan_id"]] = counts.get(row["loan_id"], 0) + 1
        assert row["sequence"] == counts[row["loan_id"]]
        NEWS[row["type"]].model_validate(json.loads(row["body"])["data"])
    opened = await pool.fetchval("SELECT count(*) FROM collection_cases")
    assert sum(row["type"] == "case.opened" for row in rows) == opened
