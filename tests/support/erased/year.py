"""A year of one loan on record: every kind of row, by a person who cannot be overlooked."""

from datetime import timedelta
from typing import Any

from activities.legal_activities import LegalActivities
from database.case.cases import Cases
from database.case.legal_package import LegalPackages
from database.contact.receipts import Receipts
from database.policy.stored_policies import StoredPolicies
from database.sql import SQL
from database.visit.visitor_checks import VisitorChecks
from domain.case.facts import Outcome
from domain.contact.delivery import Delivery, Receipt
from domain.events import EVENTS
from domain.events.fields import Text
from domain.visit.visitors import VisitorQuestion
from policies.reader import fingerprint
from tests.support.record import Record

CANARY = "Canary"
_NAMED = """
UPDATE borrowers SET full_name = 'Canary';
UPDATE phones SET number = 'Canary ' || phone_id, written = 'Canary';
UPDATE addresses SET line = 'Canary', region = 'Canary';
UPDATE loans SET purpose = 'Canary';
"""
# What comes by itself, weeks after what was before it.
_WEEKS_BEFORE = {
    "promise_made": 1,
    "hold_placed": 2,
    "complaint_filed": 2,
    "complaint_resolved": 2,
    "contact_preferences_changed": 1,
}
_CREDENTIAL = """
INSERT INTO credentials (key_id, source, events, lenders, may_name_staff, salt, added_at)
VALUES ('bank', 'bank', '{*}', '{*}', true, 'salt', $1)
"""
_CAME_BY_THE_DOOR = """
INSERT INTO inbox (loan_id, event_id, name, body, sha256, key_id, ticket, received_at, answer)
VALUES ('L-1', 'door', 'complaint_filed', '{"about": "Canary"}', repeat('0', 64), 'bank', 'T', $1,
        '{"accepted": false, "reason": "LC-TEST: Canary"}')
"""
_PROPOSED = "INSERT INTO proposed_plans VALUES ('G-1', $1, 'e-0', '{}')"
_REPLY = "INSERT INTO replies (reply_id, phone_id, text, received_at) VALUES ('RE-9', $1, $2, $3)"


class Year(Record):
    """Whatever an event can say in somebody's own words, it says."""

    async def deliver(self, name: str, **given: Any) -> None:
        self.now += timedelta(weeks=_WEEKS_BEFORE.get(name, 0))
        said = EVENTS[name].__annotations__.items()
        words = {field: CANARY for field, annotation in said if annotation == Text}
        if name == "hold_placed":
            given["reason"] = CANARY
        await super().deliver(name, **words | given)

    def _go_to_day(self, days: int) -> None:
        self.now = self.loan.at_days_past_due(days, hour=12)

    async def write(self) -> None:
        """From the first message to the end of the case, with the file of it."""
        await self.pool.execute(_NAMED)
        await self.pool.execute(_CREDENTIAL, self.now)
        await SQL.add_endpoint(
            self.pool, endpoint_id="crm", url="https://crm.test", types=["*"], lenders=["*"],
            salt="salt", now=self.now,
        )  # fmt: skip
        await self.give_penalty_rate()
        self._go_to_day(8)
        await self._reach_borrower()
        await self._answer()
        self._go_to_day(25)
        await self._interrupt()
        self._go_to_day(120)
        await self._agree(await self._visit())
        await self.pool.execute(_PROPOSED, self.case_id)
        await self._check_visitor()
        await self._pay_by_the_plan()
        await self._refuse()
        await self._end()

    async def _answer(self) -> None:
        """What providers and people sent back."""
        sms = await self.pool.fetchrow("SELECT * FROM contact_attempts WHERE channel = 'sms'")
        assert sms is not None
        told = Receipt(
            provider="simulated",
            reference=sms["attempt_id"],
            provider_ref=sms["provider_ref"],
            delivery=Delivery.DELIVERED,
            at=self.now,
            code="ok",
        )
        await Receipts(self.pool).record_receipts([told], self.now)
        await self.pool.execute(_REPLY, f"{self.loan.borrower_id}-p1", CANARY, self.now)
        await self.deliver("reply_received", reply_id="RE-9")

    async def _check_visitor(self) -> None:
        """Somebody reads a badge out, at the door."""
        code = await self.pool.fetchval("SELECT visit_code FROM visits")
        question = VisitorQuestion(caller="hotline", visit_code=code, badge_id="C-1")
        checks = VisitorChecks(self.pool, self.policy.visit)
        assert (await checks.check_visitor("K-1", question, self.now)).answer is not None

    async def _pay_by_the_plan(self) -> None:
        """Month by month; then they ask for another one, and it is refused."""
        parts = await self.pool.fetch("SELECT * FROM agreement_instalments ORDER BY number")
        for part in parts:
            self.now = self.loan.local(part["due_on"])
            await self.deliver(
                "payment_received",
                payment_id=f"P-part-{part['number']}",
                amount_minor=part["amount_minor"],
            )

    async def _refuse(self) -> None:
        """What was not read, or not taken; what came by the door; and what people say."""
        self._go_to_day(270)
        await self.deliver(
            "hold_placed", hold_id="H-9", reason=CANARY, refusal=f"LC-TEST: {CANARY}"
        )
        await self.pool.execute(_CAME_BY_THE_DOOR, self.now)
        adopted = self.policy.model_copy(update={"version": "cn-adopted"})
        await StoredPolicies(self.pool).store_policy(adopted, fingerprint(adopted), self.now)
        await self.deliver("policy_adopted", policy_version="cn-adopted")
        await self._hear_from_people()

    async def _end(self) -> None:
        self._go_to_day(365)
        await self.deliver("call_received", call_id="I-2", recording_id="R-9")
        await LegalActivities(LegalPackages(self.pool), lambda: self.now).build_legal_package(
            self.case_id
        )
        await Cases(self.pool).close_case(
            self.case_id, Outcome.WRITTEN_OFF, self.now, lambda: self.now
        )
        await Cases(self.pool).finish_case(self.case_id)
        await self.pool.execute("UPDATE loans SET status = 'written_off'")
        await SQL.publish_news(self.pool, most=1000, now=self.now)
