"""The contact gate with a fake provider and a clock that a test sets."""

import asyncio
from typing import Any

from temporalio.testing import ActivityEnvironment

from activities.contact_activities import ContactActivities, ContactResult
from database.contact.contacts import Contacts
from database.policy.pinned_policies import PolicyShelf
from database.sql import Pool
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from gateways.protocol import CannotTellError, Outbound, Sent
from tests.support.world import Loan

LOAN = Loan(phones=2)
NOON = LOAN.at_days_past_due(5, hour=12)


class CrashError(Exception):
    """The process dies here."""


class FakeGateway:
    """A provider that does what a test tells it, and remembers what it sent."""

    takes_once = False
    never_answers = False

    def __init__(self, *mishaps: Exception) -> None:
        self.sent: dict[str, Outbound] = {}
        self.asked: list[str] = []
        self._mishaps = list(mishaps)
        self.crashes_after_sending = False
        self.can_tell = True

    def fail_next(self, mishap: Exception) -> None:
        self._mishaps.append(mishap)

    async def send(self, message: Outbound) -> Sent:
        if self._mishaps:
            raise self._mishaps.pop(0)
        assert message.reference not in self.sent, "sent twice"
        self.sent[message.reference] = message
        if self.never_answers:
            await asyncio.Event().wait()
        if self.crashes_after_sending:
            raise CrashError
        return Sent(f"ref-{message.reference}", message.at)

    async def find(self, reference: str) -> Sent | None:
        self.asked.append(reference)
        if not self.can_tell:
            raise CannotTellError
        message = self.sent.get(reference)
        return None if message is None else Sent(f"ref-{reference}", message.at)


class Gate:
    """Contact activities with a fake provider and a clock that a test sets."""

    def __init__(self, pool: Pool, policy: Policy, case_id: str, gateway: FakeGateway) -> None:
        self.pool, self.gateway, self.now = pool, gateway, NOON
        self._case_id = case_id
        self.activities = ContactActivities(
            Contacts(pool, PolicyShelf(policy)),
            dict.fromkeys(Channel, gateway),
            policy.channels,
            lambda: self.now,
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
