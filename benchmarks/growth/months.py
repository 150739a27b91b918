"""What a life of months costs: a case that is contacted every day, for 1, 6 and 24 months.

On the embedded stack, a business day a second. Up to each month: the processor time of a contact
step over the last days, how long it lasts, how long the longest run's history has become, what a
step writes into it, and the state that the current run was started with. What bounds a history is
that a run is continued as new.

    python -m benchmarks.growth.months [--months 1 --months 6] [--anyway]
    python -m benchmarks.growth.months --months 1 --months 6 --months 24    # a quarter of an hour
"""

import asyncio
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer
from temporalio.api.history.v1 import HistoryEvent

from activities.business_time import business_time
from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.bare import DAY
from benchmarks.contact_steps import Bench, daily_policy, insert_loans, open_bench
from benchmarks.growth.lasting import lasted
from benchmarks.means.growth import say_growth
from benchmarks.means.processor import processor_time
from benchmarks.means.quiet import Anyway, run_bench
from commands.worker import build_worker
from database.case.scan import Scan
from database.contact.simulated_outbox import SimulatedOutbox
from database.policy.stored_policies import StoredPolicies
from domain.policy.contact import Channel
from gateways.simulated import SimulatedGateway
from policies.reader import fingerprint
from temporal.actions import actions_of
from temporal.case_starter import TemporalCaseStarter
from temporal.names import workflow_id

MONTHS = [1, 6]
DAYS_A_MONTH = 30
LOANS = 8
MEASURED_DAYS = 20  # before the month is over
SETTLES_DAYS = 5
ALONG = "months of life"
_STEPS = "SELECT count(*) FROM contact_attempts WHERE status = 'sent'"
_OURS = "SELECT pg_database_size(current_database())"
Costs = dict[str, dict[int, list[float]]]
UNITS = {
    "contact step, processor time": "ms",
    "contact step, from its timer to its record": "ms",
    "the longest history of a run": "events",
    "a step in the history": "KiB",
    "state that a run is started with": "KiB",
    "Temporal's actions of a step": "actions",
}


class Run(NamedTuple):
    """A run of a loan's life, by its events."""

    events: Sequence[HistoryEvent]

    @property
    def steps(self) -> int:
        """Contacts that were scheduled in it."""
        scheduled = (each.activity_task_scheduled_event_attributes for each in self.events)
        return sum(each.activity_type.name == "contact_borrower" for each in scheduled)


def main(
    months: Annotated[list[int], typer.Option(help="At the end of which it is measured")] = MONTHS,
    anyway: Anyway = False,
) -> None:
    """Print each cost after each number of months, and the ratio of the last and the first."""
    run_bench(_run(sorted(months)), anyway=anyway)


async def _run(months: list[int]) -> int:
    costs: Costs = defaultdict(dict)
    async with open_bench(LOANS, MEASURED_DAYS / 2) as bench:
        clock = bench.stack.clock
        policy, now = daily_policy("months", months[-1] * DAYS_A_MONTH + 10), business_time(clock)
        await StoredPolicies(bench.pool).store_policy(policy, fingerprint(policy), now())
        ids = [f"life-{number}" for number in range(LOANS)]
        await insert_loans(bench.pool, ids)
        outbox = SimulatedOutbox(bench.pool)
        gateways = {channel: SimulatedGateway(channel, outbox) for channel in Channel}
        async with build_worker(bench.client, bench.pool, policy, clock, now, gateways):
            starter = TemporalCaseStarter(bench.client, clock)
            began_at = asyncio.get_running_loop().time()
            await scan_overdue(
                Scan(bench.pool), starter, policy.version, now, ScanSummary(),
                report=lambda _: None,
            )  # fmt: skip
            for month in months:
                ends_at = began_at + month * DAYS_A_MONTH * DAY.total_seconds()
                await _measure(bench, ids, ends_at, month, costs)
    for measure, unit in UNITS.items():
        say_growth(measure, ALONG, unit, costs[measure])
    return 0


async def _measure(bench: Bench, ids: list[str], ends_at: float, month: int, costs: Costs) -> None:
    loop = asyncio.get_running_loop()
    await asyncio.sleep(ends_at - MEASURED_DAYS - loop.time())
    began_at, taken = loop.time(), processor_time(bench.stack)
    before = await bench.pool.fetchval(_STEPS)
    await asyncio.sleep(ends_at - loop.time())
    made = await bench.pool.fetchval(_STEPS) - before
    cost = processor_time(bench.stack).since(taken, bench.idle.times(loop.time() - began_at))
    costs["contact step, processor time"][month] = [1000 * cost.total / made]
    lives = [await _runs(bench, loan_id) for loan_id in ids]
    runs = [run for life in lives for run in life]
    latest = [each for life in lives for run in life[-2:] for each in lasted(run.events)]
    costs["contact step, from its timer to its record"][month] = statistics.quantiles(
        latest[-MEASURED_DAYS * LOANS :], n=4
    )
    costs["the longest history of a run"][month] = [max(len(run.events) for run in runs)]
    steps = sum(run.steps for run in runs)
    bytes_of_steps = sum(each.ByteSize() for run in runs for each in run.events[1:])
    costs["a step in the history"][month] = [bytes_of_steps / steps / 1024]
    costs["state that a run is started with"][month] = [
        life[-1].events[0].ByteSize() / 1024 for life in lives
    ]
    actions = sum((actions_of(run.events) for run in runs), Counter[str]())
    costs["Temporal's actions of a step"][month] = [actions.total() / steps]
    typer.echo(f"{month}: {made / LOANS:.1f} steps of each in {MEASURED_DAYS} days, "
               f"{len(runs) / LOANS:.1f} runs of a life, {steps / LOANS:.0f} steps")  # fmt: skip


async def _runs(bench: Bench, loan_id: str) -> list[Run]:
    """The runs of a loan's workflow, the first one first."""
    query = f"WorkflowId = '{workflow_id(loan_id)}'"
    found = [each async for each in bench.client.list_workflows(query)]
    runs = []
    for each in sorted(found, key=lambda each: each.start_time):
        handle = bench.client.get_workflow_handle(each.id, run_id=each.run_id)
        runs.append(Run((await handle.fetch_history()).events))
    return runs


if __name__ == "__main__":
    typer.run(main)
