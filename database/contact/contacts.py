"""The contact gate's side of the database: look, ask, reserve; then write down what came of it."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from database.case.facts import read_facts
from database.contact.closed_gateways import Closure, closure_of, take_probe
from database.contact.reservation import Attempt, Reservation, Ruling, attempt_of
from database.policy.pinned_policies import PinnedPolicies
from database.sql import SQL, Connection, Pool
from domain.case.facts import CaseFacts
from domain.contact.facts import ContactFacts
from domain.contact.intent import Intent
from domain.contact.permission import may_contact
from domain.contact.question import Allowed, Refused
from domain.contact.recipient import Recipient
from domain.contact.status import AttemptStatus, PhoneStatus
from domain.contact.wording import word
from domain.messages.templates import Template
from domain.policy.contact import Channel, Purpose

MADE_UP = Refused(
    rule_id="LC-MADE-UP", reason="the borrower is made up: no provider writes to them"
)
TOLD_BEFORE = Refused(rule_id="LC-TOLD", reason="the end of the case was told before")

# Reserves what is allowed, for the first time or anew; None when the facts hold no more.
_Reserve = Callable[[Connection, Intent, Ruling, Allowed], Awaitable[Attempt | None]]


class Contacts:
    """Reserves contacts and records their results.

    `reaching_people` are the channels whose provider is not the simulated one: nobody made up is
    contacted by them.
    """

    def __init__(
        self,
        pool: Pool,
        policies: PinnedPolicies,
        reaching_people: frozenset[Channel] = frozenset(),
    ) -> None:
        self._pool = pool
        self._policies = policies
        self._reaching_people = reaching_people

    async def reserve_contact(
        self, intent: Intent, now: datetime
    ) -> Reservation | Refused | Closure:
        """Reserve one contact on facts that still hold, or record why it is refused.

        The rules are asked with facts across all of the borrower's loans, under the policy the
        case is pinned to and the current one. Nothing is sent here; what is about to be said, and
        where, is on record with the reservation, also where the provider's answer is lost. When
        something has come in between, the rules are asked again: it was another's progress. What
        they allow waits before a closed gateway, with nothing reserved; but for one contact now
        and then, which tries it.
        """
        async with self._pool.acquire() as connection:
            while True:
                ruling = await self._decide(connection, intent, now)
                if ruling.recipient.is_tried:
                    earlier = await self._attempt_of(connection, intent)
                    return ruling.reserved(earlier, is_new=False)
                settled = await self._settle(connection, intent, ruling, now, self._reserve)
                if settled is not None:
                    return settled

    async def renew_reservation(
        self, intent: Intent, now: datetime
    ) -> Reservation | Refused | Closure:
        """Reserve again what the provider never took: nothing is sent on an old permission.

        The attempt counts from now on, on the number that may be used now, and says under which
        policy and on which facts that was. A refusal is written down.
        """
        async with self._pool.acquire() as connection:
            while True:
                ruling = await self._decide(connection, intent, now)
                attempt = await self._attempt_of(connection, intent)
                if attempt.status is not AttemptStatus.RESERVED:  # settled meanwhile by another try
                    return ruling.reserved(attempt, is_new=False)
                settled = await self._settle(connection, intent, ruling, now, self._renew)
                if settled is not None:
                    return settled

    async def _settle(
        self,
        connection: Connection,
        intent: Intent,
        ruling: Ruling,
        now: datetime,
        reserve: _Reserve,
    ) -> Reservation | Refused | Closure | None:
        """Do as was decided; None when the facts hold no more, and have to be looked at again."""
        if isinstance(ruling.decision, Refused):
            await self._record_refusal(connection, intent, ruling, ruling.decision)
            return ruling.decision
        if ruling.closed and not await take_probe(connection, ruling.closed, now):
            return ruling.closed
        worded = self._worded(intent, ruling, ruling.decision)
        attempt = await reserve(connection, intent, worded, ruling.decision)
        return None if attempt is None else worded.reserved(attempt, is_new=True)

    async def record_refusal(self, intent: Intent, refused: Refused, now: datetime) -> None:
        """Write down a refusal that was not the gate's, with the facts as they are."""
        async with self._pool.acquire() as connection:
            ruling = await self._decide(connection, intent, now)
            await self._record_refusal(connection, intent, ruling, refused)

    async def find_attempt(self, intent: Intent) -> Attempt | None:
        """What is on record of an intent."""
        return await _find_attempt(self._pool, intent)

    async def find_made(self, intent: Intent) -> AttemptStatus | None:
        """How an intent was made in any window: `sent` or `unknown`; None if it was not."""
        key = intent.first_key or intent.key
        status = await SQL.made_in_any_window(self._pool, case_id=intent.case_id, first_key=key)
        return None if status is None else AttemptStatus(status)

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
            channel=intent.channel.value,
        )
        facts = ContactFacts.model_validate_json(row["facts"])
        recipient = Recipient.model_validate(
            {**json.loads(row["recipient"]), "loan": json.loads(row["loan"]), "facts": facts}
        )
        policies = await self._policies.strictest_of(connection, recipient.policy_version)
        decision = may_contact(
            intent.channel,
            intent.purpose,
            recipient.facts,
            policies,
            recipient.at,
            Template(intent.template) if intent.template in set(Template) else None,
        )
        if row["is_made_up"] and intent.channel in self._reaching_people:
            decision = MADE_UP
        if intent.purpose is Purpose.CLOSING and await SQL.is_end_told(
            connection, case_id=intent.case_id, intent_key=intent.key
        ):
            decision = TOLD_BEFORE
        said = decision.instead if isinstance(decision, Allowed) else None
        closed = closure_of(row["closed"], said or str(intent.template))
        return Ruling(recipient, row["facts"], decision, closed, policies)

    def _worded(self, intent: Intent, ruling: Ruling, allowed: Allowed) -> Ruling:
        """With what is said, as of the facts it was decided on."""
        template = Template(allowed.instead or intent.template)
        channels = self._policies.current.channels
        words = word(intent, template, ruling.recipient, ruling.policies, channels)
        return ruling._replace(words=words)

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
            said=ruling.said,
            template_version=ruling.template_version,
        )
        return attempt_of(row)

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
            said=ruling.said,
            template_version=ruling.template_version,
        )
        return attempt_of(row)

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

    async def record_proposed(self, case_id: str) -> None:
        """Note that the borrower was told of an appointment, where a receipt said so first."""
        await SQL.record_proposed(self._pool, case_id=case_id)

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

    async def record_not_taken(self, attempt: Attempt | Reservation, now: datetime) -> None:
        """Note that the provider did certainly not take the latest try: the next asks nobody."""
        await SQL.record_not_taken(
            self._pool, attempt_id=attempt.attempt_id, reserved_at=attempt.reserved_at, now=now
        )

    async def leave_number(
        self, attempt_id: str, status: PhoneStatus, code: str, now: datetime
    ) -> None:
        """The number of an attempt is `invalid`, or `refused` by the person: not used again."""
        await SQL.leave_number(self._pool, attempt_id=attempt_id, status=status, code=code, now=now)

    async def read_facts(self, case_id: str, now: datetime) -> CaseFacts:
        """Fresh facts of the case."""
        return await read_facts(self._pool, case_id, now)


async def _find_attempt(connection: Connection | Pool, intent: Intent) -> Attempt | None:
    row = await SQL.attempt_of_intent(connection, intent_key=intent.key)
    return attempt_of(row)


def _attempt_id(intent: Intent) -> str:
    """Always the same for an intent; nothing of a loan can be read from it."""
    return hashlib.blake2b(intent.key.encode(), digest_size=16).hexdigest()
