"""The contact gate with a fake provider and a clock that a test sets."""

from datetime import timedelta
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.business_time import Now
from activities.contact_activities import ANSWER_WITHIN, ContactActivities
from activities.contact_result import ContactResult
from database.contact.closed_gateways import ClosedGateways
from database.contact.contacts import Contacts
from database.policy.pinned_policies import PinnedPolicies
from database.sql import Pool
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from tests.support.gateways import FakeGateway
from tests.support.world import Loan

LOAN = Loan(phones=2)
NOON = LOAN.at_days_past_due(5, hour=12)


class Gate:
    """Contact activities with a fake provider; `now` is the time unless another clock is given."""

    def __init__(
        self,
        pool: Pool,
        policy: Policy,
        case_id: str,
        gateway: FakeGateway,
        *,
        now: Now | None = None,
        shelf: PinnedPolicies | None = None,
        answer_within: timedelta = ANSWER_WITHIN,
        reaching_people: frozenset[Channel] = frozenset(),
    ) -> None:
        self.pool, self.gateway, self.now = pool, gateway, NOON
        self._case_id = case_id
        self.activities = ContactActivities(
            Contacts(pool, shelf or PinnedPolicies(policy), reaching_people),
            ClosedGateways(pool),
            dict.fromkeys(Channel, gateway),
            now or (lambda: self.now),
            answer_within,
        )

    def intent(self, key: str, **changes: Any) -> Intent:
        values = {
            "case_id": self._case_id,
            "channel": Channel.SMS,
            "purpose": Purpose.COLLECTION,
            "template": "overdue_notice",
        } | changes
        return Intent(key=f"{values['case_id']}:{key}", **values)

    async def contact(self, key: str = "step", **changes: Any) -> ContactResult:
        intent = self.intent(key, **changes)
        result: ContactResult = await ActivityEnvironment().run(
            self.activities.contact_borrower, intent
        )
        return result

    async def settle(self, key: str = "step") -> ContactResult | None:
        return await self.activities.settle_contact(self.intent(key))

    async def attempts(self) -> list[dict[str, Any]]:
        rows = await self.pool.fetch("SELECT * FROM contact_attempts ORDER BY reserved_at")
        return [dict(row) for row in rows]
