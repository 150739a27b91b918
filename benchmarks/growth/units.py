"""What the capacity model reckons with: the cost of a case's start, a contact step and an event.

Of each: processor time of the worker, of Temporal and of Postgres (less what idle servers take),
Temporal Cloud's actions, what it adds to the history, and what it adds to both databases on disk.

    python -m benchmarks.growth.units [--loans 500] [--seconds 20] [--anyway]
"""

import asyncio
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated, NamedTuple

import typer

from activities.business_time import business_time
from benchmarks.contact_steps import Bench, measure_product
from benchmarks.growth.sleepers import REAL, sleepers_policy, start_sleepers, take_up
from benchmarks.growth.stack import idle_second, on_disk, open_growing
from benchmarks.means.processor import ProcessorTime, processor_time
from benchmarks.means.quiet import Anyway, run_bench
from commands.worker import build_worker
from database.contact.simulated_outbox import SimulatedOutbox
from domain.events import PaymentReceived
from domain.policy.contact import Channel
from gateways.simulated import SimulatedGateway
from temporal.actions import actions_of
from temporal.delivery import deliver
from temporal.names import workflow_id

STEPPERS = 25
STEP_EVERY = timedelta(seconds=8)  # a business day; a timer that is late is late by less of it
AT_ONCE = 8
_SENT = "SELECT count(*) FROM contact_attempts WHERE status = 'sent'"


class Wrote(NamedTuple):
    """What histories and databases hold."""

    actions: float
    history_bytes: float
    temporal_bytes: float
    our_bytes: float

    def less(self, before: "Wrote") -> "Wrote":
        """What has come since."""
        return Wrote(*(now - was for now, was in zip(self, before, strict=True)))

    def times(self, factor: float) -> "Wrote":
        """So many times all of it."""
        return Wrote(*(factor * part for part in self))

    def each(self, many: int) -> str:
        """Of one of so many, in words."""
        actions, *weights = (part / many for part in self)
        history, temporal, ours = (f"{weight / 1024:.2f} KiB" for weight in weights)
        return f"{actions:.2f} actions, history {history}, on disk Temporal {temporal}, ours {ours}"


def main(
    loans: Annotated[int, typer.Option(help="Cases that are started and told an event")] = 500,
    seconds: Annotated[float, typer.Option(help="How long steps, and idle servers, run")] = 40,
    anyway: Anyway = False,
) -> None:
    """Print a line for each."""
    run_bench(_run(loans, seconds), anyway=anyway)


async def _run(loans: int, seconds: float) -> int:
    async with open_growing(seconds, STEPPERS) as opened:
        bench = opened._replace(idle=await idle_second(opened))
        ids = [f"sleeper-{number}" for number in range(loans)]
        nothing = Wrote(0, 0, *await on_disk(bench))
        taken, began_at = processor_time(bench.stack), time.perf_counter()
        await start_sleepers(bench.client, bench.pool, 0, loans - 1)
        await take_up(bench.client, bench.pool, loans)
        _say("a case's start", _since(bench, taken, began_at).times(1 / loans))
        started = await _wrote(bench, ids)
        typer.echo(f"    {started.less(nothing).each(loans)}")

        taken, began_at = processor_time(bench.stack), time.perf_counter()
        await _tell_all(bench, ids)
        _say("an event", _since(bench, taken, began_at).times(1 / loans))
        typer.echo(f"    {(await _wrote(bench, ids)).less(started).each(loans)}")

        before = Wrote(0, 0, *await on_disk(bench))
        _say("a contact", await measure_product(bench, "unit", day=STEP_EVERY))
        stepped = await _wrote(bench, [f"unit-{number}" for number in range(STEPPERS)])
        made = int(await bench.pool.fetchval(_SENT))
        # Their cases were started, too, and that is no contact.
        starts = started.less(nothing).times(STEPPERS / loans)
        typer.echo(f"    {stepped.less(before).less(starts).each(made)} ({made} were made)")
    return 0


def _say(what: str, cost: ProcessorTime) -> None:
    typer.echo(f"{what}: {cost}")


def _since(bench: Bench, taken: ProcessorTime, began_at: float) -> ProcessorTime:
    idle = bench.idle.times(time.perf_counter() - began_at)
    return processor_time(bench.stack).since(taken, idle)


async def _wrote(bench: Bench, loan_ids: list[str]) -> Wrote:
    actions, weight = Counter[str](), 0
    for loan_id in loan_ids:
        handle = bench.client.get_workflow_handle(workflow_id(loan_id))
        events = (await handle.fetch_history()).events
        actions += actions_of(events)
        weight += sum(event.ByteSize() for event in events)
    return Wrote(actions.total(), weight, *await on_disk(bench))


async def _tell_all(bench: Bench, loan_ids: list[str]) -> None:
    """A payment of a part of what is overdue, of each, as the front door delivers it."""
    gateways = {
        channel: SimulatedGateway(channel, SimulatedOutbox(bench.pool)) for channel in Channel
    }
    waiting, now = iter(loan_ids), datetime.now(UTC).isoformat()

    async def tell() -> None:
        for loan_id in waiting:
            event = {
                "name": PaymentReceived.name,
                "event_id": f"P-{loan_id}",
                "source": "bench",
                "occurred_at": now,
                "payment_id": f"P-{loan_id}",
                "amount_minor": 100,
            }
            answer = await deliver(bench.client, loan_id, event)
            if not answer["accepted"]:
                raise RuntimeError(f"{answer}")

    policy = sleepers_policy()
    async with build_worker(bench.client, bench.pool, policy, REAL, business_time(REAL), gateways):
        await asyncio.gather(*(tell() for _ in range(AT_ONCE)))


if __name__ == "__main__":
    typer.run(main)
