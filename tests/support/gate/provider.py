"""A provider that notes what it takes, and senders' processes that die where a plan says."""

from dataclasses import dataclass, field
from datetime import datetime

from database.contact.contacts import Contacts, Reservation
from database.policy.pinned_policies import PinnedPolicies
from database.sql import Pool
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Refused
from gateways.protocol import CannotTellError, GatewayBusyError, GatewayRefusedError, Outbound, Sent
from tests.support.gate.plan import Crash


class DiedError(Exception):
    """The sender's process is gone."""


@dataclass
class Provider:
    """What really reached people; takes a reference as often as it is asked to."""

    taken: list[Outbound] = field(default_factory=list)
    can_tell: bool = True
    silent_numbers: set[str] = field(default_factory=set)  # not to be reached by now
    wrong: list[str] = field(default_factory=list)

    def take(self, message: Outbound) -> Sent:
        if message.number in self.silent_numbers:
            self.wrong.append(f"silence broken: {message.reference}")
        self.taken.append(message)
        return _receipt(message)

    def find(self, reference: str) -> Sent | None:
        if not self.can_tell:
            raise CannotTellError
        known = [message for message in self.taken if message.reference == reference]
        return _receipt(known[0]) if known else None


def _receipt(message: Outbound) -> Sent:
    return Sent(f"ref-{message.reference}", message.at)


class CrashingGateway:
    """One process's line to the provider."""

    takes_once = False

    def __init__(self, provider: Provider, crash: Crash) -> None:
        self._provider, self._crash = provider, crash

    async def send(self, message: Outbound) -> Sent:
        if self._crash is Crash.BEFORE_DELIVERY:
            raise DiedError
        if self._crash is Crash.BUSY:
            raise GatewayBusyError
        if self._crash is Crash.REFUSED:
            raise GatewayRefusedError("no such number")
        sent = self._provider.take(message)
        if self._crash is Crash.AFTER_DELIVERY:
            raise DiedError
        return sent

    async def find(self, reference: str) -> Sent | None:
        return self._provider.find(reference)


class CrashingContacts(Contacts):
    """One process's line to the database."""

    def __init__(self, pool: Pool, policies: PinnedPolicies, crash: Crash) -> None:
        super().__init__(pool, policies)
        self._crash = crash

    async def reserve_contact(self, intent: Intent, now: datetime) -> Reservation | Refused:
        reservation = await super().reserve_contact(intent, now)
        if self._crash is Crash.AFTER_RESERVING:
            raise DiedError
        return reservation

    async def record_sent(
        self, case_id: str, attempt_id: str, provider_ref: str, sent_at: datetime, now: datetime
    ) -> CaseFacts:
        if self._crash is Crash.BEFORE_RECORDING:
            raise DiedError
        facts = await super().record_sent(case_id, attempt_id, provider_ref, sent_at, now)
        if self._crash is Crash.AFTER_RECORDING:
            raise DiedError
        return facts
