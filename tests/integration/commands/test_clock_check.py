"""A command on another clock than the service's says so, and one on the same does not."""

import pytest

from commands.clock_check import warn_of_another_clock
from commands.command_line import CommandError
from commands.ops.retention import retention
from database.policy.running_with import RunningWith, say_what_runs
from database.sql import Pool
from domain.clock import BusinessClock
from runtime.settings import Settings
from tests.support.world import Loan

NOW = Loan().at_days_past_due(5)
REAL = Settings(database_url="postgresql://somewhere/collections", business_clock=BusinessClock())


async def _warning(pool: Pool, capsys: pytest.CaptureFixture[str]) -> str:
    await warn_of_another_clock(pool, REAL)
    return capsys.readouterr().err


async def test_only_another_clock_is_warned_of(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing before a service has run; then by the one that started last."""
    assert not await _warning(pool, capsys)
    worker = RunningWith(said_by="worker", policy_version="cn-1", clock="{}", release="0.2.0")
    await say_what_runs(pool, worker, NOW)
    assert await _warning(pool, capsys) == (
        "BUSINESS_CLOCK is real here, and {} where the service of this database runs:"
        " what follows is of another moment than its own\n"
    )
    await say_what_runs(pool, worker.model_copy(update={"clock": "real"}), NOW)
    assert not await _warning(pool, capsys)


async def test_nothing_is_erased_by_another_clock(
    pool: Pool,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """To list is only warned of; and where no service has run, nobody knows of another clock."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert await retention(erase=True) == 0
    worker = RunningWith(said_by="worker", policy_version="cn-1", clock="{}", release="0.2.0")
    await say_what_runs(pool, worker, NOW)
    with pytest.raises(CommandError, match="BUSINESS_CLOCK is real here"):
        await retention(erase=True)
    assert await retention(erase=False) == 0
    assert "of another moment than its own" in capsys.readouterr().err
