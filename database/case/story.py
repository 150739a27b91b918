"""What was done and not done for one loan, from the database alone."""

import json
from datetime import datetime
from typing import Any, Literal

import asyncpg
from pydantic import BaseModel

from database.sql import SQL, Pool
from domain.contact.status import AttemptStatus
from domain.debt.money import format_money

Kind = Literal[
    "contact", "contact refused", "event", "event refused", "payment", "promise", "hold",
    "complaint", "application", "approval", "appointment", "check-in", "visit", "plan",
    "agreement", "notice", "wish", "reply", "policy", "case", "end",
]  # fmt: skip
# What an accepted event is about; any other is told as an event.
_KINDS: dict[str, Kind] = {
    "visit_rejected": "approval",
    "approval_withdrawn": "approval",
    "plan_approved": "approval",
    "plan_rejected": "approval",
    "appointment_declined": "appointment",
    "appointment_withdrawn": "appointment",
    "visit_checked_in": "check-in",
    "visit_reported": "visit",
    "visit_withdrawn": "visit",
    "renegotiation_requested": "plan",
    "agreement_declined": "agreement",
    "contact_preferences_changed": "wish",
    "policy_adopted": "policy",
}
_SAID_BY_THE_LINE = {"event_id", "occurred_at", "source", "name"}


class Entry(BaseModel):
    """One thing that was done, said or refused; an amount is in minor units."""

    at: datetime
    kind: Kind
    what: str
    result: str
    amount_minor: int | None = None
    rule_id: str | None = None
    retry_at: datetime | None = None
    policy_version: str | None = None
    policy_sha256: str | None = None
    current_policy: str | None = None
    facts: dict[str, Any] | None = None
    attempt_id: str | None = None  # of a contact: what `call_finished` and a provider name it by
    sent_to: str | None = None  # the number
    said: dict[str, str] | None = None  # the words; erased, or of before they were kept: None
    template_version: str | None = None
    delivery: str | None = None  # what the latest receipt says, with when, and the provider's code
    delivery_at: datetime | None = None
    delivery_code: str | None = None


class Story(BaseModel):
    """A loan's entries, newest first, with what is needed to tell them."""

    loan_id: str
    currency: str
    time_zone: str
    status: str  # of the loan; a case is opened of an `active` one only
    stage: str | None  # of the case that is open, or whose end is not finished, if one is
    entries: list[Entry]


async def read_story(pool: Pool, loan_id: str) -> Story | None:
    """Everything on record for a loan; None when there is no such loan."""
    loan = await SQL.story_of_loan(pool, loan_id=loan_id)
    if loan is None:
        return None
    entries = [_contact(row) async for row in SQL.story_attempts(pool, loan_id=loan_id)]
    entries += [_refusal(row) async for row in SQL.story_refusals(pool, loan_id=loan_id)]
    entries += [_refused(row) async for row in SQL.story_refused_events(pool, loan_id=loan_id)]
    entries += [
        _accepted(row, loan["currency"]) async for row in SQL.story_events(pool, loan_id=loan_id)
    ]
    for read in (
        SQL.story_money,
        SQL.story_holds,
        SQL.story_approvals,
        SQL.story_appointments,
        SQL.story_visits,
        SQL.story_plans,
        SQL.story_replies,
        SQL.story_notices,
        SQL.story_agreements,
        SQL.story_cases,
    ):
        entries += [Entry(**row) async for row in read(pool, loan_id=loan_id)]
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
        attempt_id=row["attempt_id"],
        sent_to=row["sent_to"],
        said=None if row["said"] is None else json.loads(row["said"]),
        template_version=row["template_version"],
        delivery=row["delivery"],
        delivery_at=row["delivery_at"],
        delivery_code=row["delivery_code"],
        **_decided_on(row),
    )


def _refusal(row: asyncpg.Record) -> Entry:
    return Entry(
        at=row["at"],
        kind="contact refused",
        what=f"{row['intent']} by {row['channel']}",
        result=row["reason"],
        rule_id=row["rule_id"],
        retry_at=row["retry_at"],
        **_decided_on(row),
    )


def _refused(row: asyncpg.Record) -> Entry:
    rule_id, colon, reason = row["reason"].partition(": ")
    return Entry(
        at=row["at"],
        kind="event refused",
        what=f"{row['name']} {row['event_id']} from {row['source']}, in {row['stage']}",
        result=reason if colon else row["reason"],
        rule_id=rule_id if colon else None,
    )


def _accepted(row: asyncpg.Record, currency: str) -> Entry:
    body = json.loads(row["body"])
    said = [
        _named(name, value, currency)
        for name, value in body.items()
        if name not in _SAID_BY_THE_LINE and value not in (None, "", [], {})
    ]
    return Entry(
        at=row["at"],
        kind=_KINDS.get(row["name"], "event"),
        what=f"{row['name'].replace('_', ' ')} from {row['source']}",
        result="; ".join(said) or "accepted",
    )


def _named(name: str, value: object, currency: str) -> str:
    """A field and what it says; of an amount, the money that it is."""
    what = name.removesuffix("_minor")
    if what != name and type(value) is int:
        return f"{what.replace('_', ' ')} {format_money(value, currency)}"
    return f"{name.replace('_', ' ')} {_in_words(value, currency)}"


def _in_words(value: object, currency: str) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        said = (_named(name, each, currency) for name, each in value.items() if each is not None)
        return f"({', '.join(said)})"
    if isinstance(value, list):
        return ", ".join(_in_words(each, currency) for each in value)
    return str(value)


def _decided_on(row: asyncpg.Record) -> dict[str, Any]:
    return {
        "policy_version": row["policy_version"],
        "policy_sha256": row["policy_sha256"],
        "current_policy": row["current_policy"],
        "facts": None if row["facts"] is None else json.loads(row["facts"]),
    }
