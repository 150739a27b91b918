"""What the other sides share: their tables, and a gate in front of the provider.

The gate is the product's, reduced: a contact is reserved before the provider is asked, on facts
read in the same statement; a retry that finds a reservation asks what became of it. Each side
could leave it out and send from a step as its documentation begins: that is PEERS_GATE=off.
"""

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx2

from benchmarks.peers.life import CREW, DAY, VARIABLES, Contact, number_of, telephone

IS_GATED = os.environ.get(VARIABLES["GATE"], "on") == "on"
SCHEMA = """
    CREATE TABLE cases (
        case_id text PRIMARY KEY,
        opened_at double precision NOT NULL,
        -- What follows is the poller's alone.
        state text NOT NULL DEFAULT 'ladder-1',
        next_at double precision,
        answers text[] NOT NULL DEFAULT '{}',
        slot double precision
    );
    CREATE INDEX due_cases ON cases (next_at) WHERE next_at IS NOT NULL;
    CREATE TABLE payments (payment_id text PRIMARY KEY, case_id text NOT NULL REFERENCES cases);
    CREATE INDEX payments_of_case ON payments (case_id);
    CREATE TABLE contacts (
        reference text PRIMARY KEY,
        case_id text NOT NULL REFERENCES cases,
        template text NOT NULL,
        reserved_at timestamptz NOT NULL DEFAULT now(),
        status text NOT NULL DEFAULT 'reserved'
    );
    CREATE TABLE visits (case_id text PRIMARY KEY REFERENCES cases, status text NOT NULL);
    CREATE TABLE collectors (badge_id text PRIMARY KEY);
    CREATE TABLE bookings (
        badge_id text NOT NULL REFERENCES collectors,
        starts_at double precision NOT NULL,
        case_id text NOT NULL REFERENCES cases,
        PRIMARY KEY (badge_id, starts_at)
    );
    CREATE INDEX bookings_of_case ON bookings (case_id);
    CREATE TABLE crew_notices (
        notice_id text PRIMARY KEY, case_id text NOT NULL REFERENCES cases, kind text NOT NULL
    );
"""
_RESERVE = """
    INSERT INTO contacts (reference, case_id, template)
    SELECT $1, $2, $3
    WHERE NOT ($4 AND EXISTS (SELECT FROM payments WHERE case_id = $2))
    ON CONFLICT DO NOTHING RETURNING true
"""
_BOOK = """
    INSERT INTO bookings (badge_id, starts_at, case_id)
    SELECT badge_id, $2::double precision, $1 FROM collectors c
    WHERE NOT EXISTS (
        SELECT FROM bookings b
        WHERE b.badge_id = c.badge_id
          AND abs(b.starts_at - $2::double precision) < $3::double precision
    )
    ORDER BY badge_id LIMIT $4 FOR UPDATE SKIP LOCKED
    ON CONFLICT DO NOTHING RETURNING badge_id
"""
_AROUND = DAY / 8  # a visit and the time to travel


class NoCrewError(Exception):
    """Nobody was free at this try."""


class Record:
    """One case's business record in Postgres, and the way to the provider. All may be repeated."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", provider: httpx2.AsyncClient) -> None:
        self._pool = pool
        self._provider = provider

    async def contact(self, case_id: str, contact: Contact, by: float) -> str:
        """Make a contact before a moment, at most once; answers what became of it."""
        reference = f"{case_id}:{contact.step}"
        if not IS_GATED:
            await self._send(case_id, contact, reference)
            return "sent"
        return await self._through_gate(case_id, contact, reference, by)

    async def _through_gate(self, case_id: str, contact: Contact, reference: str, by: float) -> str:
        is_late = time.time() >= by
        if not is_late and await self._pool.fetchval(
            _RESERVE, reference, case_id, contact.template, contact.collects
        ):
            await self._send(case_id, contact, reference)
        else:
            status = await self._pool.fetchval(
                "SELECT status FROM contacts WHERE reference = $1", reference
            )
            if status is None:
                return "missed" if is_late else "refused"
            if status == "sent":
                return "sent"
            if not await self._was_taken(reference):
                if is_late:
                    return "missed"
                await self._send(case_id, contact, reference)
        await self._pool.execute(
            "UPDATE contacts SET status = 'sent' WHERE reference = $1", reference
        )
        return "sent"

    async def _send(self, case_id: str, contact: Contact, reference: str) -> None:
        message = {
            "reference": reference,
            "channel": contact.channel,
            "number": telephone(number_of(case_id)),
            "template": contact.template,
            "text": f"{contact.template}: {contact.step}",
        }
        (await self._provider.post("/messages", json=message)).raise_for_status()

    async def _was_taken(self, reference: str) -> bool:
        answer = await self._provider.get(f"/messages/{reference}")
        return bool(answer.raise_for_status().json()["taken"])

    async def take_payment(self, case_id: str, payment_id: str) -> None:
        """On record, once."""
        await self._pool.execute(
            "INSERT INTO payments VALUES ($2, $1) ON CONFLICT DO NOTHING", case_id, payment_id
        )

    async def note_visit(self, case_id: str, status: str) -> None:
        """Where the visit stands, for all who look."""
        await self._pool.execute(
            "INSERT INTO visits VALUES ($1, $2)"
            " ON CONFLICT (case_id) DO UPDATE SET status = excluded.status",
            case_id,
            status,
        )

    async def book_crew(self, case_id: str, starts_at: float) -> None:
        """Two collectors who are free then; they are this case's if they were before."""
        async with self._pool.acquire() as connection, connection.transaction():
            query = "SELECT count(*) FROM bookings WHERE case_id = $1"
            if await connection.fetchval(query, case_id) >= CREW:
                return
            booked = await connection.fetch(_BOOK, case_id, starts_at, _AROUND, CREW)
            if len(booked) < CREW:
                raise NoCrewError(case_id)

    async def release_crew(self, case_id: str) -> None:
        """Their time is free again, and they are told that nobody is expected."""
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute("DELETE FROM bookings WHERE case_id = $1", case_id)
            await connection.execute(
                "INSERT INTO crew_notices VALUES ($1 || ':called-off', $1, 'called_off')"
                " ON CONFLICT DO NOTHING",
                case_id,
            )


@asynccontextmanager
async def open_record() -> AsyncIterator[Record]:
    """As the environment says: DATABASE_URL, and the provider's address."""
    async with (
        asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=16) as pool,
        httpx2.AsyncClient(
            base_url=os.environ[VARIABLES["PROVIDER"]],
            timeout=12,
            limits=httpx2.Limits(max_connections=64, max_keepalive_connections=64),
        ) as provider,
    ):
        yield Record(pool, provider)
