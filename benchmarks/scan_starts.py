"""How fast the scan starts workflows, against a client that starts bare ones.

Both sides start as many workflows at a time on the same embedded servers, in turn (A B B A …);
no worker runs, so that nothing but starting is measured. The scan finds each loan by its index,
puts a case on record and starts its workflow; the bare client only starts. One pair and the next
differ by a fifth, whatever the scan does: the server's pace varies so, hence many pairs.

    python -m benchmarks.scan_starts [--loans 1000] [--pairs 8]
"""

import asyncio
import time
from typing import Annotated

import typer
from temporalio.client import Client

from activities.business_time import business_time
from activities.scan_activities import STARTS_AT_ONCE, ScanSummary, scan_overdue
from benchmarks.bare import BareSteps
from benchmarks.contact_steps import insert_loans
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.case.scan import Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.clock import BusinessClock
from embedded.stack import EmbeddedStack
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from temporal.case_starter import TemporalCaseStarter


def main(
    loans: Annotated[int, typer.Option(help="Workflows that either side starts")] = 1000,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 8,
    anyway: Anyway = False,
) -> None:
    """Print the rates of each pair, and the median of their ratios."""
    run_bench(_run(loans, pairs), anyway=anyway)


async def _run(loans: int, pairs: int) -> int:
    async with EmbeddedStack() as stack:
        client = await stack.connect_temporal()
        pool = await open_pool(stack.database_url)
        try:
            await _start_bare(client, 100, "warm")  # both sides find a server that is warm
            ratios = []
            for pair in range(pairs):
                rates: dict[str, float] = {}
                for side in ("bare", "scan") if pair % 2 == 0 else ("scan", "bare"):
                    if side == "bare":
                        rates[side] = await _start_bare(client, loans, str(pair))
                    else:
                        rates[side] = await _scan(client, pool, loans, pair)
                ratios.append(rates["scan"] / rates["bare"])
                typer.echo(
                    f"starts a second: bare {rates['bare']:.0f}, scan {rates['scan']:.0f}; "
                    f"ratio {ratios[-1]:.3f}"
                )
            say_ratios("starts from the scan against the raw client", ratios)
        finally:
            await pool.close()
    return 0


async def _start_bare(client: Client, loans: int, name: str) -> float:
    limit = asyncio.Semaphore(STARTS_AT_ONCE)

    async def start(number: int) -> None:
        async with limit:
            await client.start_workflow(
                BareSteps.run, id=f"bare-{name}-{number}", task_queue="nobody"
            )

    began_at = time.perf_counter()
    await asyncio.gather(*map(start, range(loans)))
    return loans / (time.perf_counter() - began_at)


async def _scan(client: Client, pool: Pool, loans: int, pair: int) -> float:
    clock = BusinessClock()
    policy, now = read_policy(CHINA_POLICY), business_time(clock)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
    await insert_loans(pool, [f"loan-{pair}-{number}" for number in range(loans)])
    starter = TemporalCaseStarter(client, clock)
    began_at = time.perf_counter()
    summary = await scan_overdue(
        Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
    )
    took = time.perf_counter() - began_at
    if summary.started != loans:
        raise RuntimeError(f"{summary.started} workflows were started, not {loans}")
    await pool.execute("UPDATE loans SET status = 'withdrawn'")  # the next scan looks for others
    return loans / took


if __name__ == "__main__":
    typer.run(main)
