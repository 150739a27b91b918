"""A record written through the real code: contacts, a refusal, events, a visit, an agreement."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from activities.agreement_activities import AgreementActivities, OfferRequest
from activities.contact_activities import ContactActivities
from activities.contact_result import ContactResult
from database.case.cases import Cases
from database.contact.closed_gateways import ClosedGateways
from database.contact.contacts import Contacts
from database.event_record import Events
from database.plan.agreements import Agreements
from database.policy.pinned_policies import PinnedPolicies
from database.policy.stored_policies import StoredPolicies
from database.sql import Pool
from database.visit.visits import SlotWish, Visits
from domain.case.events.judged_event import JudgedEvent
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.events import Capacity, Proposal, read_event
from domain.plan.agreement import Offer
from domain.plan.plan import build_plan
from domain.plan.status import AgreementStatus
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy
from policies.reader import fingerprint
from tests.support.gateways import simulated_gateways
from tests.support.world import INSTALMENT, Loan, complete, event


def delivery(case_id: str, loan: Loan, name: str, sent: dict[str, Any], **more: Any) -> JudgedEvent:
    """An event as the intake hands it on; `more` is what the intake adds."""
    read = read_event(name, sent)
    return JudgedEvent(
        case_id=case_id,
        loan_id=loan.loan_id,
        event_id=read.event_id,
        name=name,
        source=read.source,
        occurred_at=read.occurred_at,
        stage="early_contact",
        body=read.model_dump_json(),
        **more,
    )


class Record:
    """Writes one case's record at times that a test sets."""

    def __init__(self, pool: Pool, policy: Policy, loan: Loan, case_id: str) -> None:
        self.pool, self.policy, self.loan, self.case_id = pool, policy, loan, case_id
        self.now = loan.at_days_past_due(95, hour=12)
        self.visit_id = f"{case_id}:visit-1"
        self._numbers = count(1)
        self._contacts = ContactActivities(
            Contacts(pool, PinnedPolicies(policy)),
            ClosedGateways(pool),
            simulated_gateways(pool),
            lambda: self.now,
        )

    async def contact(
        self, template: str, channel: Channel = Channel.SMS, purpose: Purpose = Purpose.COLLECTION
    ) -> ContactResult:
        return await self._contacts.contact_borrower(
            Intent(
                key=f"{self.case_id}:{template}:{next(self._numbers)}",
                case_id=self.case_id,
                channel=channel,
                purpose=purpose,
                template=template,
            )
        )

    async def deliver(
        self, name: str, *, due_at: datetime | None = None, refusal: str | None = None, **body: Any
    ) -> None:
        """One event, a minute after the last thing that happened."""
        self.now += timedelta(minutes=1)
        number = next(self._numbers)
        sent = complete(name, event(self.now, **{"event_id": f"e-{number}", **body}))
        verdict = await Events(self.pool).record_event(
            delivery(
                self.case_id,
                self.loan,
                name,
                sent,
                refusal=refusal,
                receipt=f"r-{number}",
                visit_id=self.visit_id,
                due_at=due_at,
            ),
            lambda: self.now,
        )
        assert verdict.accepted is (refusal is None), verdict.reason

    async def write(self) -> None:
        """Everything a case can have on record."""
        await self._reach_borrower()
        await self._interrupt()
        await self._agree(await self._visit())
        adopted = self.policy.model_copy(update={"version": "cn-adopted"})
        await StoredPolicies(self.pool).store_policy(adopted, fingerprint(adopted), self.now)
        await self.deliver("policy_adopted", policy_version="cn-adopted")
        await self._hear_from_people()

    async def _reach_borrower(self) -> None:
        assert (await self.contact("overdue_notice")).status == "sent"
        assert (await self.contact("overdue_notice")).rule_id == "LC-MESSAGES"
        self.now += timedelta(minutes=5)
        assert (await self.contact("overdue_call", Channel.CALL)).status == "sent"
        attempt_id = await self.pool.fetchval(
            "SELECT attempt_id FROM contact_attempts WHERE channel = 'call'"
        )
        await self.deliver("call_finished", attempt_id=attempt_id, outcome="no_answer")

    async def _hear_from_people(self) -> None:
        """A number is confirmed, another is a stranger's; they call, and are to be called later."""
        await self.deliver("phone_confirmed", phone_id="B-1-p1", by="app")
        last = f"B-1-p{self.loan.phones}"
        await self.deliver("reply_received", reply_id="RE-1", phone_id=last, text="N")
        await self.deliver("phone_reported", phone_id=last, status="refused", by="hotline")
        await self.deliver("call_received", call_id="I-1", recording_id="R-0")
        until = self.now + timedelta(minutes=2)
        await self.deliver(
            "borrower_said", event_id="later", says="call_later", until=until.isoformat()
        )
        self.now = until + timedelta(minutes=1)

    async def _interrupt(self) -> None:
        await self.deliver("payment_received", payment_id="P-1", amount_minor=INSTALMENT)
        await self.deliver("payment_reversed", payment_id="P-1")
        await self.deliver("hold_placed", hold_id="H-1", reason="dispute")
        assert (await self.contact("visit_invitation", purpose=Purpose.VISIT)).status == "refused"
        await self.deliver("hold_released", hold_id="H-1")
        due_at = self.now + timedelta(days=15)
        await self.deliver("complaint_filed", complaint_id="C-1", about="tone", due_at=due_at)
        due_at = self.now + timedelta(days=30)
        await self.deliver(
            "complaint_extended", complaint_id="C-1", approver_id="A-9", due_at=due_at
        )
        await self.deliver(
            "complaint_resolved",
            complaint_id="C-1",
            upheld=True,
            handler_id="H-1",
            barred_badge_ids=["C-3"],
        )
        await self.deliver(
            "contact_preferences_changed",
            blocked_channels=["call"],
            agreed_hours=[{"start": "09:00", "end": "20:00"}],
        )
        await self.deliver("agreement_declined", agreement_id="G-0", refusal="LC-STAGE: too early")

    async def _visit(self) -> datetime:
        """From the application to the report; answers with when it was proposed."""
        visit: dict[str, Any] = {"visit_id": self.visit_id}
        applicant: dict[str, Any] = {"applicant": "borrower", "applicant_id": "B-1"}
        await self.deliver("visit_requested", **applicant, address_id=self.loan.address_id)
        expires_at = self.now + timedelta(days=30)
        await self.deliver(
            "visit_approved", visit_id=self.visit_id, approver_id="A-1", due_at=expires_at
        )
        starts_at = self.now + timedelta(days=4)
        wish = SlotWish(
            slot_id="S-1",
            visit_id=self.visit_id,
            candidates=[starts_at],
            duration=timedelta(hours=2),
            crew_size=2,
        )
        slot = await Visits(self.pool).book_crew(wish)
        assert slot is not None
        told = await self.contact("visit_appointment", purpose=Purpose.VISIT)
        assert told.status == "sent"
        await self.deliver("appointment_confirmed", slot_id="S-1")
        self.now = starts_at
        await self.deliver(
            "visit_checked_in",
            **visit,
            badge_ids=slot.badge_ids,
            identity_verified=True,
            entry_consent=True,
            recording_id="R-1",
        )
        proposed_at = self.now
        await self.deliver("promise_made", amount_minor=1000, due_on=str(self.loan.on(self.now)))
        await self.deliver("visit_reported", **visit, outcome="agreed")
        return proposed_at

    async def facts(self) -> CaseFacts:
        """What the database says of the case now, with the debt by component."""
        return await Cases(self.pool).read_facts(self.case_id, self.now)

    async def give_penalty_rate(self) -> None:
        """The contract has a penalty rate of 12 %; of each instalment 100.00 are interest."""
        await self.pool.execute("UPDATE loans SET penalty_rate_percent = 12")
        await self.pool.execute("UPDATE loan_instalments SET interest_minor = 10000")

    async def offer(self, offer: Offer) -> str:
        """Draw up an agreement; answers with its fingerprint."""
        agreements = AgreementActivities(
            Agreements(self.pool), StoredPolicies(self.pool), lambda: self.now
        )
        sha256 = await agreements.offer_agreement(
            OfferRequest(offer=offer, policy_version=self.policy.version)
        )
        assert sha256 is not None, "the first part fell due before the offer"
        return sha256

    async def break_agreement(self) -> None:
        """The agreement that is signed is broken now."""
        await Agreements(self.pool).end_agreement(
            self.case_id, AgreementStatus.SIGNED, AgreementStatus.BROKEN, self.now
        )

    async def _agree(self, proposed_at: datetime) -> None:
        facts = await self.facts()
        today = self.loan.on(self.now)
        plan = build_plan(
            facts.arrears_minor,
            Proposal(instalments=3, first_due_on=today + timedelta(days=5)),
            Capacity(monthly_income_minor=900_000, monthly_expense_minor=100_000),
            self.policy.plan,
            today,
        )
        offer = Offer(
            agreement_id="G-1",
            case_id=self.case_id,
            visit_id=self.visit_id,
            plan_id="G-1",
            plan=plan,
            waiver_approver_id=None,
            counted_from=proposed_at,
            expires_at=self.now + timedelta(days=3),
        )
        sha256 = await self.offer(offer)
        await self.deliver(
            "agreement_signed",
            agreement_id="G-1",
            document_sha256=sha256,
            signatories=["B-1"],
            costs_confirmed=True,
        )
