"""Where the difference between a contact step and a bare workflow goes: one part away at a time.

In each round a bare workflow, the product, and the product without each part take steps on the
same embedded servers, as in `contact_steps`. What a part costs is the median, over the rounds, of
what is saved without it in the same round. Nothing here is a way to run the product.

    python -m benchmarks.step_parts [--loans 25] [--seconds 10] [--rounds 3]
"""

import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from unittest.mock import patch

import typer
from temporalio import activity
from temporalio.worker import UnsandboxedWorkflowRunner

import commands.worker
from activities.contact_activities import ContactActivities
from activities.contact_result import ContactResult, ContactStatus
from benchmarks.contact_steps import Bench, measure_bare, measure_product, open_bench
from benchmarks.means.processor import ProcessorTime
from benchmarks.means.quiet import Anyway, run_bench
from database.contact.contacts import Contacts
from database.contact.simulated_outbox import SimulatedOutbox
from database.sql import Pool
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from workflows.desk import case_desk
from workflows.routines import contact_attempt

_SETTLE = (
    "UPDATE contact_attempts SET status = 'sent', provider_ref = $2, sent_at = $3"
    " WHERE attempt_id = $1"
)
_TRIPS_TABLE = "CREATE TABLE IF NOT EXISTS trips (key text PRIMARY KEY, sent boolean)"
Away = Callable[[Bench], AbstractAsyncContextManager[None]]


def main(
    loans: Annotated[int, typer.Option(help="Workflows at once")] = 25,
    seconds: Annotated[float, typer.Option(help="How long each is measured")] = 10,
    rounds: Annotated[int, typer.Option(help="How often each is measured")] = 3,
    anyway: Anyway = False,
) -> None:
    """Print what a step takes, and what it takes less without each part, in ms."""
    run_bench(_run(loans, seconds, rounds), anyway=anyway)


async def _run(loans: int, seconds: float, rounds: int) -> int:
    found: dict[str, list[ProcessorTime]] = {}
    async with open_bench(loans, seconds) as bench:
        for number in range(rounds):
            bare = await measure_bare(bench)
            whole = await measure_product(bench, f"whole-{number}")
            found.setdefault("a bare step", []).append(bare)
            found.setdefault("a contact step", []).append(whole)
            await _measure_activity(bench, found, whole, number)
            for index, (part, away) in enumerate(PARTS.items()):
                async with away(bench):
                    without = await measure_product(bench, f"without-{index}-{number}")
                found.setdefault(part, []).append(whole.since(without))
    typer.echo(f"| | {' | '.join(ProcessorTime._fields)} | in all |\n|---|---|---|---|---|")
    for name, costs in found.items():
        typer.echo(f"| {name} | {' | '.join(_medians(costs))} |")
    return 0


async def _measure_activity(
    bench: Bench, found: dict[str, list[ProcessorTime]], whole: ProcessorTime, number: int
) -> None:
    """All of the activity, and its round trips alone: what any step costs that writes as often."""
    await bench.pool.execute(_TRIPS_TABLE)
    _Trips.pool, costs = bench.pool, list[ProcessorTime]()
    for instead in (_Empty, _Trips):
        async with _patched((ContactActivities, "contact_borrower", instead.contact_borrower))(
            bench
        ):
            name = f"{instead.__name__.strip('_').lower()}-{number}"
            costs.append(await measure_product(bench, name, _Empty.steps))
    empty, trips = costs
    found.setdefault("all that the activity does", []).append(whole.since(empty))
    found.setdefault("four round trips with nothing in them", []).append(trips.since(empty))


def _medians(costs: list[ProcessorTime]) -> list[str]:
    columns = [*zip(*costs, strict=True), [cost.total for cost in costs]]
    return [f"{1000 * statistics.median(column):.2f}" for column in columns]


def _patched(*targets: tuple[Any, str, Any]) -> Away:
    @asynccontextmanager
    async def away(_: Bench) -> AsyncIterator[None]:
        patches = [patch.object(owner, name, new) for owner, name, new in targets]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()

    return away


def _triggers(*names: str) -> Away:
    async def switch(pool: Pool, how: str) -> None:
        for name in names:
            await pool.execute(f"ALTER TABLE contact_attempts {how} TRIGGER {name}")

    @asynccontextmanager
    async def away(bench: Bench) -> AsyncIterator[None]:
        await switch(bench.pool, "DISABLE")
        try:
            yield
        finally:
            await switch(bench.pool, "ENABLE")

    return away


async def _no_outbox(*_: object) -> None:
    """A provider that keeps nothing."""


_known: dict[str, CaseFacts] = {}  # by case, of its first contact


async def _known_facts(self: Contacts, case_id: str, now: datetime) -> CaseFacts:
    if case_id not in _known:
        _known[case_id] = await self.read_facts(case_id, now)
    return _known[case_id]


async def _sent_without_facts(
    self: Contacts, case_id: str, attempt_id: str, ref: str, sent_at: datetime, now: datetime
) -> CaseFacts:
    await self._pool.execute(_SETTLE, attempt_id, ref, sent_at)
    return await _known_facts(self, case_id, now)


class _Empty(ContactActivities):
    """The activity of a contact without what it does."""

    made = 0

    @activity.defn
    async def contact_borrower(self, intent: Intent) -> ContactResult:
        """Nobody is contacted."""
        _Empty.made += 1
        facts = await _known_facts(self._contacts, intent.case_id, self._now())
        return ContactResult(status=ContactStatus.SENT, facts=facts)

    @staticmethod
    async def steps() -> int:
        """So far."""
        return _Empty.made


class _Trips(_Empty):
    """The activity of a contact with no more than its round trips: read, reserve, send, record."""

    pool: Pool

    @activity.defn
    async def contact_borrower(self, intent: Intent) -> ContactResult:
        """Nobody is contacted."""
        pool = _Trips.pool
        await pool.fetchrow("SELECT sent FROM trips WHERE key = $1", intent.key)
        await pool.execute("INSERT INTO trips VALUES ($1, false)", intent.key)
        await pool.execute("INSERT INTO trips VALUES ($1 || chr(58), false)", intent.key)
        await pool.execute("UPDATE trips SET sent = true WHERE key = $1", intent.key)
        return await _Empty.contact_borrower(self, intent)


PARTS: dict[str, Away] = {
    "the simulated provider's outbox": _patched((SimulatedOutbox, "put", _no_outbox)),
    "two links of the evidence": _triggers("attempts_linked"),
    "one piece of news": _triggers("news_of_contact", "news_of_new_contact"),
    "fresh facts in the result": _patched((Contacts, "record_sent", _sent_without_facts)),
    "summaries and details for the UI": _patched(
        (case_desk, "details", lambda *_: ""),
        (case_desk, "SUMMARY_LENGTH", 0),
        (contact_attempt, "name_of", lambda _: ""),
    ),
    "the sandbox": _patched((commands.worker, "sandbox", UnsandboxedWorkflowRunner)),
}


if __name__ == "__main__":
    typer.run(main)
