"""SMS and calls: through the gate, to the provider, and onto the record. At most once."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.business_time import Now
from database.contact.contacts import Attempt, Contacts, Reservation
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Refused
from domain.contact.recipient import message_values, speaks_of_next_part
from domain.contact.status import AttemptStatus
from domain.messages.calls import has_parts, render_call
from domain.messages.templates import Template
from domain.messages.texts import render
from domain.policy.contact import Channel
from domain.policy.policy import Channels
from gateways.protocol import (
    CannotTellError,
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    Outbound,
)


class ContactStatus(StrEnum):
    """What came of an intent."""

    SENT = "sent"
    REFUSED = "refused"  # by a rule
    FAILED = "failed"  # the provider will never take it
    UNKNOWN = "unknown"  # nobody can say; counted, and not sent again


# Until the provider has to have answered; one try of the activity may take 20 seconds.
ANSWER_WITHIN = timedelta(seconds=15)
MISSED = "LC-MISSED"  # the rule of a contact for which no lawful moment was left


def missed(intent: Intent) -> Refused:
    """Why a contact is not made any more: no lawful moment was left for it."""
    return Refused(rule_id=MISSED, reason=f"no lawful moment before {intent.by:%F %H:%M}")


def retired(intent: Intent) -> Refused:
    """Why a contact of a release before is not made: its message is not sent any more."""
    return Refused(rule_id="LC-TEMPLATE", reason=f"there is no message {intent.template} any more")


class ContactResult(BaseModel):
    """The result of one intent, with fresh facts of the case."""

    status: ContactStatus
    facts: CaseFacts
    is_on_record: bool = False  # settled by an earlier call, not by this one
    rule_id: str = ""
    reason: str = ""
    retry_at: AwareDatetime | None = None

    @property
    def is_known_failure(self) -> bool:
        """Whether it was found to have failed before: nothing was tried now."""
        return self.status is ContactStatus.FAILED and self.is_on_record


class ContactActivities:
    """Everything a borrower receives goes through here."""

    def __init__(
        self,
        contacts: Contacts,
        gateways: Mapping[Channel, Gateway],
        channels: Channels,
        now: Now,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._contacts = contacts
        self._gateways = gateways
        self._channels = channels
        self._now = now
        self._answer_within = answer_within

    @activity.defn
    async def contact_borrower(self, intent: Intent) -> ContactResult:
        """Make one contact, if the rules allow it at this very moment.

        The attempt is reserved before the provider is asked. A retry that finds a reservation
        asks the provider by our reference; where it cannot tell, nothing is sent again.
        """
        # Within the activity's own time: a call that nobody waits for may still send.
        answer_by = asyncio.get_running_loop().time() + self._answer_within.total_seconds()
        if not isinstance(intent.template, Template):
            return await self._give_up(intent, retired(intent))
        if intent.by is not None and self._now() >= intent.by:
            return await self._give_up(intent, missed(intent))
        reservation = await self._contacts.reserve_contact(intent, self._now())
        if isinstance(reservation, Refused):
            return await self._refused(intent, reservation)
        if reservation.is_new:
            return await self._send(intent, reservation, answer_by)
        if reservation.status is AttemptStatus.RESERVED:
            return await self._recover(intent, reservation, answer_by)
        return await self._settled(intent, reservation.status)

    @activity.defn
    async def settle_contact(self, intent: Intent) -> ContactResult | None:
        """The time for a contact is over: find out what became of it, and write that down.

        Afterwards it was sent, or certainly not (`failed`), or nobody can say (`unknown`); it is
        not `reserved` any more. None when nothing was reserved.
        """
        attempt = await self._contacts.find_attempt(intent)
        if attempt is None:
            return None
        if attempt.status is not AttemptStatus.RESERVED:
            return await self._settled(intent, attempt.status)
        try:
            sent = await self._gateways[intent.channel].find(attempt.attempt_id)
        except (CannotTellError, GatewayBusyError):
            return await self._unsent(
                intent, attempt, ContactStatus.UNKNOWN, "the provider cannot tell"
            )
        if sent is not None:
            return await self._sent(intent, attempt, sent.provider_ref, sent.sent_at)
        return await self._unsent(intent, attempt, ContactStatus.FAILED, "not reached in time")

    @activity.defn
    async def record_missed(self, intent: Intent) -> None:
        """Write down that no lawful moment was left for a contact."""
        await self._contacts.record_refusal(intent, missed(intent), self._now())

    async def _settled(self, intent: Intent, status: AttemptStatus) -> ContactResult:
        return ContactResult(
            status=ContactStatus(status.value),
            is_on_record=True,
            facts=await self._contacts.read_facts(intent.case_id, self._now()),
        )

    async def _refused(self, intent: Intent, refused: Refused) -> ContactResult:
        return ContactResult(
            status=ContactStatus.REFUSED,
            facts=await self._contacts.read_facts(intent.case_id, self._now()),
            rule_id=refused.rule_id,
            reason=refused.reason,
            retry_at=refused.retry_at,
        )

    async def _give_up(self, intent: Intent, refused: Refused) -> ContactResult:
        """Nothing more is sent; an attempt that is reserved is settled as it stands."""
        settled = await self.settle_contact(intent)
        if settled is not None and settled.status is not ContactStatus.FAILED:
            return settled
        await self._contacts.record_refusal(intent, refused, self._now())
        return await self._refused(intent, refused)

    async def _recover(
        self, intent: Intent, reservation: Reservation, answer_by: float
    ) -> ContactResult:
        """After a crash: was it sent? Only a provider that says no is asked again."""
        try:
            sent = await self._gateways[intent.channel].find(reservation.attempt_id)
        except GatewayBusyError as error:
            raise _busy() from error
        except CannotTellError:
            return await self._unsent(
                intent, reservation, ContactStatus.UNKNOWN, "the provider cannot tell"
            )
        if sent is not None:
            return await self._sent(intent, reservation, sent.provider_ref, sent.sent_at)
        renewed = await self._contacts.renew_reservation(intent, self._now())
        if isinstance(renewed, Refused):
            await self._unsent(intent, reservation, ContactStatus.FAILED, renewed.reason)
            return await self._refused(intent, renewed)
        if renewed.is_new:
            return await self._send(intent, renewed, answer_by)
        return await self._settled(intent, renewed.status)

    async def _send(
        self, intent: Intent, reservation: Reservation, answer_by: float
    ) -> ContactResult:
        """`answer_by` is by the loop's clock; the database may have taken all of the time."""
        if asyncio.get_running_loop().time() >= answer_by:
            raise _busy()
        at = self._now()
        limits = (reservation.lawful_until, intent.by)
        if any(limit is not None and at >= limit for limit in limits):  # an overloaded worker
            return await self._unsent(
                intent, reservation, ContactStatus.FAILED, "the permitted hours have ended"
            )
        if not speaks_of_next_part(intent, reservation.recipient):
            return await self._unsent(
                intent, reservation, ContactStatus.FAILED, f"part {intent.part_number} is paid"
            )
        try:
            message = self._message(intent, reservation, at)
        except KeyError as error:  # the visit or the part it speaks of is over by now
            return await self._unsent(
                intent, reservation, ContactStatus.FAILED, f"nothing to say of {error}"
            )
        gateway = self._gateways[intent.channel]
        try:
            async with asyncio.timeout_at(answer_by):
                sent = await gateway.send(message)
        except TimeoutError as error:
            if gateway.takes_once:
                raise _busy() from error
            return await self._unsent(
                intent, reservation, ContactStatus.UNKNOWN, "the provider did not answer in time"
            )
        except GatewayRefusedError as error:
            return await self._unsent(intent, reservation, ContactStatus.FAILED, str(error))
        except GatewayBusyError as error:
            raise _busy() from error
        return await self._sent(intent, reservation, sent.provider_ref, sent.sent_at)

    def _message(self, intent: Intent, reservation: Reservation, at: datetime) -> Outbound:
        """What is said now, and where; of a call only the opening goes without an answer.

        Raises:
            KeyError: for a value that there is none of any more.
        """
        said, recipient = Template(reservation.template), reservation.recipient
        values = message_values(recipient, self._channels, at, intent.slot_start)
        parts = None
        if intent.channel is Channel.CALL and has_parts(said):
            parts = render_call(said, recipient.language, values)
        return Outbound(
            reference=reservation.attempt_id,
            number=reservation.number,
            text=render(said, recipient.language, values) if parts is None else parts.opening,
            at=at,
            parts=parts,
        )

    async def _sent(
        self, intent: Intent, attempt: Attempt | Reservation, provider_ref: str, sent_at: datetime
    ) -> ContactResult:
        facts = await self._contacts.record_sent(
            intent.case_id, attempt.attempt_id, provider_ref, sent_at, self._now()
        )
        return ContactResult(status=ContactStatus.SENT, facts=facts)

    async def _unsent(
        self, intent: Intent, attempt: Attempt | Reservation, status: ContactStatus, reason: str
    ) -> ContactResult:
        facts = await self._contacts.record_unsent(
            intent.case_id, attempt.attempt_id, AttemptStatus(status.value), reason, self._now()
        )
        return ContactResult(status=status, facts=facts, rule_id="LC-PROVIDER", reason=reason)


def _busy() -> ApplicationError:
    return ApplicationError("the provider is busy", type="GatewayBusy")
