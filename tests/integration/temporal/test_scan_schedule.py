"""The schedule of the scan on a real server: what a person has stopped stays stopped."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from temporalio.client import Client, ScheduleHandle

from commands.starter.schedule import schedule
from embedded.stack import EmbeddedStack
from temporal.names import OVERDUE_SCAN_SCHEDULE
from temporal.scan_schedule import install_schedule
from tests.support.processes.patience import until

EVERY = timedelta(minutes=15)
NOTE = "wrong tape, do not scan"


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """A server of the test's own, which the commands find in the environment."""
    async with EmbeddedStack() as stack:
        for variable, value in stack.environment.items():
            monkeypatch.setenv(variable, value)
        yield await stack.connect_temporal()


async def _paused(client: Client) -> ScheduleHandle:
    await install_schedule(client, EVERY)
    handle = client.get_schedule_handle(OVERDUE_SCAN_SCHEDULE)
    await handle.pause(note=NOTE)
    await _described(handle, paused=True)
    return handle


async def _described(handle: ScheduleHandle, *, paused: bool) -> None:
    """Until the server tells it: it answers a pause before the schedule has taken it."""

    async def is_so() -> bool:
        return (await handle.describe()).schedule.state.paused is paused

    await until(is_so, f"paused={paused}")


async def test_pause_and_its_note_survive_an_installation(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """As every deployment does it; the command says that nothing is scanned, and why."""
    handle = await _paused(client)

    assert await schedule() == 0

    state = (await handle.describe()).schedule.state
    assert (state.paused, state.note) == (True, NOTE)
    assert f"{OVERDUE_SCAN_SCHEDULE} stays paused ({NOTE})" in capsys.readouterr().out


async def test_installation_changes_the_interval_of_a_paused_schedule(client: Client) -> None:
    """The rest of the schedule follows the settings; the pause is the person's."""
    handle = await _paused(client)

    installed = await install_schedule(client, 2 * EVERY)

    assert installed == (False, NOTE)
    found = (await handle.describe()).schedule
    assert found.spec.intervals[0].every == 2 * EVERY


async def test_schedule_that_runs_goes_on_running(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is said of a pause, and a resumed schedule is not paused again."""
    handle = await _paused(client)
    await handle.unpause()
    await _described(handle, paused=False)

    assert await schedule() == 0

    assert not (await handle.describe()).schedule.state.paused
    assert "paused" not in capsys.readouterr().out
