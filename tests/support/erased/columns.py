"""Which columns may hold something of a person: all that are not known to hold none.

A column that is added later is taken to hold something, and has to be erased, or is named here.
"""

import json

from database.sql import Pool

# Of nobody whose loan is collected: the lender's own numbers, staff, systems and their credentials.
OF_NOBODY = {
    "_pogo_migration", "_pogo_version", "credentials", "crew_absences", "crew_members",
    "gateway_closures", "news_endpoints", "news_feed", "policies", "running_with", "staff",
}  # fmt: skip
# What stays: ids of ours and of other systems, amounts, times, rules, hashes, and words of a list.
_IDS = ("_id", "_ref", "_ids")
_HASHES = ("sha256", "digest", "chain", "personal")
STAYS = {
    *("source", "sent_by", "provider", "lender", "policy_version", "current_policy", "profile"),
    *("receipt", "ticket", "intent_key", "reference", "caller", "supersedes", "extended_by"),
    "time_zone",
    "currency",
    "language",
    # Words of ours, and codes of providers.
    *(
        "channel",
        "outcome",
        "name",
        "type",
        "stage",
        "kind",
        "template_version",
        "ended_because",
        "rule_id",
        "pressed",
    ),
    *("code", "delivery_code", "last_answer", "visit_code"),
    # Of holds the table keeps the common reasons alone (0038); the year places one in other words.
    "facts",
    # Amounts, days and ids in a row: events of one shape, which has no field for words.
    *("capacity", "proposal", "proposed", "agreed_hours", "signatories"),
    *("allocation_order", "blocked_channels"),
    "lender_signatory",  # who signs for the lender
}
_CANDIDATES = """
SELECT c.table_name, c.column_name, c.data_type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'
  AND c.data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea', 'ARRAY')
ORDER BY 1, 2
"""
# Held by the table to a list of words.
_LISTED = """
SELECT conrelid::regclass::text AS table_name, attname AS column_name
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
WHERE contype = 'c' AND cardinality(conkey) = 1
  AND pg_get_constraintdef(pg_constraint.oid) ~ 'ANY .ARRAY'
"""


async def columns(pool: Pool) -> list[tuple[str, str, str]]:
    """Table, column and type of each column that may hold something of a person."""
    listed = {tuple(row) for row in await pool.fetch(_LISTED)}
    return [
        (table, column, kind)
        for table, column, kind in await pool.fetch(_CANDIDATES)
        if table not in OF_NOBODY and (table, column) not in listed and not _stays(column)
    ]


def _stays(column: str) -> bool:
    return column in STAYS or column.endswith((*_IDS, *_HASHES))


async def named_in(pool: Pool, words: str) -> set[str]:
    """The columns of the whole database that hold some words, in whatever type."""
    found = set()
    rows = await pool.fetch(
        "SELECT table_name, column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE table_schema = 'public' AND t.table_type = 'BASE TABLE'"
    )
    for table, column in rows:
        count = await pool.fetchval(
            f"SELECT count(*) FROM {table} WHERE {column}::text ~ $1",  # noqa: S608 names of ours
            f"{words}|{words.encode().hex()}",  # bytes are shown in hexadecimal
        )
        if count:
            found.add(f"{table}.{column}")
    return found


# A document is held to its hash by the table.
_WITH_ITS_HASH = {
    "document_html": "html_sha256 = encode(sha256($1), 'hex')",
    "document_pdf": (
        "document_sha256 = encode(sha256($1), 'hex'),"
        " signed_sha256 = CASE WHEN signed_sha256 IS NOT NULL THEN encode(sha256($1), 'hex') END"
    ),
}


async def plant(pool: Pool, words: str) -> None:
    """Put some words into each column that may hold something of a person, past all triggers."""
    async with pool.acquire() as connection:
        await connection.execute("SET session_replication_role = replica")
        for table, column, kind in await columns(pool):
            beside = _WITH_ITS_HASH.get(column)
            await connection.execute(
                f"UPDATE {table} SET {column} = $1" + (f", {beside}" if beside else ""),  # noqa: S608
                _written(kind, words),
            )
        await connection.execute("RESET session_replication_role")


def _written(kind: str, words: str) -> str | bytes:
    if kind == "jsonb":
        return json.dumps({"reason": words})
    return words.encode() if kind == "bytea" else words
