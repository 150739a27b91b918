"""A book that is taken over: a few dozen loans, up to two hundred days past due, on one morning."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from temporalio import activity
from temporalio.testing import WorkflowEnvironment

from activities.scan_activities import ScanSummary, scan_overdue
from commands.worker import build_worker
from database.case.scan import Scan
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from domain.clock import BusinessClock
from domain.policy.policy import Policy
from policies.reader import fingerprint
from temporal.case_starter import TemporalCaseStarter
from temporal.names import workflow_id
from tests.support.gateways import simulated_gateways
from tests.support.lives.time_skipping import skip_time
from tests.support.world import Loan, insert_loan

TODAY = date(2026, 8, 3)
DAYS_PAST_DUE = [1, 1, 1, 2, 3, 7, 7, 20, 20, 30, 55, 80, 89, 90, 95, 95, 112, 125, 158, 165, 180]
DAYS_PAST_DUE += [181, 190, 200, 200, 200]
BORROWERS = 13  # two loans each, of different age


def _quietly(_summary: object) -> None:
    """Nobody watches."""


@dataclass
class Book:
    """The loans, and the first day."""

    loans: list[Loan]
    pool: Pool


@pytest.fixture
async def book(env: WorkflowEnvironment, pool: Pool, policy: Policy) -> AsyncIterator[Book]:
    """Adopted at six in the morning; a day has passed."""
    loans = [
        Loan(f"L-{n}", f"B-{n % BORROWERS}", TODAY - timedelta(days=days))
        for n, days in enumerate(DAYS_PAST_DUE)
    ]
    for loan in loans:
        await insert_loan(pool, loan)
    began_at = loans[0].local(TODAY, hour=6)
    clock = BusinessClock(started_at=await env.get_current_time(), origin=began_at)
    await StoredPolicies(pool).store_policy(policy, fingerprint(policy), began_at)

    def now() -> datetime:
        return clock.business(activity.info().started_time)

    async with build_worker(env.client, pool, policy, clock, now, simulated_gateways(pool)):
        starter = TemporalCaseStarter(env.client, clock)
        await scan_overdue(
            Scan(pool), starter, policy.version, lambda: began_at, ScanSummary(), report=_quietly
        )
        await skip_time(env, timedelta(hours=17, minutes=59))
        yield Book(loans, pool)
        for loan in loans:
            await env.client.get_workflow_handle(workflow_id(loan.loan_id)).terminate()


async def test_first_day_is_no_burst(book: Book, policy: Policy) -> None:
    """At most one message for a person with several loans, and only what is due today."""
    rows = await book.pool.fetch("SELECT * FROM contact_attempts ORDER BY reserved_at")
    messages = Counter(row["borrower_id"] for row in rows if row["channel"] == "sms")
    assert messages
    assert max(messages.values()) == 1
    age = {loan.loan_id: (TODAY - loan.first_due_on).days for loan in book.loans}
    steps = {step.days_past_due for step in policy.contact.ladder.value}
    contacted = {age[row["loan_id"]] for row in rows}
    assert contacted <= {days for days in age.values() if days in steps or days > 180}
