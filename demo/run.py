"""The demo: months of collections in minutes, on real servers, with real loans. Ends by itself."""

import asyncio
import os
import shutil
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from database.sql import open_pool
from demo.habits import last_reversal
from demo.progress import Progress, State, progress, read_state
from demo.summary import prove, show_proof, show_tables
from demo.world import find_people
from domain.clock import BusinessClock
from embedded.processes import Child, StackError
from embedded.stack import EmbeddedStack

HERE = Path(__file__).parent
ROOT = HERE.parent
TAPE = HERE / "data" / "loan_tape_2018.csv"
ROSTER = HERE / "data" / "crew.csv"
LOGS = ROOT / ".local" / "demo"

FIRST_DAY = datetime(2018, 7, 1, tzinfo=UTC)  # the tape's as_of, 08:00 where the borrowers live
NIGHT_FALLS = timedelta(hours=14)  # 22:00 there: nobody may be contacted until 08:00
DAY_SHARE = 0.9  # of real time, for the hours in which something may happen
BOOT = timedelta(seconds=4)  # what the worker and the world need before the first day
SCAN_EVERY_SECONDS = 3
KILL_ON_DAY = 24  # when the most visits are under way
DOWN = timedelta(seconds=2)
GRACE = timedelta(seconds=5)

console = Console()


class DemoError(Exception):
    """The demo cannot go on; the text is one line."""


class Demo:
    """One run, from the import to the audit."""

    def __init__(self, stack: EmbeddedStack, day_length: timedelta, limit: timedelta) -> None:
        self._stack = stack
        self._day_length = day_length
        self._limit = limit
        self._worker: Child | None = None
        self._killed = False

    async def run(self, *, keep: bool) -> int:
        """The exit code: 0 when everything came to an end and nothing is broken."""
        began_at = datetime.now(UTC)
        await self._once("import", "starter.py", "import", str(TAPE))
        await self._once("crew", "starter.py", "crew", str(ROSTER))
        self._stack.clock = _clock(datetime.now(UTC) + BOOT, self._day_length)
        await self._start_worker()
        await self._stack.start_child("world", sys.executable, "-m", "demo.world", grace=GRACE)
        await asyncio.sleep(BOOT.total_seconds())
        await self._once("schedule", "starter.py", "schedule")

        pool = await open_pool(self._stack.database_url, size=2)
        people = await find_people(pool, FIRST_DAY)
        habits = {person.loan_id: person.habit for person in people}
        with progress(console) as shown:
            deadline = began_at + self._limit
            while datetime.now(UTC) < deadline:
                state = await self._look(pool, shown)
                day = (self._now - FIRST_DAY).days
                is_over = not state.open and not state.waiting and state.ended
                if is_over and day > last_reversal(habits) + 1:
                    break
                if day >= KILL_ON_DAY and not self._killed:
                    await self._kill_worker(shown, state)
                await self._breathe()
        proof = await prove(pool, await self._stack.connect_temporal(), habits, self._now)
        await show_tables(pool, console)
        show_proof(proof, habits, console)
        took = (datetime.now(UTC) - began_at).total_seconds()
        days = (self._now - FIRST_DAY).days
        console.print(f"{len(habits)} loans, {days} business days, {took:.0f} real seconds")
        if keep:
            console.print("left running; Ctrl-C ends it")
            console.print(await self._stack.first_death())
        await pool.close()
        return 0 if proof.holds else 1

    @property
    def _now(self) -> datetime:
        return self._stack.clock.business(datetime.now(UTC))

    async def _once(self, name: str, script: str, *arguments: str) -> None:
        """Run a command of the service to its end."""
        child = await self._stack.start_child(
            name, sys.executable, ROOT / script, *arguments, grace=GRACE
        )
        if await self._stack.wait_for(child) != 0:
            raise DemoError(child.obituary())

    async def _start_worker(self) -> None:
        self._worker = await self._stack.start_child(
            "worker", sys.executable, ROOT / "worker.py", grace=GRACE
        )

    async def _kill_worker(self, shown: Progress, state: State) -> None:
        """A worker that dies without a word; another takes over a few seconds later."""
        assert self._worker is not None  # noqa: S101  (started before anything is shown)
        self._killed = True
        os.kill(self._worker.pid, signal.SIGKILL)
        await self._stack.wait_for(self._worker)
        shown.say(f"the worker was killed (SIGKILL) with {state.open} loans open")
        await asyncio.sleep(DOWN.total_seconds())
        await self._start_worker()
        shown.say("another worker has been started")

    async def _look(self, pool: object, shown: Progress) -> State:
        state = await read_state(pool, self._now)  # type: ignore[arg-type]
        shown.show((self._now - FIRST_DAY).days, self._now, state)
        return state

    async def _breathe(self) -> None:
        """Wait a second; a server or a child that ends meanwhile ends the demo."""
        death = asyncio.create_task(self._stack.first_death())
        try:
            obituary = await asyncio.wait_for(death, 1)
        except TimeoutError:
            return
        raise DemoError(obituary)


def _clock(started_at: datetime, day_length: timedelta) -> BusinessClock:
    return BusinessClock(
        started_at=started_at,
        origin=FIRST_DAY,
        day_length=day_length,
        day_ends=NIGHT_FALLS,
        day_share=DAY_SHARE,
    )


async def _demo(days_per_second: float, limit: timedelta, *, keep: bool) -> int:
    day_length = timedelta(seconds=1) / days_per_second
    os.environ["SCAN_EVERY_SECONDS"] = str(SCAN_EVERY_SECONDS)
    stack = EmbeddedStack(clock=_clock(datetime.now(UTC), day_length))
    run = asyncio.ensure_future(_with(stack, day_length, limit, keep=keep))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, run.cancel)
    try:
        return await run
    except asyncio.CancelledError:
        console.print("ended")
        return 130
    except (StackError, DemoError) as error:
        console.print(f"error: {error}", markup=False)
        return 1


async def _with(
    stack: EmbeddedStack, day_length: timedelta, limit: timedelta, *, keep: bool
) -> int:
    async with stack:
        console.print(f"Temporal UI: {stack.environment['TEMPORAL_UI']}")
        console.print(f"one business day lasts {day_length.total_seconds():.2f} s")
        try:
            return await Demo(stack, day_length, limit).run(keep=keep)
        finally:
            LOGS.mkdir(parents=True, exist_ok=True)
            for log in stack.data_dir.glob("*.log"):
                shutil.copy(log, LOGS)


def main(
    days_per_second: Annotated[float, typer.Option(min=0.05, max=5)] = 0.8,
    limit: Annotated[int, typer.Option(help="Give up after so many real seconds.")] = 270,
    keep: Annotated[bool, typer.Option(help="Leave everything running at the end.")] = False,
) -> None:
    """Carry every overdue loan of a real tape to its end, in minutes."""
    code = asyncio.run(_demo(days_per_second, timedelta(seconds=limit), keep=keep))
    sys.stdout.flush()
    # The Temporal client's threads sometimes abort an interpreter that ends in the usual way.
    os._exit(code)


if __name__ == "__main__":
    typer.run(main)
