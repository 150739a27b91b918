"""What went wrong: the provider's own list against the guarantees, then the audit's findings."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from database.audit import Audit
from database.sql import Pool
from tests.support.gate.provider import WatchedProvider
from tests.support.world import ZONE

# Of the Chinese policy, written out: the check must not believe what it checks.
FIRST_HOUR, LAST_HOUR = 8, 21
CAPS = {"messages": 1, "connected calls": 3, "unanswered calls": 6}


async def wrongs(pool: Pool, provider: WatchedProvider, now: datetime) -> list[str]:
    """Everything wrong with what the provider took and with what is on record."""
    rows = await pool.fetch("SELECT * FROM contact_attempts")
    record = {row["attempt_id"]: dict(row) for row in rows}
    return [
        *provider.wrong,
        *_sent_twice(provider),
        *_at_night(provider),
        *_over_caps(provider, record),
        *_recorded_wrongly(provider, record),
        *map(str, await Audit(pool).broken(now)),
    ]


def _sent_twice(provider: WatchedProvider) -> Iterator[str]:
    times = Counter(message.reference for message in provider.taken)
    return (f"sent twice: {reference}" for reference, number in times.items() if number > 1)


def _at_night(provider: WatchedProvider) -> Iterator[str]:
    for message in provider.taken:
        if not FIRST_HOUR <= message.at.astimezone(ZoneInfo(ZONE)).hour <= LAST_HOUR:
            yield f"at night: {message.at}"


def _over_caps(provider: WatchedProvider, record: dict[str, dict[str, Any]]) -> Iterator[str]:
    """What nobody has reported back may have been answered, or not: it counts as both."""
    counts: Counter[tuple[str, str, object]] = Counter()
    for message in provider.taken:
        day = message.at.astimezone(ZoneInfo(ZONE)).date()
        # A number is its phone's id here, and begins with its borrower's.
        borrower = message.number.rpartition("-")[0]
        attempt = record.get(message.reference)
        if attempt is None:
            yield f"no attempt on record: {message.reference}"
        elif attempt["channel"] == "sms":
            counts["messages", borrower, day] += 1
        else:
            counts["connected calls", borrower, day] += attempt["outcome"] in (None, "connected")
            counts["unanswered calls", message.number, day] += attempt["outcome"] != "connected"
    for (what, whom, when), number in counts.items():
        if number > CAPS[what]:
            yield f"over the cap: {number} {what} to {whom} on {when}"


def _recorded_wrongly(
    provider: WatchedProvider, record: dict[str, dict[str, Any]]
) -> Iterator[str]:
    taken = {message.reference: message.number for message in provider.taken}
    for attempt_id, number in taken.items():
        attempt = record.get(attempt_id, {})
        if attempt.get("status") == "failed" or attempt.get("phone_id") != number:
            yield f"taken, but recorded otherwise: {attempt_id}"
    for attempt_id, attempt in record.items():
        if attempt["status"] == "reserved":
            yield f"reserved for ever: {attempt_id}"
