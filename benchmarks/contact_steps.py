"""What a contact step costs, against a bare workflow with the same timers and an empty activity.

Both sides run on the same embedded servers, in turn (A B A B …), with as many steps a second as
either can easily do: each workflow takes a step a business day. What is compared is the processor
time of the whole machine for a step, less what the idle servers take; its inverse is the rate at
which a busy machine would do them. A contact step is what the product does for one message: a
timer, the gate (facts, rules, reservation), the provider, the record.

    python -m benchmarks.contact_steps [--loans 25] [--seconds 20] [--pairs 3]
"""

import asyncio
import statistics
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer
from temporalio.client import Client

from activities.business_time import business_time, real_time
from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.bare import DAY, BareSteps, done
from benchmarks.bare_worker import BARE_QUEUE, build_bare_worker
from benchmarks.processor import ProcessorTime, processor_time
from commands.command_line import run_command
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
) -> None:
    """Print the processor time of a step on both sides, and the ratio of the rates."""
    run_command(_run(loans, seconds, pairs))


async def _run(loans: int, seconds: float, pairs: int) -> int:
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN, day_length=DAY)
    async with EmbeddedStack(clock=clock) as stack:
        client = await stack.connect_temporal()
        pool = await open_pool(stack.database_url)
        try:
            idle = await _idle(stack, seconds)
            ratios = []
            for pair in range(pairs):
                bare = await _measure_bare(stack, client, loans, seconds, idle)
                ours = await _measure_product(stack, client, pool, loans, seconds, idle, pair)
                ratios.append(bare.total / ours.total)
                typer.echo(
                    f"a step: bare {_in_ms(bare)}; product {_in_ms(ours)}; rate {ratios[-1]:.3f}"
                )
            typer.echo(f"median ratio {statistics.median(ratios):.3f}")
        finally:
            await pool.close()
    return 0


def _in_ms(step: ProcessorTime) -> str:
    parts = ", ".join(f"{name} {1000 * part:.2f}" for name, part in step._asdict().items())
    return f"{1000 * step.total:.2f} ms ({parts})"


async def _idle(stack: EmbeddedStack, seconds: float) -> ProcessorTime:
    """What the servers take in a second when nothing is to be done."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = processor_time(stack)
    await asyncio.sleep(seconds)
    return processor_time(stack).since(before).times(1 / seconds)


async def _measure_bare(
    stack: EmbeddedStack, client: Client, loans: int, seconds: float, idle: ProcessorTime
) -> ProcessorTime:
    ids = [f"bare-{n}" for n in range(loans)]

    async def steps() -> int:
        return done.total

    async with build_bare_worker(client):
        for workflow in ids:
            await client.start_workflow(BareSteps.run, id=workflow, task_queue=BARE_QUEUE)
            await asyncio.sleep(DAY.total_seconds() / loans)  # as the product spreads its steps
        cost = await _cost_of_step(stack, steps, seconds, idle)
    await _terminate(client, ids)
    return cost


async def _measure_product(
    stack: EmbeddedStack,
    client: Client,
    pool: Pool,
    loans: int,
    seconds: float,
    idle: ProcessorTime,
    pair: int,
) -> ProcessorTime:
    # A fresh delinquency each time: the ladder has a step a day, for longer than is measured.
    clock = BusinessClock(started_at=real_time(), origin=ORIGIN, day_length=DAY)
    policy = _daily_policy(pair)
    now = business_time(clock)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
    ids = [f"bench-{pair}-{n}" for n in range(loans)]
    await insert_loans(pool, ids)

    async def steps() -> int:
        return int(
            await pool.fetchval("SELECT count(*) FROM contact_attempts WHERE status = 'sent'")
        )

    gateways = {channel: SimulatedGateway(channel, SimulatedOutbox(pool)) for channel in Channel}
    async with build_worker(client, pool, policy, clock, now, gateways):
        starter = TemporalCaseStarter(client, clock)
        await scan_overdue(
            Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
        )
        cost = await _cost_of_step(stack, steps, seconds, idle)
    await _terminate(client, [workflow_id(loan_id) for loan_id in ids])
    await pool.execute("UPDATE loans SET status = 'withdrawn'")
    return cost


async def _terminate(client: Client, ids: list[str]) -> None:
    """Once no worker is in the middle of something."""
    for workflow in ids:
        await client.get_workflow_handle(workflow).terminate()


async def _cost_of_step(
    stack: EmbeddedStack,
    steps: Callable[[], Awaitable[int]],
    seconds: float,
    idle: ProcessorTime,
) -> ProcessorTime:
    """What one step takes."""
    await asyncio.sleep(SETTLE_SECONDS)
    loop = asyncio.get_running_loop()
    began_at, before, taken = loop.time(), await steps(), processor_time(stack)
    await asyncio.sleep(seconds)
    spared = idle.times(loop.time() - began_at)
    return processor_time(stack).since(taken, spared).times(1 / (await steps() - before))


def _daily_policy(pair: int) -> Policy:
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
        for day in range(1, 120)
    ]
    shipped["visit"]["from_days_past_due"]["value"] = 3000
    shipped["visit"]["until_days_past_due"]["value"] = 3001
    shipped["version"] = f"bench-{pair}"
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
