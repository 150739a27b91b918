"""SMS and calls: through the gate, to the provider, and onto the record. At most once."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.business_time import Now
from activities.contact_result import (
    ContactResult,
    ContactStatus,
    missed,
    number_is_busy,
    retired,
    said_no,
)
from database.contact.closed_gateways import ClosedGateways, Closure
from database.contact.contacts import Contacts
from database.contact.reservation import Attempt, Reservation
from domain.contact.delivery import ProviderRefusal
from domain.contact.intent import Intent
from domain.contact.question import Refused
from domain.contact.status import AttemptStatus, PhoneStatus
from domain.contact.wording import Unsayable, Words
from domain.messages.templates import Template
from domain.policy.contact import Channel
from gateways.protocol import (
    CannotTellError,
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
    look_up,
)

_LOG = logging.getLogger(__name__)


# Until the provider has to have answered; one try of the activity may take 20 seconds.
ANSWER_WITHIN = timedelta(seconds=15)


class ContactActivities:
    """Everything a borrower receives goes through here."""

    def __init__(
        self,
        contacts: Contacts,
        closed: ClosedGateways,
        gateways: Mapping[Channel, Gateway],
        now: Now,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._contacts = contacts
        self._closed = closed
        self._gateways = gateways
        self._now = now
        self._answer_within = answer_within

    @activity.defn
    async def contact_borrower(self, intent: Intent) -> ContactResult:
        """Make one contact, if the rules allow it at this very moment.

        The attempt is reserved before the provider is asked. A retry that finds a reservation
        asks the provider by our reference; where it cannot tell, nothing is sent again. While the
        gateway is closed nothing is reserved, and the contact waits within its window.
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
        if isinstance(reservation, Closure):
            raise _closed(reservation)
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
            sent = await self._look_up(intent, attempt)
        except (CannotTellError, GatewayBusyError):
            return await self._unsent(
                intent, attempt, ContactStatus.UNKNOWN, "the provider cannot tell"
            )
        if sent is not None:
            return await self._sent(intent, attempt, sent.provider_ref, sent.sent_at)
        return await self._unsent(intent, attempt, ContactStatus.FAILED, "not reached in time")

    @activity.defn
    async def record_missed(self, intent: Intent) -> ContactResult | None:
        """Write down that no lawful moment was left for a contact.

        Unless it was made, in whatever window, by a run that is lost: then what came of it.
        """
        made = await self._contacts.find_made(intent)
        if made is not None:
            return await self._settled(intent, made)
        await self._contacts.record_refusal(intent, missed(intent), self._now())
        return None

    async def _settled(self, intent: Intent, status: AttemptStatus) -> ContactResult:
        if status is AttemptStatus.SENT and intent.template is Template.VISIT_APPOINTMENT:
            await self._contacts.record_proposed(intent.case_id)
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

    async def _look_up(self, intent: Intent, attempt: Attempt | Reservation) -> Sent | None:
        """What became of the latest try; None when it was certainly not taken."""
        if attempt.is_not_taken:
            return None
        sought = Sought(attempt.attempt_id, attempt.number, attempt.reserved_at)
        return await look_up(self._gateways[intent.channel], sought, self._now())

    async def _recover(
        self, intent: Intent, reservation: Reservation, answer_by: float
    ) -> ContactResult:
        """After a failure: was it sent? Only a provider that says no is asked again."""
        try:
            sent = await self._look_up(intent, reservation)
        except GatewayBusyError as error:
            raise _busy() from error
        except CannotTellError:
            return await self._unsent(
                intent, reservation, ContactStatus.UNKNOWN, "the provider cannot tell"
            )
        if sent is not None:
            return await self._sent(intent, reservation, sent.provider_ref, sent.sent_at)
        return await self._send_again(intent, reservation, answer_by)

    async def _send_again(
        self, intent: Intent, reservation: Reservation, answer_by: float
    ) -> ContactResult:
        """What was certainly not taken, if it is still allowed, and on a number that now is."""
        renewed = await self._contacts.renew_reservation(intent, self._now())
        if isinstance(renewed, Refused):
            await self._unsent(intent, reservation, ContactStatus.FAILED, renewed.reason)
            return await self._refused(intent, renewed)
        if isinstance(renewed, Closure):
            await self._contacts.record_not_taken(reservation, self._now())
            raise _closed(renewed)
        if renewed.is_new:
            return await self._send(intent, renewed, answer_by)
        return await self._settled(intent, renewed.status)

    async def _send(
        self, intent: Intent, reservation: Reservation, answer_by: float
    ) -> ContactResult:
        """`answer_by` is by the loop's clock; the database may have taken most of the time."""
        least = self._answer_within.total_seconds() / 3  # a provider's own time, and its turn
        if asyncio.get_running_loop().time() + least >= answer_by:
            await self._contacts.record_not_taken(reservation, self._now())
            raise _busy()
        at = self._now()
        limits = (reservation.lawful_until, intent.by)
        if any(limit is not None and at >= limit for limit in limits):  # an overloaded worker
            result = await self._unsent(
                intent, reservation, ContactStatus.FAILED, "the permitted hours have ended"
            )
            return result.model_copy(update={"is_on_record": True})  # the next window is tried
        if isinstance(reservation.words, Unsayable):
            return await self._unsent(
                intent, reservation, ContactStatus.FAILED, reservation.words.why
            )
        message = _message(reservation, reservation.words, at)
        return await self._hand_over(intent, reservation, message, answer_by)

    async def _hand_over(
        self, intent: Intent, reservation: Reservation, message: Outbound, answer_by: float
    ) -> ContactResult:
        """A try whose answer is missing is asked for by the next one."""
        try:
            async with asyncio.timeout_at(answer_by):
                sent = await self._gateways[intent.channel].send(message)
        except (TimeoutError, MayHaveBeenTakenError) as error:
            raise _busy("the provider may have taken it") from error
        except GatewayBusyError as error:
            await self._contacts.record_not_taken(reservation, self._now())
            raise _busy() from error
        except GatewayRefusedError as refused:
            return await self._refused_by_provider(intent, reservation, refused, answer_by)
        if reservation.probes is not None:
            await self._closed.end(reservation.probes, self._now())
        return await self._sent(intent, reservation, sent.provider_ref, sent.sent_at)

    async def _refused_by_provider(
        self,
        intent: Intent,
        reservation: Reservation,
        refused: GatewayRefusedError,
        answer_by: float,
    ) -> ContactResult:
        """Nothing was sent; what follows from that is not the borrower's fault, or it is said."""
        match refused.refusal:
            case ProviderRefusal.ACCOUNT | ProviderRefusal.CONTENT:
                raise await self._close(intent, reservation, refused)
            case ProviderRefusal.NUMBER_FOR_GOOD:
                await self._contacts.leave_number(
                    reservation.attempt_id, PhoneStatus.INVALID, refused.code, self._now()
                )
                return await self._send_again(intent, reservation, answer_by)
            case ProviderRefusal.SAID_NO:
                await self._contacts.leave_number(
                    reservation.attempt_id, PhoneStatus.REFUSED, refused.code, self._now()
                )
                return await self._put_off(intent, reservation, said_no(refused))
            case ProviderRefusal.NUMBER_TODAY:
                later = number_is_busy(refused, self._now())
                return await self._put_off(intent, reservation, later)
            case _:
                return await self._unsent(intent, reservation, ContactStatus.FAILED, str(refused))

    async def _put_off(
        self, intent: Intent, reservation: Reservation, refused: Refused
    ) -> ContactResult:
        """This attempt failed; a later one is another."""
        await self._unsent(intent, reservation, ContactStatus.FAILED, refused.reason)
        await self._contacts.record_refusal(intent, refused, self._now())
        return await self._refused(intent, refused)

    async def _close(
        self, intent: Intent, reservation: Reservation, refused: GatewayRefusedError
    ) -> ApplicationError:
        """The whole channel for our account's sake, else this template. The contact waits."""
        await self._contacts.record_not_taken(reservation, self._now())
        is_content = refused.refusal is ProviderRefusal.CONTENT
        template = reservation.template if is_content else None
        if await self._closed.close(
            intent.channel, template, refused.refusal, refused.code, self._now()
        ):
            what = f"{template} by {intent.channel}" if template else f"{intent.channel}"
            _LOG.error("nothing goes out any more: %s: %s: %s", what, refused.refusal, refused.code)
        return ApplicationError(
            f"the gateway is closed: {refused.refusal}: {refused.code}", type="GatewayClosed"
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


def _message(reservation: Reservation, words: Words, at: datetime) -> Outbound:
    return Outbound(
        reference=reservation.attempt_id, number=reservation.number, at=at, **words._asdict()
    )


def _busy(what: str = "the provider is busy") -> ApplicationError:
    return ApplicationError(what, type="GatewayBusy")


def _closed(closure: Closure) -> ApplicationError:
    return ApplicationError(str(closure), type="GatewayClosed")
