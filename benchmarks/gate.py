"""Reservations per second, against a bare transaction that locks one row and inserts one.

Both sides run on the same embedded Postgres with as many connections and senders, and are
measured in turn (A B A B …); the figure to quote is the median ratio within a pair, for a number
of senders. A reservation is all that the gate does before the provider is asked: facts, rules,
insert.

    python -m benchmarks.gate [--seconds 2] [--pairs 7] [--senders 4 --senders 16] [--durable]
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.contact_steps import insert_loans
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.case.scan import Cursor, Scan
from database.contact.contacts import Contacts
from database.contact.reservation import Reservation
from database.migrate import apply_migrations
from database.policy.pinned_policies import PinnedPolicies
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from embedded.postgres import EmbeddedPostgres
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY

BORROWERS = 2000
WARM_UP_SECONDS = 2
SENDERS = [1, 4, 8, 16]
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # of borrowers who live by UTC
BARE_TABLE = "CREATE TABLE bare_attempts (LIKE contact_attempts INCLUDING ALL)"
BARE_KEYS = {
    "case_id": "collection_cases",
    "loan_id": "loans",
    "borrower_id": "borrowers",
    "phone_id": "phones",
    "policy_version": "policies",
}
BARE_INSERT = (
    "INSERT INTO bare_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id, phone_id,"
    " channel, template, purpose, reserved_at, status, policy_version, policy_sha256,"
    " current_policy, facts) VALUES ($1, $1, $2, $3, $3, $3, 'sms', 'overdue_notice',"
    " 'collection', $4, 'reserved', $5, $6, $5, $7)"
)
Step = Callable[[int], Awaitable[None]]


def main(
    senders: Annotated[list[int], typer.Option(help="How many at once, on either side")] = SENDERS,
    seconds: Annotated[float, typer.Option(help="How long each side is measured")] = 2,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 7,
    durable: Annotated[bool, typer.Option(help="Let each commit reach the disk")] = False,
    anyway: Anyway = False,
) -> None:
    """Print both rates and their ratio pair by pair, and the gate's round trips."""
    run_bench(_run(senders, seconds, pairs, durable=durable), anyway=anyway)


async def _run(senders: list[int], seconds: float, pairs: int, *, durable: bool) -> int:
    async with AsyncExitStack() as stack:
        directory = stack.enter_context(TemporaryDirectory(prefix="loan-collections-"))
        server = EmbeddedPostgres(Path(directory), durable=durable)
        server.start()
        stack.push_async_callback(server.stop)
        await server.prepare()
        await apply_migrations(server.url())
        async with await open_pool(server.url(), size=1) as pool:
            case_ids = await _open_cases(pool)
        numbers = count()  # of reservations, on either side: no intent comes twice
        for many in senders:
            async with await open_pool(server.url(), size=many) as pool:
                await _compare(pool, case_ids, numbers, many, seconds, pairs)
        trips = await _round_trips(server.url(), case_ids, next(numbers) + BORROWERS)
    typer.echo(f"{len(trips)} round trips before the provider: {'; '.join(trips)}")
    return 0


async def _compare(
    pool: Pool,
    case_ids: list[str],
    numbers: "count[int]",
    senders: int,
    seconds: float,
    pairs: int,
) -> None:
    reserve, reserve_bare = _reserver(pool, case_ids), await _bare_reserver(pool, case_ids)
    for step in (reserve_bare, reserve):
        await _rate(step, numbers, WARM_UP_SECONDS, senders)
    await pool.execute("ANALYZE")  # as a database that has been at work for a while
    ratios = []
    for _ in range(pairs):
        bare = await _rate(reserve_bare, numbers, seconds, senders)
        ours = await _rate(reserve, numbers, seconds, senders)
        ratios.append(ours / bare)
        typer.echo(f"bare {bare:7.0f}/s   gate {ours:7.0f}/s   ratio {ours / bare:.3f}")
    say_ratios(f"gate against a bare transaction, {senders} senders", ratios)


async def _open_cases(pool: Pool) -> list[str]:
    policy = read_policy(CHINA_POLICY)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOON)
    await insert_loans(pool, [f"bench-{n}" for n in range(BORROWERS)])
    case_ids = []
    async for page in Scan(pool).open_cases(Cursor(), policy.version, NOON):
        case_ids += [case.case_id for case in page.to_start]
    await pool.execute(BARE_TABLE)
    for column, table in BARE_KEYS.items():
        await pool.execute(
            f"ALTER TABLE bare_attempts ADD FOREIGN KEY ({column}) REFERENCES {table}"
        )
    return case_ids


def _reserver(pool: Pool, case_ids: list[str]) -> Step:
    """One contact of one borrower after the other; a day later when all had theirs."""
    contacts = Contacts(pool, PinnedPolicies(read_policy(CHINA_POLICY)))

    async def reserve(number: int) -> None:
        days, which = divmod(number, BORROWERS)
        intent = Intent(
            key=f"{number}",
            case_id=case_ids[which],
            channel=Channel.SMS,
            purpose=Purpose.COLLECTION,
            template="overdue_notice",
        )
        reservation = await contacts.reserve_contact(intent, NOON + timedelta(days=days))
        if not isinstance(reservation, Reservation):
            raise TypeError(str(reservation))

    return reserve


async def _bare_reserver(pool: Pool, case_ids: list[str]) -> Step:
    """The same row, into a table with the same indexes and foreign keys.

    Its facts are those of a first contact: fewer than the gate's, which grow with each attempt.
    """
    policy = read_policy(CHINA_POLICY)
    sha256 = fingerprint(policy)
    facts = await pool.fetchval(
        "SELECT facts::text FROM contact_facts($1, 'bare', $2, 0)", case_ids[0], NOON
    )

    async def reserve(number: int) -> None:
        which = number % BORROWERS
        borrower = f"bench-{which}"
        async with pool.acquire() as connection, connection.transaction():
            await connection.fetchval(
                "SELECT borrower_id FROM borrowers WHERE borrower_id = $1 FOR UPDATE", borrower
            )
            await connection.execute(
                BARE_INSERT,
                f"{number}",
                case_ids[which],
                borrower,
                NOON,
                policy.version,
                sha256,
                facts,
            )

    return reserve


async def _rate(step: Step, numbers: "count[int]", seconds: float, senders: int) -> float:
    loop = asyncio.get_running_loop()
    began_at, done = loop.time(), 0

    async def send() -> None:
        nonlocal done
        while loop.time() < began_at + seconds:
            await step(next(numbers))
            done += 1

    await asyncio.gather(*(send() for _ in range(senders)))
    return done / (loop.time() - began_at)


async def _round_trips(database_url: str, case_ids: list[str], number: int) -> list[str]:
    """What one reservation asks the database, once its statements are prepared."""
    trips: list[str] = []
    async with await open_pool(database_url, size=1) as pool:
        reserve = _reserver(pool, case_ids)
        await reserve(number)
        async with pool.acquire() as connection:
            connection.add_query_logger(lambda query: trips.append(_gist(query.query)))
        await reserve(number + 1)
    return trips


def _gist(statement: str) -> str:
    lines = [line for line in statement.splitlines() if not line.startswith("--")]
    return " ".join(" ".join(lines).split()[:3]).rstrip(";")


if __name__ == "__main__":
    typer.run(main)
