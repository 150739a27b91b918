"""The schedule of the scan, on the real server."""

from datetime import timedelta

from embedded.stack import EmbeddedStack
from temporal.names import OVERDUE_SCAN_SCHEDULE
from temporal.scan_schedule import Installed, install_schedule

HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)


async def test_who_paused_the_scan_finds_it_paused() -> None:
    """A deployment changes the interval; the pause and its note stay, and are told."""
    async with EmbeddedStack() as stack:
        client = await stack.connect_temporal()
        assert await install_schedule(client, HOURLY) == Installed(is_new=True)
        assert await install_schedule(client, HOURLY) == Installed(is_new=False)
        handle = client.get_schedule_handle(OVERDUE_SCAN_SCHEDULE)
        await handle.pause(note="the book of Monday was wrong")
        done = await install_schedule(client, DAILY)
        assert done == Installed(is_new=False, pause="the book of Monday was wrong")
        schedule = (await handle.describe()).schedule
        assert schedule.state.paused
        assert schedule.state.note == "the book of Monday was wrong"
        assert [each.every for each in schedule.spec.intervals] == [DAILY]
