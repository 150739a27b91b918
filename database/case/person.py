"""A person's file: everything kept about them, from the database alone."""

import json
from typing import Any

from database.sql import SQL, Pool


async def read_person(pool: Pool, borrower_id: str) -> dict[str, list[dict[str, Any]]] | None:
    """Each row about a borrower, by table; None when there is no such borrower.

    Rows are as they are kept: amounts in minor units, times with their zone. The bytes of documents
    and legal packages are left out; their hashes are there.
    """
    kept: str | None = await SQL.person_file(pool, borrower_id=borrower_id)
    return None if kept is None else json.loads(kept)
