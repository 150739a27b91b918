"""One drill: whole lives of loans, what goes wrong in them, and the judgement at the end."""

import asyncio
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from temporalio.client import Client
from temporalio.service import RPCError

from commands.command_line import ROOT
from database.sql import Pool, open_pool
from demo.book import write_book
from demo.report.lag import measure_lag
from demo.report.progress import State, read_state
from demo.run import CATCHES_UP_IN_DAYS, DAY_SHARE, FIRST_DAY, NIGHT_FALLS
from demo.service import RUNNING, DemoError
from demo.stories.acts import Habit
from demo.stories.habits import last_reversal
from demo.world import find_people
from domain.clock import BusinessClock, LongDay
from drills.book import copies_for, drill_book, with_second_loans
from drills.chaos import Chaos
from drills.checks.all_checks import CHECKS, IN_THE_MIDDLE
from drills.checks.evidence import Evidence
from drills.crew import write_crew
from drills.faults.database import prepare_full_disk
from drills.faults.scene import Scene
from drills.patience import patient
from drills.plant import Plant
from drills.report.figures import Figures, read_figures
from drills.report.picture import draw
from drills.schedule import plan
from drills.sizes import FIRST_DAY_IN_DAYS, Size
from embedded.stack import EmbeddedStack

RESULTS = ROOT / ".local" / "drill"
BOOT = timedelta(seconds=12)  # what worker, door, providers and world need before the first day
HEAD_START = timedelta(seconds=3)  # what the schedule takes to be installed
LINE_EVERY_SECONDS = 10
LOOK_EVERY_SECONDS = 1.5
BEHIND_DAYS = 0.3  # of a day: said, for what belongs into its hours may come after them
TOO_LATE_DAYS = 1.0  # nobody judges the hour of a short day; its stories have to fit together
LATE_LOOKS = 15  # one after the other: a moment's hiccup is none

Say = Callable[[str], None]

_TO_BE_TAKEN_UP = """
    SELECT EXISTS (SELECT FROM collection_cases WHERE closed_at IS NULL AND started_at IS NULL)
"""


