"""The contact gate's side of the database: lock, look, reserve; then write down what came of it."""

from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from pydantic import AwareDatetime, BaseModel

from database.cases import read_facts
from database.policy_shelf import PolicyShelf
from database.sql import SQL, Connection, Pool
from domain.contact import Allowed, ContactFacts, Decision, Intent, Refused, may_contact
from domain.debt import CaseFacts

RESERVED = "reserved"  # and not known to be sent


class Attempt(BaseModel):
    """An attempt that is on record."""

    attempt_id: str
    status: str
    phone_id: str


class VisitDetails(BaseModel):
    """What a message may say about the open visit."""

    visit_code: str
    starts_at: AwareDatetime | None
    crew: list[str] | None


class PartDetails(BaseModel):
    """What a message may say about the next part of a signed plan."""

    due_on: date
    amount_minor: int


class Recipient(BaseModel):
    """The person behind a case, as the gate sees it. Stays within the activity."""

    borrower_id: str
    loan_id: str
    lender: str
    currency: str
    full_name: str
    language: str
    policy_version: str
    overdue_since: date | None
    numbers: dict[str, str]
    visit: VisitDetails | None
    part: PartDetails | None
    attempt: Attempt | None
    facts: ContactFacts


class Reservation(BaseModel):
    """The right, and the duty, to make one contact; or the attempt that exists already."""

    attempt_id: str
    status: str  # 'reserved' now; or what the record says of the earlier attempt
    is_new: bool
    number: str
    recipient: Recipient


class Contacts:
    """Reserves contacts and records their results."""

    def __init__(self, pool: Pool, shelf: PolicyShelf) -> None:
        self._pool = pool
        self._shelf = shelf

    async def reserve_contact(self, intent: Intent, now: datetime) -> Reservation | Refused:
        """Reserve one contact under the borrower's lock, or record why it is refused.

        The rules are asked with facts across all of the borrower's loans, under the policy the
        case is pinned to and the current one. Nothing is sent here.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            recipient, decision = await self._decide(connection, intent, now)
            if recipient.attempt is not None:
                return _standing(recipient, recipient.attempt)
            if isinstance(decision, Refused):
                await self._record_refusal(connection, intent, recipient, decision, now)
                return decision
            return await self._reserve(connection, intent, recipient, decision, now)

    async def renew_reservation(self, intent: Intent, now: datetime) -> Reservation | Refused:
        """Reserve again what the provider never took: nothing is sent on an old permission.

        The attempt counts from now on, on the number that may be used now.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            recipient, decision = await self._decide(connection, intent, now)
            if recipient.attempt is None:
                raise RuntimeError(f"nothing is reserved for {intent.key}")
            if recipient.attempt.status != RESERVED:  # another try has settled it meanwhile
                return _standing(recipient, recipient.attempt)
            if isinstance(decision, Refused):
                return decision
            return await self._renew(connection, recipient, recipient.attempt, decision, now)

    async def find_attempt(self, intent: Intent) -> Attempt | None:
        """What is on record of an intent."""
        row = await SQL.attempt_of_intent(self._pool, intent_key=intent.key)
        return None if row is None else Attempt(**row)

    async def _decide(
        self, connection: Connection, intent: Intent, now: datetime
    ) -> tuple[Recipient, Decision]:
        """Lock the borrower's row, look at the fresh facts, and ask the rules."""
        text = await SQL.contact_facts(
            connection, case_id=intent.case_id, intent_key=intent.key, now=now
        )
        recipient = Recipient.model_validate_json(text)
        policies = await self._shelf.strictest_of(connection, recipient.policy_version)
        return recipient, may_contact(
            intent.channel, intent.purpose, recipient.facts, policies, now
        )

    async def _reserve(
        self,
        connection: Connection,
        intent: Intent,
        recipient: Recipient,
        allowed: Allowed,
        now: datetime,
    ) -> Reservation:
        attempt_id = str(uuid5(NAMESPACE_URL, intent.key))
        await SQL.reserve_attempt(
            connection,
            attempt_id=attempt_id,
            intent_key=intent.key,
            case_id=intent.case_id,
            loan_id=recipient.loan_id,
            borrower_id=recipient.borrower_id,
            phone_id=allowed.phone_id,
            channel=intent.channel.value,
            template=intent.template,
            purpose=intent.purpose.value,
            now=now,
            policy_version=recipient.policy_version,
            current_policy=self._shelf.current.version,
            facts=recipient.facts.model_dump_json(),
        )
        return Reservation(
            attempt_id=attempt_id,
            status=RESERVED,
            is_new=True,
            number=recipient.numbers[allowed.phone_id],
            recipient=recipient,
        )

    async def _renew(
        self,
        connection: Connection,
        recipient: Recipient,
        attempt: Attempt,
        allowed: Allowed,
        now: datetime,
    ) -> Reservation:
        await SQL.renew_attempt(
            connection, attempt_id=attempt.attempt_id, phone_id=allowed.phone_id, now=now
        )
        return Reservation(
            attempt_id=attempt.attempt_id,
            status=RESERVED,
            is_new=True,
            number=recipient.numbers[allowed.phone_id],
            recipient=recipient,
        )

    async def _record_refusal(
        self,
        connection: Connection,
        intent: Intent,
        recipient: Recipient,
        refused: Refused,
        now: datetime,
    ) -> None:
        await SQL.record_refusal(
            connection,
            case_id=intent.case_id,
            intent_key=intent.key,
            channel=intent.channel.value,
            rule_id=refused.rule_id,
            reason=refused.reason,
            retry_at=refused.retry_at,
            now=now,
            policy_version=recipient.policy_version,
            current_policy=self._shelf.current.version,
            facts=recipient.facts.model_dump_json(),
        )

    async def record_sent(
        self, case_id: str, attempt_id: str, provider_ref: str, sent_at: datetime, now: datetime
    ) -> CaseFacts:
        """Note that the provider took the message; answers with fresh facts of the case."""
        text = await SQL.record_sent(
            self._pool,
            attempt_id=attempt_id,
            provider_ref=provider_ref,
            sent_at=sent_at,
            case_id=case_id,
            now=now,
        )
        return CaseFacts.model_validate_json(text)

    async def record_unsent(
        self, case_id: str, attempt_id: str, status: str, outcome: str, now: datetime
    ) -> CaseFacts:
        """Note that a message `failed`, or that it is `unknown` whether it was sent."""
        await SQL.record_unsent(
            self._pool, attempt_id=attempt_id, status=status, outcome=outcome, now=now
        )
        return await self.read_facts(case_id, now)

    async def read_facts(self, case_id: str, now: datetime) -> CaseFacts:
        """Fresh facts of the case."""
        return await read_facts(self._pool, case_id, now)


def _standing(recipient: Recipient, attempt: Attempt) -> Reservation:
    return Reservation(
        attempt_id=attempt.attempt_id,
        status=attempt.status,
        is_new=False,
        number=recipient.numbers[attempt.phone_id],
        recipient=recipient,
    )
