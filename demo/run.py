"""One run of the demo: months of collections in minutes, on real servers, ending by itself."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from temporalio.client import Client

from database.sql import Pool
from demo.book import chinese_book, write_book
from demo.report.idle import IdleTime
from demo.report.lag import measure_lag
from demo.report.next_steps import show_next_steps
from demo.report.progress import Progress, progress, read_state
from demo.report.sentences import read_arrears, sentences_of
from demo.report.summary import Proof, prove, show_proof, show_recovered, show_tables
from demo.service import ROOT, RUNNING, DemoError, Service, open_pool_of
from demo.stories.acts import Habit
from demo.stories.habits import last_reversal
from demo.world import find_people
from domain.clock import BusinessClock, LongDay
from embedded.stack import ENV_FILE, EmbeddedStack
from runtime.env_file import env_file

HERE = Path(__file__).parent
LOGS = ROOT / ".local" / "demo"
DEMO_ENV = Path(".local/demo", ENV_FILE)  # as one who stands in the checkout types it

FIRST_DAY = datetime(2018, 7, 1, tzinfo=UTC)  # the tape's as_of, 08:00 where the borrowers live
NIGHT_FALLS = timedelta(hours=14)  # 22:00 there: nobody may be contacted until 08:00
DAY_SHARE = 0.9  # of real time, for the hours in which something may happen
BOOT = timedelta(seconds=5)  # what the worker, the door and the world need before the first day
SCAN_EVERY_SECONDS = 3
KILL_ON_DAY = 27  # when many visits are under way
# What a dead worker had in hand comes back after Temporal's timeouts, 10 and 30 s of real time:
# the day is as long as that, for nobody waits for weeks of their life in production either.
KILL_DAY_LASTS = timedelta(seconds=60)

IMPORT = ("starter.py", "import", "--invent-people")
TOO_LATE_DAYS = 0.6  # behind the clock: what belongs into the morning comes in the evening
CATCHES_UP_IN_DAYS = 6  # after the long day
LATE_LOOKS = 8  # a second apart, one after the other: a moment's hiccup is none

console = Console()


class Demo:
    """One run, from the import to the audit.

    `loans`: only so many overdue ones; None for all. `loses_engine`: when the worker is killed,
    Temporal dies with it, and all its data.
    """

    def __init__(
        self,
        stack: EmbeddedStack,
        day_length: timedelta,
        limit: timedelta,
        loans: int | None = None,
        *,
        loses_engine: bool = False,
    ) -> None:
        self._stack = stack
        self._day_length = day_length
        self._limit = limit
        self._loans = loans
        self._loses_engine = loses_engine
        self._service = Service(stack)
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
            await self._open_business(pool)
            client = await self._stack.connect_temporal()
            idle = IdleTime()
            with progress(console) as shown:
                await self._watch(pool, client, shown, habits, until=began_at + self._limit)
            took = (datetime.now(UTC) - began_at).total_seconds()
            proof = await prove(
                pool,
                client,
                habits,
                LOGS / "legal",
                self._now,
                every_path=self._loans is None,
                has_lost_engine=self._loses_engine,
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
        await self._service.once("import", *IMPORT, str(tape))
        await self._service.once("crew", "starter.py", "crew", str(HERE / "data/crew.csv"))
        await self._service.once("staff", "starter.py", "staff", str(HERE / "data/staff.csv"))

    async def _show(
        self, pool: Pool, habits: dict[str, Habit], arrears: dict[str, int], proof: Proof
    ) -> None:
        """What became of it: in some sentences, then in tables."""
        tell()
        for sentence in await sentences_of(pool, arrears, proof):
            tell(sentence)
        tell()
        await show_tables(pool, console)
        show_proof(proof, habits, console)
        await show_recovered(pool, self._service.half_done, console)

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

    async def _open_business(self, pool: Pool) -> None:
        """Everything that runs; the scan finds the overdue loans by itself from the first day."""
        self._stack.clock = clock_of(datetime.now(UTC) + BOOT, self._day_length)
        await self._service.open(pool, BOOT)

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
            if nothing_to_come and not (await client.count_workflows(RUNNING)).count:
                return
            if self._day >= KILL_ON_DAY and not was_killed:
                was_killed = True
                dies = (
                    self._service.lose_engine if self._loses_engine else self._service.kill_worker
                )
                await dies(pool, state.open, shown.say)
            await self._see_that_it_keeps_up(pool, client)
            await self._service.breathe()
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
