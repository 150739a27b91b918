"""One run of the demo: months of collections in minutes, on real servers, ending by itself."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from database.sql import Pool, open_pool
from demo.book import chinese_book, write_book
from demo.report.idle import IdleTime
from demo.report.lag import measure_lag
from demo.report.next_steps import show_next_steps
from demo.report.progress import Progress, State, progress, read_state
from demo.report.sentences import read_arrears, sentences_of
from demo.report.summary import Proof, prove, show_proof, show_recovered, show_tables
from demo.stories.acts import Habit
from demo.stories.habits import last_reversal
from demo.world import find_people
from domain.clock import BusinessClock, LongDay
from embedded.processes import Child
from embedded.stack import ENV_FILE, EmbeddedStack
from runtime.env_file import env_file
from temporal.names import LOAN_COLLECTION

HERE = Path(__file__).parent
ROOT = HERE.parent
LOGS = ROOT / ".local" / "demo"
DEMO_ENV = Path(".local/demo", ENV_FILE)  # as one who stands in the checkout types it

FIRST_DAY = datetime(2018, 7, 1, tzinfo=UTC)  # the tape's as_of, 08:00 where the borrowers live
NIGHT_FALLS = timedelta(hours=14)  # 22:00 there: nobody may be contacted until 08:00
DAY_SHARE = 0.9  # of real time, for the hours in which something may happen
BOOT = timedelta(seconds=5)  # what the worker and the world need before the first day
HEAD_START = timedelta(seconds=2)  # what the schedule takes to be installed
SCAN_EVERY_SECONDS = 3
KILL_ON_DAY = 27  # when many visits are under way
# What a dead worker had in hand comes back after Temporal's timeouts, 10 and 30 s of real time:
# the day is as long as that, for nobody waits for weeks of their life in production either.
KILL_DAY_LASTS = timedelta(seconds=60)
CATCH_WITHIN = timedelta(seconds=15)  # for a moment in the middle of a contact
DOWN = timedelta(seconds=2)
_HALF_DONE = "SELECT array_agg(attempt_id) FROM contact_attempts WHERE status = 'reserved'"
_RUNNING = f"WorkflowType = '{LOAN_COLLECTION}' AND ExecutionStatus = 'Running'"
GRACE = timedelta(seconds=5)

IMPORT = ("starter.py", "import", "--invent-people")
TOO_LATE_DAYS = 0.6  # behind the clock: what belongs into the morning comes in the evening
CATCHES_UP_IN_DAYS = 6  # after the long day
LATE_LOOKS = 8  # a second apart, one after the other: a moment's hiccup is none

console = Console()


class DemoError(Exception):
    """The demo cannot go on; the text is one line."""


class Demo:
    """One run, from the import to the audit. `loans`: only so many overdue ones; None for all."""

    def __init__(
        self,
        stack: EmbeddedStack,
        day_length: timedelta,
        limit: timedelta,
        loans: int | None = None,
    ) -> None:
        self._stack = stack
        self._day_length = day_length
        self._limit = limit
        self._loans = loans
        self._worker: Child | None = None
        self._half_done: list[str] = []  # contacts in hand when the worker was killed
        self._late_looks = 0  # one after the other

    async def run(self, *, keep: bool) -> int:
        """The exit code: 0 when everything came to an end and nothing is broken."""
        began_at = datetime.now(UTC)
        await self._import()
        async with open_pool_of(self._stack) as pool:
            people = await find_people(pool, FIRST_DAY)
            habits = {person.loan_id: person.habit for person in people}
            arrears = await read_arrears(pool, FIRST_DAY.date())
            tell(f"{len(habits)} loans are overdue; the scan finds them by itself")
            await self._open_business()
            client = await self._stack.connect_temporal()
            idle = IdleTime()
            with progress(console) as shown:
                await self._watch(pool, client, shown, habits, until=began_at + self._limit)
            took = (datetime.now(UTC) - began_at).total_seconds()
            proof = await prove(
                pool, client, habits, LOGS / "legal", self._now, every_path=self._loans is None
            )
            await self._show(pool, habits, arrears, proof)
            tell(
                f"{len(habits)} loans, {self._day} business days in {took:.0f} real seconds; "
                f"processors idle {idle.share():.0%} of the time"
            )
            if keep:
                await self._leave_running(pool)
        return 0 if proof.holds else 1

    async def _import(self) -> None:
        """The book, the crews and the staff, through the commands of the service."""
        book = chinese_book(self._loans)
        tape = self._stack.data_dir / "book.csv"
        with tape.open("w", encoding="utf-8", newline="") as output:
            write_book(book, output)
        tell(f"importing {len(book):,} loans; this takes some seconds")
        await self._once("import", *IMPORT, str(tape))
        await self._once("crew", "starter.py", "crew", str(HERE / "data/crew.csv"))
        await self._once("staff", "starter.py", "staff", str(HERE / "data/staff.csv"))

    async def _show(
        self, pool: Pool, habits: dict[str, Habit], arrears: dict[str, int], proof: Proof
    ) -> None:
        """What became of it: in three sentences, then in tables."""
        tell()
        for sentence in await sentences_of(pool, arrears, proof):
            tell(sentence)
        tell()
        await show_tables(pool, console)
        show_proof(proof, habits, console)
        await show_recovered(pool, self._half_done, console)

    async def _leave_running(self, pool: Pool) -> None:
        """Everything stays until Ctrl-C, and its addresses are in a file."""
        settings = self._stack.environment
        LOGS.mkdir(parents=True, exist_ok=True)
        with env_file(LOGS / ENV_FILE, settings), suppress(asyncio.CancelledError):
            tell()
            await show_next_steps(pool, console, settings["TEMPORAL_UI"], DEMO_ENV)
            tell("left running; Ctrl-C ends it, and its data with it")
            tell(await self._stack.first_death())

    @property
    def _now(self) -> datetime:
        return self._stack.clock.business(datetime.now(UTC))

    @property
    def _day(self) -> int:
        return (self._now - FIRST_DAY).days

    async def _open_business(self) -> None:
        """Everything that runs; the scan finds the overdue loans by itself from the first day."""
        self._stack.clock = clock_of(datetime.now(UTC) + BOOT, self._day_length)
        await self._start_worker()
        await self._stack.start_child("world", sys.executable, "-m", "demo.world", grace=GRACE)
        await asyncio.sleep((BOOT - HEAD_START).total_seconds())
        await self._once("schedule", "starter.py", "schedule")

    async def _watch(
        self,
        pool: Pool,
        client: Client,
        shown: Progress,
        habits: dict[str, Habit],
        until: datetime,
    ) -> None:
        """Follow the loans until the last one has ended, and kill the worker on the way."""
        was_killed = False
        while datetime.now(UTC) < until:
            state = await read_state(pool, self._now)
            shown.show(self._day, self._now, state)
            nothing_to_come = state.is_over and self._day > last_reversal(habits) + 1
            if nothing_to_come and not (await client.count_workflows(_RUNNING)).count:
                return
            if self._day >= KILL_ON_DAY and not was_killed:
                was_killed = True
                await self._kill_worker(pool, shown, state)
            await self._see_that_it_keeps_up(pool, client)
            await self._breathe()
        shown.say("the time is up")

    async def _see_that_it_keeps_up(self, pool: Pool, client: Client) -> None:
        """End early, in one line, where the machine cannot follow the clock.

        On the long day and just after it, what was in the dead worker's hand is late on purpose.
        """
        if KILL_ON_DAY <= self._day <= KILL_ON_DAY + CATCHES_UP_IN_DAYS:
            return
        lag = (await measure_lag(pool, client, self._stack.clock, self._now)).worst
        is_late = lag > TOO_LATE_DAYS * self._day_length
        self._late_looks = self._late_looks + 1 if is_late else 0
        if self._late_looks >= LATE_LOOKS:
            raise DemoError(too_slow(self._day_length, self._day, lag))

    async def _kill_worker(self, pool: Pool, shown: Progress, state: State) -> None:
        """A worker dies without a word, if possible in the middle of a contact; another follows."""
        assert self._worker is not None  # noqa: S101  (started before anything is shown)
        await _moment_of_contact(pool)
        os.kill(self._worker.pid, signal.SIGKILL)
        await self._stack.wait_for(self._worker)
        self._half_done = await pool.fetchval(_HALF_DONE) or []
        shown.say(
            f"the worker was killed (SIGKILL) with {state.open} loans open and "
            f"{len(self._half_done)} contacts half done"
        )
        await asyncio.sleep(DOWN.total_seconds())
        await self._start_worker()
        shown.say(
            "another worker has been started; Temporal hands it what the dead one had in hand "
            "after its timeouts, 10 and 30 seconds, for which this day lasts long enough"
        )

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

    async def _breathe(self) -> None:
        """Wait a second; a server or a child that ends meanwhile ends the demo."""
        try:
            obituary = await asyncio.wait_for(self._stack.first_death(), 1)
        except TimeoutError:
            return
        raise DemoError(obituary)


@asynccontextmanager
async def open_pool_of(stack: EmbeddedStack) -> AsyncIterator[Pool]:
    """A few connections to the stack's database."""
    pool = await open_pool(stack.database_url, size=2)
    try:
        yield pool
    finally:
        pool.terminate()


