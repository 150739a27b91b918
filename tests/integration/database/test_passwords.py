"""A password with any sign in it, as docker-compose.yml hands it over: beside the address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from database.migrate import apply_migrations
from database.sql import open_pool
from embedded.postgres import EmbeddedPostgres

USER = "any_sign"  # and its database
PASSWORD = "p@ss/w:rd%#'\"\\$x+ {&}?=密"


@pytest.fixture
async def address(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """An empty database whose owner is no superuser and has a password; the address has none."""
    admin = await asyncpg.connect(postgres.url("postgres"))
    quoted = await admin.fetchval("SELECT quote_literal($1::text)", PASSWORD)
    await admin.execute(f"CREATE ROLE {USER} LOGIN PASSWORD {quoted}")
    await admin.execute(f"CREATE DATABASE {USER} OWNER {USER}")
    async with _password_asked_for(admin):
        yield postgres.url(USER).replace("//postgres@", f"//{USER}@")
    await admin.execute(f"DROP DATABASE {USER}")
    await admin.execute(f"DROP ROLE {USER}")
    await admin.close()


@asynccontextmanager
async def _password_asked_for(admin: "asyncpg.Connection[asyncpg.Record]") -> AsyncIterator[None]:
    """The embedded server trusts everybody on its socket; meanwhile not this user."""
    file = Path(await admin.fetchval("SHOW hba_file"))
    rules = await asyncio.to_thread(file.read_text)
    try:
        await asyncio.to_thread(file.write_text, f"local all {USER} scram-sha-256\n{rules}")
        await admin.execute("SELECT pg_reload_conf()")
        yield
    finally:
        await asyncio.to_thread(file.write_text, rules)
        await admin.execute("SELECT pg_reload_conf()")


async def test_any_password_opens_the_database(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By PGPASSWORD, for the migrations, which need no superuser, and for the connections."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    await apply_migrations(address)
    async with await open_pool(address, size=1) as pool:
        assert await pool.fetchval("SELECT current_user") == USER


async def test_another_password_does_not(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise the test before would show nothing."""
    monkeypatch.setenv("PGPASSWORD", PASSWORD.replace("@", "%40"))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await open_pool(address, size=1)
