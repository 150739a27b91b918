"""A provider that notes what it should not have been sent, and processes that die as planned."""

from datetime import datetime

from database.contact.closed_gateways import Closure
from database.contact.contacts import Contacts
from database.contact.reservation import Reservation
from database.policy.pinned_policies import PinnedPolicies
from database.sql import Pool
from domain.case.facts import CaseFacts
from domain.contact.intent import Intent
from domain.contact.question import Refused
from gateways.protocol import Outbound, Sent
from tests.support.gate.plan import Crash
from tests.support.gateways import DiedError, Fault, MemoryProvider

# Where a sender's process dies on its way to the provider, or how its provider fails.
FAULTS = {
    Crash.BEFORE_DELIVERY: Fault.DIES_BEFORE,
    Crash.AFTER_DELIVERY: Fault.DIES_AFTER,
    Crash.BUSY: Fault.BUSY,
    Crash.REFUSED: Fault.REFUSES,
}


class WatchedProvider(MemoryProvider):
    """Takes a reference as often as it is asked to, and knows whom nothing may reach."""

    def __init__(self) -> None:
        super().__init__(takes_once=False)
        self.silent_numbers: set[str] = set()  # not to be reached by now
        self.wrong: list[str] = []

    async def send(self, message: Outbound) -> Sent:
        if message.number in self.silent_numbers:
            self.wrong.append(f"silence broken: {message.reference}")
        return await super().send(message)


class CrashingContacts(Contacts):
    """One process's line to the database."""

    def __init__(self, pool: Pool, policies: PinnedPolicies, crash: Crash) -> None:
        super().__init__(pool, policies)
        self._crash = crash

    async def reserve_contact(
        self, intent: Intent, now: datetime
    ) -> Reservation | Refused | Closure:
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
