"""What the world can see of the service: messages, calls, notices to staff, agreements."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import asyncpg

from database.sql import Pool
from domain.messages.templates import Template

POLL_SECONDS = 0.2

# Rows become visible a little out of order: each look goes back some way and knows what it saw.
_MESSAGES = """
    SELECT reference AS key, sequence AS position, channel, number, text FROM simulated_outbox
    WHERE sequence > $1 - 50 ORDER BY sequence
"""
_NOTICES = """
    SELECT notice_id AS key, created_at AS position, audience, kind, body::text AS body
    FROM staff_notices
    WHERE created_at > $1::timestamptz - interval '4 days' ORDER BY created_at
"""
_AGREEMENTS = """
    SELECT agreement_id AS key, offered_at AS position, agreement_id, loan_id, visit_id, plan_id,
           document_sha256
    FROM agreements WHERE offered_at > $1::timestamptz - interval '4 days' ORDER BY offered_at
"""

Handle = Callable[[asyncpg.Record], Awaitable[None]]


@dataclass
class Feed:
    """New rows of one kind, each handed over once."""

    query: str
    handle: Handle
    position: int | datetime

    def __post_init__(self) -> None:
        self._seen: set[str] = set()

    async def look(self, pool: Pool) -> None:
        """Hand over what is new."""
        for row in await pool.fetch(self.query, self.position):
            if row["key"] not in self._seen:
                self._seen.add(row["key"])
                self.position = max(self.position, row["position"])
                await self.handle(row)


async def watch(
    pool: Pool, since: datetime, *, messages: Handle, notices: Handle, agreements: Handle
) -> None:
    """Hand over messages, notices and agreements as they appear; for ever."""
    feeds = [
        Feed(_MESSAGES, messages, 0),
        Feed(_NOTICES, notices, since),
        Feed(_AGREEMENTS, agreements, since),
    ]
    while True:
        for feed in feeds:
            await feed.look(pool)
        await asyncio.sleep(POLL_SECONDS)


# A phrase that only one message has: how a reader knows what it is about.
_PHRASES = {
    Template.VISIT_INVITATION: "提交上门协商申请",
    Template.VISIT_APPOINTMENT: "请在App确认、改期或拒绝",
}

_CODE = re.compile(r"到访码(\d{6})")


def subject(text: str) -> Template | None:
    """What a message asks of the borrower, if anything."""
    return next((template for template, phrase in _PHRASES.items() if phrase in text), None)


def visit_code(text: str) -> str | None:
    """The code in a message about a visit, by which the borrower checks who comes."""
    found = _CODE.search(text)
    return found.group(1) if found else None
