"""The chain of what is on record: its links in order, whatever wrote the rows."""

import asyncio
import json

import pytest

from database.audit import Audit
from database.sql import Pool
from domain.events import EVENTS
from domain.events.fields import Text
from tests.support.world import Loan, OpenCase

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)
REFUSE = (
    "INSERT INTO contact_refusals (case_id, intent_key, at, channel, rule_id, reason,"
    " policy_version) SELECT $1, $2, $3, 'sms', 'CN-02', 'at night', version FROM policies LIMIT 1"
)


async def test_writers_at_once_make_one_chain(pool: Pool, open_case: OpenCase) -> None:
    """Nobody's link is lost, and none waits for another's lock."""
    case_id = await open_case(LOAN, 100)
    await asyncio.gather(*(pool.execute(REFUSE, case_id, str(n), NOW) for n in range(20)))
    links = await pool.fetch("SELECT sequence FROM evidence WHERE loan_id = 'L-1' ORDER BY 1")
    assert [link["sequence"] for link in links] == list(range(1, 21))
    assert await Audit(pool).breaches_of("G15", NOW) == []


async def test_digest_is_the_same_in_any_session(pool: Pool, open_case: OpenCase) -> None:
    """A session's zone and style of dates are nothing to a row."""
    case_id = await open_case(LOAN, 100)
    async with pool.acquire() as connection:
        await connection.execute("SET timezone = 'Asia/Kolkata'; SET datestyle = 'German'")
        await connection.execute(REFUSE, case_id, "1", NOW)
        await connection.execute("SET timezone = 'America/Lima'; SET datestyle = 'SQL'")
        assert await Audit(connection).breaches_of("G15", NOW) == []
        await connection.execute("RESET timezone; RESET datestyle")


@pytest.mark.parametrize("statement", ["DELETE FROM evidence", "UPDATE evidence SET kind = 'x'"])
async def test_links_are_append_only(pool: Pool, open_case: OpenCase, statement: str) -> None:
    """By the table itself."""
    await pool.execute(REFUSE, await open_case(LOAN, 100), "1", NOW)
    with pytest.raises(Exception, match="append-only"):
        await pool.execute(statement)


async def test_free_text_of_each_event_is_personal(pool: Pool) -> None:
    """What people wrote in their own words is hashed apart, and can be erased."""
    free = {
        name
        for event in EVENTS.values()
        for name, annotation in event.__annotations__.items()
        if annotation == Text
    }
    fact = {"name": "phone_reported", "accepted": True, "body": dict.fromkeys(free, "words")}
    assert len(free) > 5
    asked = "SELECT personal_part('case_events', $1::text::jsonb)::text"
    assert free == json.loads(await pool.fetchval(asked, json.dumps(fact))).keys()
