"""Writes events on the record as the intake does, for the tests of what comes of them."""

from datetime import timedelta
from typing import Any

from database.event_record import Events
from database.sql import Pool
from domain.case.events.judged_event import Verdict
from tests.support.record import delivery
from tests.support.world import Loan, event

LOAN = Loan(phones=2)
NOW = LOAN.at_days_past_due(40, hour=12)
PAYMENT = {"payment_id": "P-1", "amount_minor": 1000}


class Recorder:
    """Records events of one case, each with a receipt of its own unless it has one."""

    def __init__(self, pool: Pool, case_id: str) -> None:
        self.pool, self._case_id, self._number = pool, case_id, 0

    async def __call__(self, name: str, **body: Any) -> Verdict:
        self._number += 1
        receipt = body.pop("receipt", f"r-{self._number}")
        extra = {key: body[key] for key in ("visit_id", "due_at", "refusal") if key in body}
        said_at = body.pop("said_at", NOW)
        sent = event(said_at, **{"event_id": f"e-{self._number}", **body})
        letter = delivery(self._case_id, LOAN, name, sent, receipt=receipt, **extra)
        return await Events(self.pool).record_event(letter, lambda: NOW)

    async def accepted(self, name: str, **body: Any) -> Verdict:
        verdict = await self(name, **body)
        assert verdict.accepted, verdict.reason
        return verdict

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in await self.pool.fetch(query)]

    async def visit(self) -> str:
        """A visit that was applied for, approved, proposed and told of."""
        visit_id = "V-1"
        await self.accepted(
            "visit_requested",
            visit_id=visit_id,
            applicant="collector",
            applicant_id="K-1",
            address_id=LOAN.address_id,
        )
        await self.accepted(
            "visit_approved", visit_id=visit_id, approver_id="A-1", due_at=NOW + timedelta(days=30)
        )
        await self.pool.execute(
            "UPDATE visits SET status = 'proposed', slot_id = 'S-1', notice_sent_at = $1,"
            " slot = tstzrange($1, NULL)",
            NOW,
        )
        return visit_id
