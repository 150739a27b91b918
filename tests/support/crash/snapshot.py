"""All that a database says, without the minutes and the hashes over them.

Who dies comes back seconds later. So of each instant the day is compared; of a hash, that it is
there; of numbers that the database counts by itself, and of a visit's code, which is drawn by
lot, nothing. What was written once more is linked once more in the evidence, and counts once.
"""

import json
import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from database.sql import Pool
from tests.support.world import ZONE

Row = tuple[tuple[str, str], ...]
Snapshot = dict[str, list[Row]]

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?")
_HASH = re.compile(r"\b[0-9a-f]{64}\b")
_UUID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
# Not what the database numbers by itself, or dates by the machine's own clock.
_WRITTEN_ANEW = {"revision", "visit_code"}
_CODE = re.compile(r"到访码\d{6}")
_TIME_OF_DAY = re.compile(r"(?<!\d)\d\d:\d\d(?!\d)")
_TABLES = """
    SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position) AS columns
    FROM information_schema.tables JOIN information_schema.columns USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND is_identity = 'NO'
        AND coalesce(column_default, '') !~ '^(nextval|now|clock_timestamp)' AND table_name !~ '^_'
    GROUP BY 1 ORDER BY 1
"""


async def take_snapshot(pool: Pool) -> Snapshot:
    """Every row of every table, in an order of its own."""
    snapshot = {
        table: sorted(map(_told, await pool.fetch(f"SELECT {_list(columns)} FROM {table}")))  # noqa: S608
        for table, columns in await pool.fetch(_TABLES)
    }
    linked = await pool.fetch("SELECT DISTINCT loan_id, kind, row_id FROM evidence")
    del snapshot["last_links"]
    return snapshot | {"evidence": sorted(map(_told, linked))}


def differences(undisturbed: Snapshot, disturbed: Snapshot) -> list[str]:
    """The rows that only one of two databases has, a line each."""
    found = []
    for table in sorted(undisturbed.keys() | disturbed.keys()):
        here, there = undisturbed.get(table, []), disturbed.get(table, [])
        found += [f"{table}: missing {dict(row)}" for row in _without(here, there)]
        found += [f"{table}: too much {dict(row)}" for row in _without(there, here)]
    return found


def _without(rows: list[Row], others: list[Row]) -> list[Row]:
    left = list(others)
    missing = []
    for row in rows:
        if row in left:
            left.remove(row)
        else:
            missing.append(row)
    return missing


def _list(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _told(row: asyncpg.Record) -> Row:
    return tuple((name, _value(value)) for name, value in row.items() if name not in _WRITTEN_ANEW)


def _value(value: Any) -> str:
    if isinstance(value, datetime):
        return str(value.astimezone(ZoneInfo(ZONE)).date())
    if isinstance(value, asyncpg.Range):
        return f"{_value(value.lower)} to {_value(value.upper)}"
    if isinstance(value, bytes):  # a document: its text, which says the same, is compared
        return "bytes"
    text = value if isinstance(value, str) else json.dumps(value, default=str, sort_keys=True)
    text = _INSTANT.sub(_day_of, text)
    for pattern in (_UUID, _HASH, _CODE, _TIME_OF_DAY):
        text = pattern.sub("#", text)
    return text


def _day_of(found: re.Match[str]) -> str:
    moment = datetime.fromisoformat(found.group())
    return str((moment.astimezone(ZoneInfo(ZONE)) if moment.tzinfo else moment).date())