class Drill:
    """From the import to the judgement. `planted` names a fault of the worker, to be found.

    `gives_up`: early, where the machine cannot follow the clock.
    """

    def __init__(
        self,
        stack: EmbeddedStack,
        size: Size,
        seed: int,
        day_length: timedelta,
        say: Say,
        *,
        planted: str | None = None,
        gives_up: bool = True,
    ) -> None:
        self._stack = stack
        self._gives_up = gives_up
        self._size = size
        self._seed = seed
        self._day_length = day_length
        self._say = say
        self._plant = Plant(stack, copies_for(size.loans), planted)
        self._late_looks = 0

    async def run(self, limit: timedelta) -> Figures:
        """What was found; early with DemoError when something ends that nobody has killed."""
        began = datetime.now(UTC)
        await self._import()
        pool = await open_pool(self._stack.database_url, size=3)
        try:
            return await self._run(patient(pool), began, limit)
        finally:
            pool.terminate()

    async def _run(self, pool: Pool, began: datetime, limit: timedelta) -> Figures:
        await prepare_full_disk(pool)
        people = with_second_loans(await find_people(pool, FIRST_DAY, copies_for(self._size.loans)))
        habits = {person.loan_id: person.habit for person in people}
        self._say(f"{len(habits)} loans are overdue; the scan finds them by itself")
        await self._open_business(pool)
        client = await self._stack.connect_temporal()
        planned = plan(self._seed, self._size.days, self._size.faults)
        scene = Scene(self._plant, pool, client, random.Random(self._seed))  # noqa: S311
        chaos = Chaos(scene, planned, self._say)
        await self._follow(chaos, pool, client, habits, began + limit)
        evidence = Evidence(self._plant, pool, habits, chaos.struck, self._now)
        red = await self._judge(evidence)
        took = datetime.now(UTC) - began
        figures = await read_figures(evidence, self._seed, took, self._day_length, red)
        self._keep(figures, evidence)
        return figures

    async def _import(self) -> None:
        """The book, the crews and the staff, through the commands of the service."""
        book = drill_book(self._size.loans)
        tape, crew = self._stack.data_dir / "book.csv", self._stack.data_dir / "crew.csv"
        with tape.open("w", encoding="utf-8", newline="") as output:
            write_book(book, output)
        write_crew(crew, copies_for(self._size.loans))
        self._say(f"importing {len(book):,} loans; this takes some seconds")
        await self._plant.once("import", "starter.py", "import", "--invent-people", str(tape))
        await self._plant.once("crew", "starter.py", "crew", str(crew))
        await self._plant.once("staff", "starter.py", "staff", str(ROOT / "demo/data/staff.csv"))

    async def _open_business(self, pool: Pool) -> None:
        """Everything that runs; its clock begins once it has started."""
        started_at = datetime.now(UTC) + BOOT
        self._stack.clock = clock_of(started_at, self._day_length, self._size)
        await self._plant.open(pool)
        await asyncio.sleep((started_at - HEAD_START - datetime.now(UTC)).total_seconds())
        await self._plant.install_schedule()

    @property
    def _now(self) -> datetime:
        return self._stack.clock.business(datetime.now(UTC))

    @property
    def _day(self) -> int:
        return (self._now - FIRST_DAY).days

    async def _follow(
        self, chaos: Chaos, pool: Pool, client: Client, habits: dict[str, Habit], until: datetime
    ) -> None:
        """Until every loan has ended and the last fault is mended."""
        faults = asyncio.create_task(chaos.run())
        try:
            while not await self._is_over(faults, pool, client, habits):
                if faults.done():
                    faults.result()
                if datetime.now(UTC) > until:
                    self._say("the time is up")
                    return
                for words in await self._plant.start_what_gave_up():
                    self._say(f"day {self._day:3}  started again: {words}")
                if (obituary := self._stack.obituary()) is not None:
                    raise DemoError(obituary)
                await self._see_that_it_keeps_up(pool, client)
                await asyncio.sleep(LOOK_EVERY_SECONDS)
        finally:
            faults.cancel()
            await asyncio.gather(faults, return_exceptions=True)

    async def _is_over(
        self, faults: "asyncio.Task[None]", pool: Pool, client: Client, habits: dict[str, Habit]
    ) -> bool:
        if self._size.until_day is not None:
            if not faults.done() or self._day <= self._size.until_day:
                return False
            # A scan that died with its worker comes back after Temporal's timeouts: on short days
            # that is days.
            return not await pool.fetchval(_TO_BE_TAKEN_UP)
        state = await read_state(pool, self._now)
        self._show(state)
        if not (faults.done() and state.is_over and self._day > last_reversal(habits) + 1):
            return False
        try:
            return not (await client.count_workflows(RUNNING)).count
        except RPCError:
            return False

    def _show(self, state: State) -> None:
        """A line now and then."""
        now = asyncio.get_running_loop().time()
        if now < self._next_line:
            return
        self._next_line = now + LINE_EVERY_SECONDS
        self._say(
            f"day {self._day:3}  {state.ended} ended, {state.open} open, {state.on_hold} on hold;"
            f" {state.contacts} contacts, {state.events} events"
            + (f"; {self._behind_now:.1f} days behind" if self._behind_now > BEHIND_DAYS else "")
        )

    _next_line = 0.0
    _behind_now = 0.0

    async def _see_that_it_keeps_up(self, pool: Pool, client: Client) -> None:
        """End early where the machine cannot follow the clock."""
        day = self._day
        try:
            lags = await measure_lag(pool, client, self._stack.clock, self._now)
        except RPCError:
            return
        lag = lags.worst
        behind = self._behind_now = lag / self._day_length
        # After a fault everybody catches up; so do the days after the first, with all its cases.
        if any(failed <= day <= failed + CATCHES_UP_IN_DAYS for failed in (0, *self._size.days)):
            return
        self._late_looks = self._late_looks + 1 if behind > TOO_LATE_DAYS else 0
        if self._late_looks >= LATE_LOOKS and self._gives_up:
            what = max(lags._fields, key=lambda name: getattr(lags, name))
            seconds = self._day_length.total_seconds()
            raise DemoError(
                f"this machine, with what else runs on it, is too slow for a business day of "
                f"{seconds:.2f} s: on day {day} it was {lag.total_seconds():.1f} s behind "
                f"({what}); "
                f"try DAY={2 * seconds:.1f}"
            )

    async def _judge(self, evidence: Evidence) -> list[str]:
        """Each check in a line, with the first of what it found; those that found something."""
        checks = CHECKS if self._size.until_day is None else IN_THE_MIDDLE
        if self._size.until_day is not None:
            await self._plant.close()
        red: list[str] = []
        for name, check in checks.items():
            found = await check(evidence)
            red += [name] if found else []
            self._say(f"{'RED  ' if found else 'green'}  {name}")
            for line in found[:12]:
                self._say(f"         {line}")
            if len(found) > 12:
                self._say(f"         and {len(found) - 12} more")
        return red

    def _keep(self, figures: Figures, evidence: Evidence) -> None:
        name = f"{self._size.name}-{self._seed}"
        figures.write(RESULTS / f"{name}.json")
        last_day = self._size.until_day or self._day
        picture = draw(evidence.sent, evidence.struck, last_day)
        (RESULTS / f"{name}.svg").write_text(picture, encoding="utf-8")


def keep_logs(stack: EmbeddedStack, into: Path = RESULTS) -> None:
    """What the processes said, also when the drill ended early."""
    into.mkdir(parents=True, exist_ok=True)
    for log in [*stack.data_dir.glob("*.log"), *stack.data_dir.glob("*.jsonl")]:
        shutil.copy(log, into)


def clock_of(started_at: datetime, day_length: timedelta, size: Size) -> BusinessClock:
    """The demo's clock, with a long day for each on which something fails."""
    return BusinessClock(
        started_at=started_at,
        origin=FIRST_DAY,
        day_length=day_length,
        day_ends=NIGHT_FALLS,
        day_share=DAY_SHARE,
        long_days=tuple(_long_days(day_length, size)),
    )


def _long_days(day_length: timedelta, size: Size) -> Iterator[LongDay]:
    first = FIRST_DAY_IN_DAYS * day_length
    for day, length in ((0, first), *((day, size.long_day) for day in size.days)):
        yield LongDay(on=(FIRST_DAY + timedelta(days=day)).date(), length=max(day_length, length))