async def _moment_of_contact(pool: Pool) -> None:
    """Wait, not for long, until some contact is reserved and not yet written down as sent."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CATCH_WITHIN.total_seconds()):
            while not await pool.fetchval(_HALF_DONE):
                pass


def tell(line: str = "") -> None:
    """One line, also where nobody's terminal is at the other end."""
    console.print(line, highlight=False, markup=False, soft_wrap=True)


def too_slow(day_length: timedelta, day: int, lag: timedelta) -> str:
    """What to do about a machine that cannot follow: half the speed."""
    seconds = day_length.total_seconds()
    return (
        f"this machine, with what else runs on it, is too slow for a business day of "
        f"{seconds:.2f} s: on day {day} it was {lag.total_seconds():.1f} s behind; "
        f"try `make demo SPEED={0.5 / seconds:.2f}`"
    )


def clock_of(started_at: datetime, day_length: timedelta) -> BusinessClock:
    return BusinessClock(
        started_at=started_at,
        origin=FIRST_DAY,
        day_length=day_length,
        day_ends=NIGHT_FALLS,
        day_share=DAY_SHARE,
        long_day=LongDay(
            on=(FIRST_DAY + timedelta(days=KILL_ON_DAY)).date(),
            length=max(day_length, KILL_DAY_LASTS),
        ),
    )
