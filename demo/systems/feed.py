"""What the people in the demo see of the service: the messages and calls to their numbers."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import asyncpg

from database.sql import Pool
from domain.messages.templates import Template

POLL_SECONDS = 0.2

# Rows become visible a little out of order: each look goes back some way and knows what it saw.
_MESSAGES = """
    SELECT reference AS key, sequence AS position, channel, number, text FROM simulated_outbox
    WHERE sequence > $1 - 50 ORDER BY sequence
"""

Handle = Callable[[asyncpg.Record], Awaitable[None]]


async def watch(pool: Pool, handle: Handle) -> None:
    """Hand over messages and calls as they appear, each once; for ever."""
    position, seen = 0, set[str]()
    while True:
        for row in await pool.fetch(_MESSAGES, position):
            if row["key"] not in seen:
                seen.add(row["key"])
                position = max(position, row["position"])
                await handle(row)
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
