"""What a scan costs where there is nothing to start: a book of overdue loans with open cases.

In turn with `count(*)` of the same predicate on the same tables (A B B A …), which is the floor:
somebody has to say how many there are. What the process needs in memory is that of one page.

    python -m benchmarks.scan_at_rest [--loans 1000000] [--pairs 6]
"""

import statistics
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from activities.scan_activities import ScanSummary, scan_overdue
from benchmarks.means.quiet import Anyway, run_bench
from benchmarks.means.ratios import say_ratios
from database.case.scan import Scan
from database.migrate import apply_migrations
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool, open_pool
from domain.case.state import DueCase
from domain.policy.policy import Policy
from embedded.postgres import EmbeddedPostgres
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TIMES_THE_FLOOR = 2.0
_BOOK = """
INSERT INTO borrowers (borrower_id, full_name, language, time_zone)
    SELECT 'B-' || n, 'Borrower', 'zh', 'Asia/Shanghai' FROM generate_series(1, {loans}) n;
INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
                   term_months, oldest_unpaid_due_on, in_collection)
    SELECT 'L-' || n, 'B-' || n, 'bench', 'CNY', 1200000, 12, 12, DATE '2026-01-01' + n % 140, true
    FROM generate_series(1, {loans}) n;
ALTER TABLE collection_cases DISABLE TRIGGER USER;
INSERT INTO collection_cases (case_id, loan_id, overdue_since, policy_version, opened_at,
                              opened_after, started_at, stage)
    SELECT loan_id || ':' || oldest_unpaid_due_on, loan_id, oldest_unpaid_due_on, '{version}',
           '2026-06-01', 0, '2026-06-01', 'early_contact'
    FROM loans;
ALTER TABLE collection_cases ENABLE TRIGGER USER;
"""


class _NobodyStarts:
    """There is nothing to start."""

    async def start_case(self, case: DueCase) -> bool:
        raise RuntimeError(f"{case.case_id} was to be started")


def main(
    loans: Annotated[int, typer.Option(help="Overdue loans with an open case")] = 1_000_000,
    pairs: Annotated[int, typer.Option(help="How often both are measured")] = 6,
    anyway: Anyway = False,
) -> None:
    """Print the seconds of both, the median ratio and the memory. Ends with 1 above twice."""
    run_bench(_run(loans, pairs), anyway=anyway)


async def _run(loans: int, pairs: int) -> int:
    with TemporaryDirectory(prefix="loan-collections-") as directory:
        server = EmbeddedPostgres(Path(directory), durable=False)
        server.start()
        try:
            await apply_migrations(server.url("postgres"))
            pool = await open_pool(server.url("postgres"))
            policy = read_policy(CHINA_POLICY)
            await _insert_book(pool, policy, loans)
            ratio = await _compare(pool, policy, loans, pairs)
            await pool.close()
        finally:
            await server.stop()
    return 0 if ratio <= TIMES_THE_FLOOR else 1


async def _insert_book(pool: Pool, policy: Policy, loans: int) -> None:
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), NOW)
    await pool.execute(_BOOK.format(loans=loans, version=policy.version))
    await pool.execute("VACUUM ANALYZE")


async def _compare(pool: Pool, policy: Policy, loans: int, pairs: int) -> float:
    await _count(pool), await _scan(pool, policy, loans)  # both find what they read in memory
    ratios = []
    for pair in range(pairs):
        if pair % 2 == 0:
            counted, scanned = await _count(pool), await _scan(pool, policy, loans)
        else:
            scanned, counted = await _scan(pool, policy, loans), await _count(pool)
        ratios.append(scanned / counted)
        typer.echo(f"count(*) {counted:.3f} s, scan {scanned:.3f} s; ratio {ratios[-1]:.2f}")
    tracemalloc.start()
    await _scan(pool, policy, loans)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    typer.echo(f"{loans} loans, {peak / 1024:.0f} KiB at most")
    say_ratios("scan of a book at rest against count(*)", ratios)
    return statistics.median(ratios)


async def _count(pool: Pool) -> float:
    began_at = time.perf_counter()
    await pool.fetchval(
        "SELECT count(*) FROM loans WHERE status = 'active' AND oldest_unpaid_due_on < $1",
        (NOW + timedelta(hours=14)).date(),
    )
    return time.perf_counter() - began_at


async def _scan(pool: Pool, policy: Policy, loans: int) -> float:
    began_at = time.perf_counter()
    summary = await scan_overdue(
        Scan(pool),
        _NobodyStarts(),
        policy.version,
        lambda: NOW,
        ScanSummary(),
        report=lambda _: None,
    )
    took = time.perf_counter() - began_at
    if summary.already_running != loans:
        raise RuntimeError(f"{summary.already_running} loans were counted, not {loans}")
    return took


if __name__ == "__main__":
    typer.run(main)
