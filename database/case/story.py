"""What was done and not done for one loan, from the database alone."""

import json
from datetime import datetime
from typing import Any, Literal

import asyncpg
from pydantic import BaseModel

from database.sql import SQL, Pool
from domain.contact.status import AttemptStatus


class Entry(BaseModel):
    """A contact, a visit, the end of a case; or a contact or an event that was refused."""

    at: datetime
    kind: Literal["contact", "contact refused", "event refused", "visit", "end"]
    what: str
    result: str
    rule_id: str | None = None
    retry_at: datetime | None = None
    policy_version: str | None = None
    policy_sha256: str | None = None
    current_policy: str | None = None
    facts: dict[str, Any] | None = None


class Story(BaseModel):
    """A loan's entries, newest first, with what is needed to tell them."""

    loan_id: str
    currency: str
    time_zone: str
    entries: list[Entry]


async def read_story(pool: Pool, loan_id: str) -> Story | None:
    """Everything on record for a loan; None when there is no such loan."""
    loan = await SQL.story_of_loan(pool, loan_id=loan_id)
    if loan is None:
        return None
    entries = [_contact(row) async for row in SQL.story_attempts(pool, loan_id=loan_id)]
    entries += [_refusal(row) async for row in SQL.story_refusals(pool, loan_id=loan_id)]
    entries += [_event(row) async for row in SQL.story_refused_events(pool, loan_id=loan_id)]
    entries += [Entry(**row) async for row in SQL.story_visits(pool, loan_id=loan_id)]
    entries += [Entry(**row) async for row in SQL.story_ends(pool, loan_id=loan_id)]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Story(**dict(loan), entries=entries)


def _contact(row: asyncpg.Record) -> Entry:
    result = row["status"]
    if row["status"] == AttemptStatus.RESERVED:
        result = "reserved; nobody has written down what came of it, and it counts as made"
    elif row["outcome"]:
        result = f"{row['status']}: {row['outcome']}"
    return Entry(
        at=row["at"],
        kind="contact",
        what=f"{row['template']} ({row['purpose']}) by {row['channel']} to {row['phone_id']}",
        result=result,
        **_decided_on(row),
    )


def _refusal(row: asyncpg.Record) -> Entry:
    return Entry(
        at=row["at"],
        kind="contact refused",
        what=f"{row['intent_key']} by {row['channel']}",
        result=row["reason"],
        rule_id=row["rule_id"],
        retry_at=row["retry_at"],
        **_decided_on(row),
    )


def _event(row: asyncpg.Record) -> Entry:
    rule_id, colon, reason = row["reason"].partition(": ")
    return Entry(
        at=row["at"],
        kind="event refused",
        what=f"{row['name']} {row['event_id']} from {row['source']}, in {row['stage']}",
        result=reason if colon else row["reason"],
        rule_id=rule_id if colon else None,
    )


def _decided_on(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "policy_version": row["policy_version"],
        "policy_sha256": row["policy_sha256"],
        "current_policy": row["current_policy"],
        "facts": None if row["facts"] is None else json.loads(row["facts"]),
    }
