"""The embedded stack as a process of its own, as outsiders meet it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import pytest

from embedded.pace import measured_day
from runtime.clock_setting import ClockWish, read_clock
from runtime.env_file import read_env_file
from tests.support.processes.outside import Outside
from tests.support.processes.patience import POLL_SECONDS
from tests.support.processes.plant import Plant

# In pairs, as three processes are given them (`--dist load --maxschedchunk 1`): so they end at
# about the same time.
_IN_ORDER = (
    *("test_drill", "test_lost_engine", "test_from_outside", "test_door_drill"),
    *("test_failure_drills", "test_older_database"),
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first. Of a session that has other tests, too, only these are moved."""
    ours = sorted(
        (item for item in items if item.path.parent == Path(__file__).parent),
        key=lambda item: _IN_ORDER.index(item.path.stem),
    )
    items[:] = [*ours, *(item for item in items if item not in ours)]


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Not in pytest's directory, which any other pytest closes to all but its own user again."""
    with TemporaryDirectory(prefix="outside-") as directory:
        yield Path(directory)


@pytest.fixture
async def outside(repository: Path, data_dir: Path) -> AsyncIterator[Outside]:
    """The embedded stack as a process of its own, on a clock that this machine keeps up with.

    The clock is a wish: it begins when the servers answer, however long they take to start. A
    day has room for another test that begins beside this one after the machine was measured.
    """
    wish = {
        "origin": datetime(2026, 3, 1, 1, tzinfo=UTC).isoformat(),
        "day_length": (await measured_day()).total_seconds() * 1.5,
        "day_ends": "PT14H",
        "day_share": 0.95,
    }
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")},
        "BUSINESS_CLOCK": json.dumps(wish),
        "SCAN_EVERY_SECONDS": "3",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        repository / "local.py",
        "up",
        "--data-dir",
        data_dir,
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        env_file = data_dir / "env"
        async with asyncio.timeout(120):
            while not env_file.exists():
                assert process.returncode is None, "the stack ended"
                await asyncio.sleep(POLL_SECONDS)
        settings = read_env_file(env_file)
        database = await asyncpg.connect(settings["DATABASE_URL"])
        clock = read_clock(settings["BUSINESS_CLOCK"])
        yield Outside(repository, environment | settings, database, clock)
        await database.close()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def plant(repository: Path, tmp_path: Path) -> AsyncIterator[Plant]:
    """An installation on a clock that this machine keeps up with."""
    wish = ClockWish(
        {
            "origin": datetime(2026, 3, 1, tzinfo=UTC),
            "day_length": await measured_day() * 1.2,
            "day_ends": timedelta(hours=14),
            "day_share": 0.95,
        }
    )
    async with Plant(repository, tmp_path, wish) as plant:
        yield plant
