"""The contact gate's side of the database: look, ask, reserve; then write down what came of it."""

import hashlib
import json
from datetime import datetime
from typing import NamedTuple

import asyncpg

from database.case.facts import read_facts
from database.policy.pinned_policies import PinnedPolicies
from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.contact.facts import ContactFacts
from domain.contact.intent import Intent
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Decision, Refused
from domain.contact.recipient import Recipient
from domain.contact.status import AttemptStatus
from domain.messages.templates import Template


class Attempt(NamedTuple):
    """An attempt that is on record."""

    attempt_id: str
    status: AttemptStatus
    number: str
    template: str  # what is said: it may be another than was meant


class Reservation(NamedTuple):
    """The right, and the duty, to make one contact; or the attempt that exists already."""

    attempt_id: str
    status: AttemptStatus  # reserved now; or what the record says of the earlier attempt
    is_new: bool
    number: str
    template: str
    recipient: Recipient
    lawful_until: datetime | None  # the end of the hours it was reserved in, if any limit it


class Ruling(NamedTuple):
    """What the gate decided, and on what: both are kept, so that a decision can be explained."""

    recipient: Recipient
    facts: str  # as they were read: kept with the attempt or the refusal
    decision: Decision


class Contacts:
    """Reserves contacts and records their results."""

    def __init__(self, pool: Pool, policies: PinnedPolicies) -> None:
        self._pool = pool
        self._policies = policies

    async def reserve_contact(self, intent: Intent, now: datetime) -> Reservation | Refused:
        """Reserve one contact on facts that still hold, or record why it is refused.

        The rules are asked with facts across all of the borrower's loans, under the policy the
        case is pinned to and the current one. Nothing is sent here. When something has come in
        between, they are asked again: it was another's progress.
        """
        async with self._pool.acquire() as connection:
            while True:
                ruling = await self._decide(connection, intent, now)
                if ruling.recipient.is_tried:
                    earlier = await self._attempt_of(connection, intent)
                    return _reservation(ruling, earlier, is_new=False)
                if isinstance(ruling.decision, Refused):
                    await self._record_refusal(connection, intent, ruling, ruling.decision)
                    return ruling.decision
                attempt = await self._reserve(connection, intent, ruling, ruling.decision)
                if attempt is not None:
                    return _reservation(ruling, attempt, is_new=True)

    async def renew_reservation(self, intent: Intent, now: datetime) -> Reservation | Refused:
        """Reserve again what the provider never took: nothing is sent on an old permission.

        The attempt counts from now on, on the number that may be used now, and says under which
        policy and on which facts that was. A refusal is written down.
        """
        async with self._pool.acquire() as connection:
            while True:
                ruling = await self._decide(connection, intent, now)
                attempt = await self._attempt_of(connection, intent)
                if attempt.status is not AttemptStatus.RESERVED:  # settled meanwhile by another try
                    return _reservation(ruling, attempt, is_new=False)
                if isinstance(ruling.decision, Refused):
                    await self._record_refusal(connection, intent, ruling, ruling.decision)
                    return ruling.decision
                renewed = await self._renew(connection, intent, ruling, ruling.decision)
                if renewed is not None:
                    return _reservation(ruling, renewed, is_new=True)

    async def record_refusal(self, intent: Intent, refused: Refused, now: datetime) -> None:
        """Write down a refusal that was not the gate's, with the facts as they are."""
        async with self._pool.acquire() as connection:
            ruling = await self._decide(connection, intent, now)
            await self._record_refusal(connection, intent, ruling, refused)

    async def find_attempt(self, intent: Intent) -> Attempt | None:
        """What is on record of an intent."""
        return await _find_attempt(self._pool, intent)

    async def _attempt_of(self, connection: Connection, intent: Intent) -> Attempt:
        attempt = await _find_attempt(connection, intent)
        if attempt is None:
            raise RuntimeError(f"nothing is reserved for {intent.key}")
        return attempt

    async def _decide(self, connection: Connection, intent: Intent, now: datetime) -> Ruling:
        """Look at the fresh facts, and ask the rules."""
        row = await SQL.contact_facts(
            connection,
            case_id=intent.case_id,
            intent_key=intent.key,
            now=now,
            days_back=self._policies.days_back,
        )
        facts = ContactFacts.model_validate_json(row["facts"])
        recipient = Recipient.model_validate({**json.loads(row["recipient"]), "facts": facts})
        policies = await self._policies.strictest_of(connection, recipient.policy_version)
        decision = may_contact(
            intent.channel,
            intent.purpose,
            recipient.facts,
            policies,
            recipient.at,
            Template(intent.template) if intent.template in set(Template) else None,
        )
        return Ruling(recipient, row["facts"], decision)

    async def _reserve(
        self, connection: Connection, intent: Intent, ruling: Ruling, allowed: Allowed
    ) -> Attempt | None:
        """One transaction of one statement; None when the facts hold no more."""
        recipient = ruling.recipient
        row = await SQL.reserve_attempt(
            connection,
            attempt_id=_attempt_id(intent),
            intent_key=intent.key,
            case_id=intent.case_id,
            loan_id=recipient.loan_id,
            borrower_id=recipient.borrower_id,
            revision=recipient.revision,
            phone_id=allowed.phone_id,
            channel=intent.channel.value,
            template=allowed.instead or intent.template,
            purpose=intent.purpose.value,
            now=recipient.at,
            policy_version=recipient.policy_version,
            policy_sha256=recipient.policy_sha256,
            current_policy=self._policies.current.version,
            facts=ruling.facts,
        )
        return _attempt(row)

    async def _renew(
        self, connection: Connection, intent: Intent, ruling: Ruling, allowed: Allowed
    ) -> Attempt | None:
        row = await SQL.renew_attempt(
            connection,
            attempt_id=_attempt_id(intent),
            borrower_id=ruling.recipient.borrower_id,
            revision=ruling.recipient.revision,
            phone_id=allowed.phone_id,
            template=allowed.instead or intent.template,
            now=ruling.recipient.at,
            policy_version=ruling.recipient.policy_version,
            policy_sha256=ruling.recipient.policy_sha256,
            current_policy=self._policies.current.version,
            facts=ruling.facts,
        )
        return _attempt(row)

    async def _record_refusal(
        self, connection: Connection, intent: Intent, ruling: Ruling, refused: Refused
    ) -> None:
        recipient = ruling.recipient
        await SQL.record_refusal(
            connection,
            case_id=intent.case_id,
            intent_key=intent.key,
            channel=intent.channel.value,
            rule_id=refused.rule_id,
            reason=refused.reason,
            retry_at=refused.retry_at,
            now=recipient.at,
            policy_version=recipient.policy_version,
            policy_sha256=recipient.policy_sha256,
            current_policy=self._policies.current.version,
            facts=ruling.facts,
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
        self, case_id: str, attempt_id: str, status: AttemptStatus, outcome: str, now: datetime
    ) -> CaseFacts:
        """Note that a message `failed`, or that it is `unknown` whether it was sent.

        What was reported of a call in the meantime stays.
        """
        await SQL.record_unsent(
            self._pool, attempt_id=attempt_id, status=status, outcome=outcome, now=now
        )
        return await self.read_facts(case_id, now)

    async def read_facts(self, case_id: str, now: datetime) -> CaseFacts:
        """Fresh facts of the case."""
        return await read_facts(self._pool, case_id, now)


async def _find_attempt(connection: Connection | Pool, intent: Intent) -> Attempt | None:
    row = await SQL.attempt_of_intent(connection, intent_key=intent.key)
    return _attempt(row)


def _attempt(row: asyncpg.Record | None) -> Attempt | None:
    if row is None:
        return None
    return Attempt(row["attempt_id"], AttemptStatus(row["status"]), row["number"], row["template"])


def _attempt_id(intent: Intent) -> str:
    """Always the same for an intent; nothing of a loan can be read from it."""
    return hashlib.blake2b(intent.key.encode(), digest_size=16).hexdigest()


def _reservation(ruling: Ruling, attempt: Attempt, *, is_new: bool) -> Reservation:
    decision = ruling.decision
    return Reservation(
        attempt_id=attempt.attempt_id,
        status=attempt.status,
        is_new=is_new,
        number=attempt.number,
        template=attempt.template,
        recipient=ruling.recipient,
        lawful_until=decision.until if isinstance(decision, Allowed) else None,
    )
