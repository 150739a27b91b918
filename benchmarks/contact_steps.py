"""What a contact step costs, against a bare workflow with the same timers and an empty activity.

Both sides run on the same embedded servers, in turn (A B A B …), with as many steps a second as
either can easily do: each workflow takes a step a business day. What is compared is the processor
time of worker and servers for a step, less what the idle servers take; its inverse is the rate at
which a busy machine would do them. A contact step is what the product does for one message: a
timer, the gate (facts, rules, reservation), the provider, the record. What each of these costs:
`benchmarks/step_parts.py`.

    python -m benchmarks.contact_steps [--loans 25] [--seconds 20] [--pairs 3]
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, NamedTuple

import typer
from temporalio.client import Client

from activities.business_time import business_time, real_time
from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.bare import DAY, BareSteps, done
from benchmarks.bare_worker import BARE_QUEUE, build_bare_worker
from benchmarks.means.processor import ProcessorTime, processor_time
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from commands.worker import build_worker
from database.case.scan import Scan
from database.contact.simulated_outbox import SimulatedOutbox
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.clock import BusinessClock
from domain.policy.contact import Channel, LadderStep
from domain.policy.policy import Policy
from embedded.stack import EmbeddedStack
from gateways.simulated import SimulatedGateway
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from temporal.case_starter import TemporalCaseStarter
from temporal.names import workflow_id

SETTLE_SECONDS = 3
ORIGIN = datetime(2026, 1, 1, 1, tzinfo=UTC)


def main(
    loans: Annotated[int, typer.Option(help="Workflows at once, on either side")] = 25,
    seconds: Annotated[float, typer.Option(help="How long each side is measured")] = 20,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 3,
    anyway: Anyway = False,
) -> None:
    """Print the processor time of a step on both sides, and the ratio of the rates."""
    run_bench(_run(loans, seconds, pairs), anyway=anyway)


async def _run(loans: int, seconds: float, pairs: int) -> int:
    async with open_bench(loans, seconds) as bench:
        ratios = []
        for pair in range(pairs):
            bare = await measure_bare(bench)
            ours = await measure_product(bench, f"bench-{pair}")
            ratios.append(bare.total / ours.total)
            typer.echo(f"a step: bare {bare}; product {ours}; rate {ratios[-1]:.3f}")
        say_ratios("contact step against a bare workflow, processor time", ratios)
    return 0


class Bench(NamedTuple):
    """The servers that both sides run on, and how much is measured of each."""

    stack: EmbeddedStack
    client: Client
    pool: Pool
    loans: int
    seconds: float
    idle: ProcessorTime  # a second of servers that have nothing to do


@asynccontextmanager
async def open_bench(loans: int, seconds: float) -> AsyncIterator[Bench]:
    """Start the servers, and see what they take when nothing is to be done."""
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN, day_length=DAY)
    async with EmbeddedStack(clock=clock) as stack:
        client = await stack.connect_temporal()
        async with await open_pool(stack.database_url) as pool:
            await asyncio.sleep(SETTLE_SECONDS)
            before = processor_time(stack)
            await asyncio.sleep(seconds)
            idle = processor_time(stack).since(before).times(1 / seconds)
            yield Bench(stack, client, pool, loans, seconds, idle)


async def measure_bare(bench: Bench) -> ProcessorTime:
    """What a step of the bare workflow takes."""
    ids = [f"bare-{n}" for n in range(bench.loans)]

    async def steps() -> int:
        return done.total

    async with build_bare_worker(bench.client):
        for workflow in ids:
            await bench.client.start_workflow(BareSteps.run, id=workflow, task_queue=BARE_QUEUE)
            await asyncio.sleep(
                DAY.total_seconds() / bench.loans
            )  # as the product spreads its steps
        cost = await _cost_of_step(bench, steps)
    await _terminate(bench.client, ids)
    return cost


async def measure_product(
    bench: Bench,
    name: str,
    steps: Callable[[], Awaitable[int]] | None = None,
    day: timedelta = DAY,
) -> ProcessorTime:
    """What a step of the product takes; `name` names its loans and its policy.

    `steps` counts them; without it those on record are counted. Each loan has one a `day`.
    """
    # A fresh delinquency each time: the ladder has a step a day, for longer than is measured.
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN, day_length=day)
    policy, pool = daily_policy(name), bench.pool
    now = business_time(clock)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
    ids = [f"{name}-{n}" for n in range(bench.loans)]
    await insert_loans(pool, ids)

    async def on_record() -> int:
        count = "SELECT count(*) FROM contact_attempts WHERE loan_id LIKE $1 || '-%'"
        return int(await pool.fetchval(f"{count} AND status = 'sent'", name))

    gateways = {channel: SimulatedGateway(channel, SimulatedOutbox(pool)) for channel in Channel}
    async with build_worker(bench.client, pool, policy, clock, now, gateways):
        starter = TemporalCaseStarter(bench.client, clock)
        await scan_overdue(
            Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
        )
        cost = await _cost_of_step(bench, steps or on_record)
    await _terminate(bench.client, [workflow_id(loan_id) for loan_id in ids])
    await pool.execute("UPDATE loans SET status = 'withdrawn' WHERE loan_id LIKE $1 || '-%'", name)
    return cost


async def _terminate(client: Client, ids: list[str]) -> None:
    """Once no worker is in the middle of something."""
    for workflow in ids:
        await client.get_workflow_handle(workflow).terminate()


async def _cost_of_step(bench: Bench, steps: Callable[[], Awaitable[int]]) -> ProcessorTime:
    await asyncio.sleep(SETTLE_SECONDS)
    while await steps() < bench.loans:  # noqa: ASYNC110 (a busy machine takes its time to begin)
        await asyncio.sleep(0.1)
    loop = asyncio.get_running_loop()
    began_at, before, taken = loop.time(), await steps(), processor_time(bench.stack)
    await asyncio.sleep(bench.seconds)
    spared = bench.idle.times(loop.time() - began_at)
    return processor_time(bench.stack).since(taken, spared).times(1 / (await steps() - before))


def daily_policy(version: str, days: int = 120) -> Policy:
    """The shipped policy, with a message a day at any hour, and no visit in between."""
    shipped = read_policy(CHINA_POLICY).model_dump(mode="json")
    contact: dict[str, Any] = shipped["contact"]
    contact["permitted_hours"]["value"] = {"start": "00:00", "end": "23:59"}
    # A timer may be a third of such a short day late, and its step is still made on that day.
    contact["planned_hours"]["value"] = {"start": "00:00", "end": "12:00"}
    contact["counters"]["messages_per_day"]["value"]["limit"] = 1000
    del contact["credit_report_days"]  # no step of this ladder warns of a report
    contact["ladder"]["value"] = [
        LadderStep(days_past_due=day, channel=Channel.SMS, template="overdue_notice").model_dump()
        for day in range(1, days)
    ]
    shipped["visit"]["from_days_past_due"]["value"] = 3000
    shipped["visit"]["until_days_past_due"]["value"] = 3001
    shipped["version"] = version
    return Policy.model_validate(shipped)


async def insert_loans(pool: Pool, ids: list[str]) -> None:
    """Put a loan on record for each id, with a borrower of the same id."""
    due_on = date(2025, 12, 31)
    await pool.executemany(
        "INSERT INTO borrowers (borrower_id, full_name, language, time_zone)"
        " VALUES ($1, 'Borrower', 'zh', 'UTC')",
        [(loan_id,) for loan_id in ids],
    )
    await pool.executemany(
        "INSERT INTO phones (phone_id, borrower_id, number) VALUES ($1, $1, '+86 000 0000 0000')",
        [(loan_id,) for loan_id in ids],
    )
    await pool.executemany(
        "INSERT INTO phone_confirmations VALUES ($1, 'origination', '2025-01-01')",
        [(loan_id,) for loan_id in ids],
    )
    await pool.executemany(
        "INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,"
        " annual_rate_percent, term_months) VALUES ($1, $1, 'bench', 'CNY', 1200000, 12, 12)",
        [(loan_id,) for loan_id in ids],
    )
    await pool.executemany(
        "INSERT INTO loan_instalments VALUES ($1, $2, $3, $3, 100000)",
        [(loan_id, n + 1, due_on + timedelta(days=30 * n)) for loan_id in ids for n in range(12)],
    )


if __name__ == "__main__":
    typer.run(main)
