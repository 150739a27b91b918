"""One Postgres for the whole run, a fresh migrated database for each test that asks."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from database.migrate import apply_migrations
from database.sql import Pool, open_pool
from domain.policy.policy import Policy
from embedded.postgres import EmbeddedPostgres
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from runtime.zone_data import use_pinned_zone_data
from tests.support.databases import TEMPLATE, fresh_database

IN_MEMORY = Path("/dev/shm")  # noqa: S108  (the directory is made there safely)
ENOUGH_BYTES = 2 * 1024**3  # a container may give it 64 MB


use_pinned_zone_data()  # as every command does first
# How long one example takes says something of the machine, and nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A real server with one migrated template database."""
    # Not in pytest's own directory: another run of pytest closes that to the server's user.
    with TemporaryDirectory(prefix="loan-collections-", dir=_quick_directory()) as directory:
        server = EmbeddedPostgres(Path(directory), durable=False)
        server.start()
        try:
            asyncio.run(_prepare_template(server))
            yield server
        finally:
            asyncio.run(server.stop())


def _quick_directory() -> Path | None:
    """Memory, where there is enough: a new database there takes a tenth of the time."""
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ENOUGH_BYTES:
        return IN_MEMORY
    return None


async def _prepare_template(server: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(server.url("postgres"))
    await connection.execute("ALTER SYSTEM SET fsync = off")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    await connection.close()
    await apply_migrations(server.url(TEMPLATE))


@pytest.fixture
async def database_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The address of a fresh, migrated, empty database."""
    async with fresh_database(postgres) as url:
        yield url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """Connections to a fresh database."""
    pool = await open_pool(database_url)
    yield pool
    await pool.close()


@pytest.fixture(scope="session")
def policy() -> Policy:
    """The Chinese policy, as shipped."""
    return read_policy(CHINA_POLICY)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return Path(__file__).parent.parent
