"""What is on record of one borrower and one loan: facts as the gate and the case read them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from domain.case.facts import CaseFacts, Promise
from domain.contact.facts import (
    ContactFacts,
    Conversation,
    FirstMessage,
    PastAttempt,
    Phone,
    Relation,
)
from domain.contact.hold import Hold
from domain.events import AgreedHours
from domain.policy.contact import Channel, Purpose
from domain.policy.right_party import Confirmation
from simulation.world.ledger import Account


class Person:
    """A borrower with one loan, in memory."""

    def __init__(self, loan_id: str, account: Account, *, time_zone: str, currency: str) -> None:
        self.loan_id, self.borrower_id = loan_id, f"{loan_id}:borrower"
        self.account, self.time_zone, self.currency = account, time_zone, currency
        self.zone = ZoneInfo(time_zone)
        self.lender = ""
        self.phones: list[Phone] = []
        self.confirmed: dict[str, list[Confirmation]] = {}
        self.attempts: list[PastAttempt] = []
        self.first_messages: list[FirstMessage] = []
        self.conversations: list[Conversation] = []
        self.holds: list[Hold] = []
        self.promises: list[Promise] = []
        self.blocked_channels: list[str] = []
        self.agreed_hours: list[AgreedHours] = []
        self.refused_phone_ids: list[str] = []
        self.last_hold_ended_at: datetime | None = None  # of those before
        self.address_ids: list[str] = []
        self.barred_badge_ids: list[str] = []
        self.last_payment_at: datetime | None = None
        self.last_act_at: datetime | None = None
        self.open_case()

    def open_case(self) -> None:
        """Begin to count for another case."""
        self.case_open = True
        self.messages_sent = self.calls_made = 0
        self.plan_total_minor: int | None = None
        self.plan_paid_minor = 0
        self.part_open_since: datetime | None = None

    def add_own_number(self, *, confirmed: bool) -> None:
        phone = Phone(
            phone_id=f"{self.borrower_id}-p{len(self.phones) + 1}", usable=True, blocked=False
        )
        self.phones.append(phone)
        if confirmed:
            self.confirmed[phone.phone_id] = [Confirmation.ORIGINATION]

    def add_contact_person(self) -> None:
        self.phones.append(
            Phone(
                phone_id=f"{self.borrower_id}-c1",
                usable=True,
                blocked=False,
                relation=Relation.CONTACT_PERSON,
            )
        )

    @property
    def has_contact_person(self) -> bool:
        return any(
            phone.usable and phone.relation is Relation.CONTACT_PERSON for phone in self.phones
        )

    def contact_facts(self, now: datetime, days_back: int) -> ContactFacts:
        """What the gate is told, as the database would."""
        since = now - timedelta(days=days_back)
        return ContactFacts.model_construct(
            time_zone=self.time_zone,
            case_open=self.case_open,
            arrears_minor=self.account.arrears(now.astimezone(self.zone).date()),
            loan_id=self.loan_id,
            holds=self._holds_at(now),
            blocked_channels=self.blocked_channels,
            agreed_hours=self.agreed_hours,
            promise_open=bool(self.promises),
            plan_honoured=self.plan_total_minor is not None,
            attempts=[attempt for attempt in self.attempts if attempt.at > since],
            phones=self.phones,
            confirmed=self.confirmed,
            refused_phone_ids=self.refused_phone_ids,
            first_messages=self.first_messages,
            conversations=self.conversations,
            last_act_at=self.last_act_at if self.has_contact_person else None,
        )

    def case_facts(self, now: datetime) -> CaseFacts:
        """What the case is decided on, as the database would say."""
        return CaseFacts.model_construct(
            as_of=now,
            borrower_id=self.borrower_id,
            lender=self.lender,
            currency=self.currency,
            time_zone=self.time_zone,
            overdue_since=self.account.overdue_since(),
            arrears_minor=self.account.arrears(now.astimezone(self.zone).date()),
            outstanding_minor=self.account.outstanding(),
            last_payment_at=self.last_payment_at,
            holds=self._holds_at(now),
            last_hold_ended_at=self._last_hold_ended_at(now),
            promises=list(self.promises),
            agreed_hours=self.agreed_hours,
            messages_sent=self.messages_sent,
            calls_made=self.calls_made,
            address_ids=self.address_ids,
            has_contact_person=self.has_contact_person,
            barred_badge_ids=self.barred_badge_ids,
            visit_blocked="visit" in self.blocked_channels,
            plan_paid_minor=self.plan_paid_minor,
            plan_total_minor=self.plan_total_minor,
            part_open_since=self.part_open_since,
        )

    def _holds_at(self, now: datetime) -> list[Hold]:
        return [hold for hold in self.holds if hold.is_in_force(now)]

    def _last_hold_ended_at(self, now: datetime) -> datetime | None:
        ends = (self.last_hold_ended_at, *(hold.until for hold in self.holds))
        return max((end for end in ends if end is not None and end <= now), default=None)

    def note_contact(
        self, at: datetime, channel: Channel, purpose: Purpose, phone_id: str, *, first: bool
    ) -> PastAttempt:
        """Put a contact that was made on record."""
        attempt = PastAttempt.model_construct(
            at=at, channel=channel, purpose=purpose, phone_id=phone_id, loan_id=self.loan_id
        )
        self.attempts.append(attempt)
        if first:
            self.first_messages.append(FirstMessage(at=at, phone_id=phone_id))
        if purpose is Purpose.COLLECTION:
            self.messages_sent += channel is Channel.SMS
            self.calls_made += channel is Channel.CALL
        return attempt

    def retire_number(self, phone_id: str) -> None:
        """A number that is somebody else's is not used again."""
        self._replace(phone_id, usable=False)

    def confirm_number(self, phone_id: str) -> None:
        """The person who answered said who they are."""
        shown = self.confirmed.setdefault(phone_id, [])
        if Confirmation.CONVERSATION not in shown:
            shown.append(Confirmation.CONVERSATION)

    def _replace(self, phone_id: str, **changed: object) -> None:
        self.phones = [
            phone.model_copy(update=changed) if phone.phone_id == phone_id else phone
            for phone in self.phones
        ]

    def pay(self, amount_minor: int, at: datetime) -> None:
        """Take a payment in, and count it towards promises and the plan."""
        self.account.pay(amount_minor)
        self.last_payment_at = self.last_act_at = at
        self.promises = [
            promise.model_copy(update={"paid_minor": promise.paid_minor + amount_minor})
            for promise in self.promises
        ]
        if self.plan_total_minor is not None:
            self.plan_paid_minor += amount_minor
            self.part_open_since = at

    def keep_promises(self, kept: Iterable[Promise]) -> None:
        """What is still open of what was promised."""
        self.promises = list(kept)
