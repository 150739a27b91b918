"""How many news a second are delivered, against bare inserts; and what writing them costs a fact.

On one embedded, durable Postgres, in turn (A B B A …): rows of the size of news are inserted, one a
transaction, by as many writers as the dispatcher sends at once; and news that are committed are
published, signed, posted to a receiver on loopback that answers at once, and noted as delivered.
Then promises are written with the triggers that write news, and without.

    python -m benchmarks.news_deliveries [--loans 200] [--each 10] [--pairs 4]
"""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from benchmarks.contact_steps import insert_loans
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from commands.server import open_news
from database.case.scan import Cursor, Scan
from database.migrate import apply_migrations
from database.news.endpoints import Endpoints
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from door.news.dispatcher import AT_ONCE
from embedded.postgres import EmbeddedPostgres
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY, Settings

_PROMISE = (
    "INSERT INTO promises (promise_id, case_id, loan_id, amount_minor, due_on, made_at, made_after)"
    " SELECT $1, case_id, loan_id, 100, overdue_since, now(), 0 FROM collection_cases"
    " WHERE loan_id = $2"
)
_ENDS_WITHIN_SECONDS = 300
_BARE = "INSERT INTO bare (loan_id, body) VALUES ($2, repeat('x', 400) || $1)"


def main(
    loans: Annotated[int, typer.Option(help="Loans that news are of")] = 200,
    each: Annotated[int, typer.Option(help="News of each")] = 10,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 4,
    anyway: Anyway = False,
) -> None:
    """Print the rates of each pair, and the median of their ratios."""
    run_bench(_run([f"loan-{number}" for number in range(loans)], each, pairs), anyway=anyway)


async def _run(ids: list[str], each: int, pairs: int) -> int:
    async with _database() as (url, pool), _receiver() as address:
        await _open_cases(pool, ids)
        settings = Settings.model_validate(
            {"database_url": url, "door_key": "k" * 40, "news_to_private_addresses": True}
        )
        await Endpoints(pool).add("bench", address, ["*"], ["*"], "salt", datetime.now(UTC))
        rounds = ([(f"{loan}-{number}-{one}", loan) for one in range(each) for loan in ids]
                  for number in itertools.count())  # fmt: skip
        delivered, costs = [], []
        for pair in range(pairs):
            with_news = await _write(pool, _PROMISE, next(rounds))
            sending = await _deliver(settings, pool)
            bare = await _write(pool, _BARE, next(rounds))
            await pool.execute("ALTER TABLE promises DISABLE TRIGGER USER")
            without = await _write(pool, _PROMISE, next(rounds))
            await pool.execute("ALTER TABLE promises ENABLE TRIGGER USER")
            delivered.append(sending / bare)
            costs.append(with_news / without)
            typer.echo(
                f"{pair + 1}: delivered {sending:.0f}/s, bare inserts {bare:.0f}/s;"
                f" facts with news {with_news:.0f}/s, without {without:.0f}/s"
            )
        say_ratios("deliveries of news against bare inserts", delivered)
        say_ratios("facts with news against facts without", costs)
    return 0


@asynccontextmanager
async def _database() -> AsyncIterator[tuple[str, Pool]]:
    with TemporaryDirectory(prefix="loan-collections-") as directory:
        server = EmbeddedPostgres(Path(directory), durable=True)
        server.start()
        try:
            url = server.url("postgres")
            await apply_migrations(url)
            pool = await open_pool(url, size=AT_ONCE)
            async with pool:
                await pool.execute("CREATE TABLE bare (loan_id text, body text)")
                yield url, pool
        finally:
            await server.stop()


async def _open_cases(pool: Pool, ids: list[str]) -> None:
    policy, now = read_policy(CHINA_POLICY), datetime.now(UTC)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now)
    await insert_loans(pool, ids)
    async for _ in Scan(pool).open_cases(Cursor(), policy.version, now):
        pass


async def _write(pool: Pool, statement: str, rows: list[tuple[str, str]]) -> float:
    """Rows a second, each in a transaction of its own."""
    waiting = iter(rows)

    async def write() -> None:
        for row in waiting:
            await pool.execute(statement, *row)

    began_at = time.monotonic()
    await asyncio.gather(*(write() for _ in range(AT_ONCE)))
    return len(rows) / (time.monotonic() - began_at)


async def _deliver(settings: Settings, pool: Pool) -> float:
    """News a second, from committed to noted as delivered."""
    unsent = (
        "SELECT count(*) FROM news n WHERE NOT EXISTS (SELECT FROM news_deliveries d"
        " WHERE d.news_id = n.news_id AND d.state = 'delivered')"
    )
    number, began_at = await pool.fetchval(unsent), time.monotonic()
    async with open_news(settings, pool), asyncio.timeout(_ENDS_WITHIN_SECONDS):
        while await pool.fetchval(unsent):  # noqa: ASYNC110 (the database says it)
            await asyncio.sleep(0.1)
    return float(number) / (time.monotonic() - began_at)


@asynccontextmanager
async def _receiver() -> AsyncIterator[str]:
    """It answers 204 to every request, and reads no more of it than where it ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while head := await _head(reader):
            length = next(line for line in head if line.lower().startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/news"


async def _head(reader: asyncio.StreamReader) -> list[bytes]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except asyncio.IncompleteReadError:
        return []


if __name__ == "__main__":
    typer.run(main)
