"""The embedded stack as a process of its own, as outsiders meet it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from domain.clock import BusinessClock
from tests.support.processes.outside import Outside
from tests.support.processes.patience import POLL_SECONDS


@pytest.fixture
async def outside(repository: Path, tmp_path: Path) -> AsyncIterator[Outside]:
    """The embedded stack as a process of its own, at one and a half seconds a business day."""
    clock = BusinessClock(
        started_at=datetime.now(UTC),
        origin=datetime(2026, 3, 1, 1, tzinfo=UTC),
        day_length=timedelta(seconds=1.5),
        day_ends=timedelta(hours=14),
        day_share=0.95,
    )
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        "BUSINESS_CLOCK": str(clock),
        "SCAN_EVERY_SECONDS": "3",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        repository / "local.py",
        "up",
        "--data-dir",
        tmp_path / "stack",
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        env_file = tmp_path / "stack" / "env"
        async with asyncio.timeout(60):
            while not env_file.exists():
                assert process.returncode is None, "the stack ended"
                await asyncio.sleep(POLL_SECONDS)
        settings = dict(line.split("=", 1) for line in env_file.read_text().split("\n") if line)
        database = await asyncpg.connect(settings["DATABASE_URL"])
        yield Outside(repository, environment | settings, database, clock)
        await database.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
