"""What a life of months costs: cases that are contacted every day, for 1, 6 and 24 months.

On the Temporal server whose time is skipped: what is counted in histories is as on any server, and
two years take minutes. At the end of each number of months: what a step of the last days took of
the worker's processor, and until it was over; how long the longest run's history has become; what
a step writes into it; the state that the current run was started with; and Temporal's actions. What
bounds a history is that a run is continued as new.

    python -m benchmarks.growth.months [--months 1 --months 6] [--anyway]
    python -m benchmarks.growth.months --months 1 --months 6 --months 24
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from temporalio import activity
from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.contact_steps import ORIGIN, daily_policy, insert_loans
from benchmarks.means.databases import migrated_database
from benchmarks.means.growth import say_growth
from benchmarks.means.quiet import Anyway, run_bench
from commands.worker import build_worker
from database.case.scan import Scan
from database.contact.simulated_outbox import SimulatedOutbox
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.clock import BusinessClock
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.simulated import SimulatedGateway
from policies.reader import fingerprint
from temporal.actions import actions_of
from temporal.case_starter import TemporalCaseStarter
from temporal.converter import DATA_CONVERTER
from temporal.names import workflow_id
from temporal.search_attributes import SEARCH_ATTRIBUTES

MONTHS = [1, 6]
MONTH = timedelta(days=30)
LAST_DAYS = timedelta(days=20)  # of a month, that are measured
LOANS = 4
ALONG = "months of life"
_TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"
_STEPS = "SELECT count(*) FROM contact_attempts WHERE status = 'sent'"
UNITS = {
    "a contact step, processor time of the worker": "ms",
    "a contact step, until it is over": "ms",
    "the longest history of a run": "events",
    "a step in the history": "KiB",
    "state that a run is started with": "KiB",
    "Temporal's actions of a step": "actions",
}
Costs = dict[str, dict[int, list[float]]]


class Bench(NamedTuple):
    """The servers, and the lives on them."""

    env: WorkflowEnvironment
    pool: Pool
    ids: list[str]


def main(
    months: Annotated[list[int], typer.Option(help="At the end of which it is measured")] = MONTHS,
    anyway: Anyway = False,
) -> None:
    """Print each cost after each number of months, and the ratio of the last and the first."""
    run_bench(_run(sorted(months)), anyway=anyway)


async def _run(months: list[int]) -> int:
    costs: Costs = defaultdict(dict)
    ids = [f"life-{number}" for number in range(LOANS)]
    policy = daily_policy("months", (months[-1] + 1) * MONTH.days)
    async with migrated_database() as database, _skipping_time() as env:
        pool = database.pool
        began_at = await env.get_current_time()
        clock = BusinessClock(started_at=began_at, origin=ORIGIN)
        async with _worker(env.client, pool, policy, clock):
            await _start(env.client, pool, policy, clock, ids)
            bench = Bench(env, pool, ids)
            for month in months:
                await _sleep_until(env, began_at + month * MONTH - LAST_DAYS)
                await _measure_steps(bench, month, costs)
                await _measure_histories(bench, month, costs)
    for measure, unit in UNITS.items():
        say_growth(measure, ALONG, unit, costs[measure])
    return 0


@asynccontextmanager
async def _skipping_time() -> AsyncIterator[WorkflowEnvironment]:
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(_TEST_SERVER), data_converter=DATA_CONVERTER
    ) as env:
        request = AddSearchAttributesRequest()
        for key in SEARCH_ATTRIBUTES:
            request.search_attributes[key.name] = IndexedValueType.ValueType(key.indexed_value_type)
        await env.client.operator_service.add_search_attributes(request)
        yield env


@asynccontextmanager
async def _worker(
    client: Client, pool: Pool, policy: Policy, clock: BusinessClock
) -> AsyncIterator[None]:
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), ORIGIN)
    outbox = SimulatedOutbox(pool)
    gateways = {channel: SimulatedGateway(channel, outbox) for channel in Channel}

    def now() -> datetime:
        """An activity's start comes from the server, whose time is skipped."""
        return clock.business(activity.info().started_time)

    async with build_worker(client, pool, policy, clock, now, gateways):
        yield


async def _start(
    client: Client, pool: Pool, policy: Policy, clock: BusinessClock, ids: list[str]
) -> None:
    await insert_loans(pool, ids)
    summary = await scan_overdue(
        Scan(pool),
        TemporalCaseStarter(client, clock),
        policy.version,
        lambda: ORIGIN,
        ScanSummary(),
        report=lambda _: None,
    )
    if summary.started != len(ids):
        raise RuntimeError(f"{summary.started} cases were started, not {len(ids)}")


async def _sleep_until(env: WorkflowEnvironment, moment: datetime) -> None:
    """Day by day: a call that takes minutes is cut."""
    while (left := moment - await env.get_current_time()) > timedelta(0):
        await env.sleep(min(left, timedelta(days=1)))


async def _measure_steps(bench: Bench, month: int, costs: Costs) -> None:
    before = await bench.pool.fetchval(_STEPS)
    ends_at = await bench.env.get_current_time() + LAST_DAYS
    began_at, taken = time.perf_counter(), time.process_time()
    await _sleep_until(bench.env, ends_at)
    took, cost = time.perf_counter() - began_at, time.process_time() - taken
    made = await bench.pool.fetchval(_STEPS) - before
    if made < LAST_DAYS.days * len(bench.ids) * 0.9:
        raise RuntimeError(f"{made} steps were made in the last days")
    costs["a contact step, processor time of the worker"][month] = [1000 * cost / made]
    costs["a contact step, until it is over"][month] = [1000 * took / made]


async def _measure_histories(bench: Bench, month: int, costs: Costs) -> None:
    lives = [await _runs(bench.env.client, loan_id) for loan_id in bench.ids]
    runs = [run for life in lives for run in life]
    steps = int(await bench.pool.fetchval(_STEPS))
    weight = sum(event.ByteSize() for run in runs for event in _after_its_policy(run))
    actions = sum((actions_of(run) for run in runs), Counter[str]())
    states = [life[-1][0].ByteSize() / 1024 for life in lives]
    costs["the longest history of a run"][month] = [max(map(len, runs))]
    costs["a step in the history"][month] = [weight / steps / 1024]
    costs["state that a run is started with"][month] = states
    costs["Temporal's actions of a step"][month] = [actions.total() / steps]
    each = steps / len(lives)
    typer.echo(
        f"{month}: a life of {each:.0f} steps, {len(runs) / len(lives):.1f} runs,"
        f" {actions.total() / len(lives):.0f} actions, {weight / len(lives) / 1024:.0f} KiB"
    )


def _after_its_policy(run: Sequence[HistoryEvent]) -> Sequence[HistoryEvent]:
    """A run is given its policy first: the ladder of this one is a hundred times a real one."""
    ended = (event.event_type for event in run)
    return run[list(ended).index(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED) + 1 :]


async def _runs(client: Client, loan_id: str) -> list[Sequence[HistoryEvent]]:
    """The runs of a loan's workflow, the first one first: each says which one it goes on."""
    runs: list[Sequence[HistoryEvent]] = []
    run_id: str | None = None
    while run_id != "":
        handle = client.get_workflow_handle(workflow_id(loan_id), run_id=run_id)
        events = (await handle.fetch_history()).events
        runs.insert(0, events)
        run_id = events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return runs


if __name__ == "__main__":
    typer.run(main)
