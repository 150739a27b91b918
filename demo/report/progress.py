"""Live progress: loans by stage, on a terminal as a table, elsewhere as a line now and then."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from pydantic import BaseModel
from rich.console import Console
from rich.live import Live
from rich.table import Table

from database.sql import Pool
from demo.systems.ledger import ZONE
from domain.case.state import Stage

LINE_EVERY_SECONDS = 10

_STATE = """
    SELECT json_build_object(
        'stages', (SELECT coalesce(json_object_agg(stage, loans), '{}') FROM (
            SELECT coalesce(nullif(stage, 'ended'), 'early_contact') AS stage, count(*) AS loans
            FROM collection_cases WHERE closed_at IS NULL GROUP BY 1) open),
        'outcomes', (SELECT coalesce(json_object_agg(outcome, cases), '{}') FROM (
            SELECT outcome, count(*) AS cases FROM collection_cases
            WHERE closed_at IS NOT NULL GROUP BY 1) closed),
        'waiting', (SELECT count(*) FROM loans l WHERE status = 'active'
            AND oldest_unpaid_due_on < $1::date AND NOT EXISTS (
                SELECT FROM collection_cases c WHERE c.loan_id = l.loan_id AND closed_at IS NULL)),
        'on_hold', (SELECT count(DISTINCT h.loan_id)
            FROM holds h JOIN collection_cases c ON c.loan_id = h.loan_id AND c.closed_at IS NULL
            WHERE h.released_at IS NULL AND (h.until IS NULL OR h.until > $2)),
        'contacts', (SELECT count(*) FROM contact_attempts WHERE status = 'sent'),
        'refusals', (SELECT count(*) FROM contact_refusals),
        'events', (SELECT count(*) FROM case_events))::text
"""


class State(BaseModel):
    """Where all loans stand at one moment."""

    stages: dict[str, int]
    outcomes: dict[str, int]
    waiting: int  # overdue, and no scan has found them yet
    on_hold: int
    contacts: int
    refusals: int
    events: int

    @property
    def open(self) -> int:
        return sum(self.stages.values())

    @property
    def is_over(self) -> bool:
        """Whether every overdue loan was found and has ended."""
        return self.ended > 0 and not self.open and not self.waiting

    @property
    def ended(self) -> int:
        return sum(self.outcomes.values())


async def read_state(pool: Pool, now: datetime) -> State:
    """Look into the database."""
    today = now.astimezone(ZONE).date()
    return State.model_validate(json.loads(await pool.fetchval(_STATE, today, now)))


class Progress:
    """Shows states as they come."""

    def __init__(self, console: Console, live: Live | None) -> None:
        self._console = console
        self._live = live
        self._next_line = 0.0

    def show(self, day: int, now: datetime, state: State) -> None:
        """Show a state, or not, if the last line is fresh."""
        if self._live is not None:
            self._live.update(_table(day, now, state))
        elif time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_EVERY_SECONDS
            self._console.print(_line(day, now, state), highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        """A line of its own."""
        self._console.print(text, highlight=False, soft_wrap=True)


@contextmanager
def progress(console: Console) -> Iterator[Progress]:
    """Live on a terminal, plain lines elsewhere."""
    if not console.is_terminal:
        yield Progress(console, None)
        return
    with Live(console=console, refresh_per_second=4) as live:
        yield Progress(console, live)


def _line(day: int, now: datetime, state: State) -> str:
    stages = ", ".join(f"{name} {state.stages[name]}" for name in Stage if name in state.stages)
    return (
        f"day {day:3} ({now:%Y-%m-%d})  {state.ended} ended; {stages or 'none open'}; "
        f"{state.on_hold} on hold; {state.contacts} contacts, {state.events} events"
    )


def _table(day: int, now: datetime, state: State) -> Table:
    table = Table(
        title=f"Day {day}, {now.astimezone(ZONE):%Y-%m-%d %H:00} where the borrowers live",
        min_width=70,
    )
    table.add_column("stage")
    table.add_column("loans", justify="right")
    for name in Stage:
        if name is not Stage.ENDED:
            count = state.stages.get(name, 0)
            table.add_row(name.replace("_", " "), str(count or ""))
    table.add_section()
    for outcome, count in sorted(state.outcomes.items()):
        table.add_row(f"[green]{outcome.replace('_', ' ')}", str(count))
    table.caption = (
        f"{state.on_hold} on hold; {state.contacts} contacts made, {state.refusals} refused by a "
        f"rule; {state.events} events"
    )
    return table
