"""A database of a bench's own."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.means.processor import time_of
from database.migrate import apply_migrations
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from embedded.postgres import EmbeddedPostgres
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY


class Database(NamedTuple):
    """A server's database: its address, a pool of one connection, the server's process."""

    url: str
    pool: Pool
    postmaster: int

    def processor_seconds(self) -> float:
        """What this process and the server have taken since they were started."""
        return time.process_time() + time_of(self.postmaster)


@asynccontextmanager
async def migrated_database() -> AsyncIterator[Database]:
    """An embedded server's one database, with our schema and nothing in it.

    Nothing waits for the disk: what is measured in it is work.
    """
    with TemporaryDirectory(prefix="loan-collections-") as directory:
        server = EmbeddedPostgres(Path(directory), durable=False)
        postmaster = server.start()
        try:
            await server.prepare()
            await apply_migrations(server.url())
            async with await open_pool(server.url(), size=1) as pool:
                yield Database(server.url(), pool, postmaster)
        finally:
            await server.stop()


async def store_shipped_policy(pool: Pool, now: datetime) -> str:
    """Put it on record; its version."""
    policy = read_policy(CHINA_POLICY)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now)
    return policy.version
