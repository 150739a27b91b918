"""The default provider: takes every message and keeps it in an outbox that a person can read."""

from datetime import datetime, timedelta
from typing import Protocol

from domain.messages.calls import CallParts
from gateways.protocol import Outbound, Sent, Sought


class Outbox(Protocol):
    """Where the simulated provider keeps what it took."""

    async def put(
        self,
        reference: str,
        channel: str,
        number: str,
        text: str,
        now: datetime,
        parts: CallParts | None = None,
    ) -> None: ...

    async def find(self, reference: str) -> datetime | None: ...


class SimulatedGateway:
    """Delivers into an outbox; the same reference twice is sent once."""

    takes_once = True
    no_counts_after: timedelta | None = timedelta(0)
    reaches_people = False

    def __init__(self, channel: str, outbox: Outbox) -> None:
        self._channel = channel
        self._outbox = outbox

    async def send(self, message: Outbound) -> Sent:
        """Keep the message. Never refuses."""
        await self._outbox.put(
            message.reference,
            self._channel,
            message.number,
            message.text,
            message.at,
            message.parts,
        )
        return Sent(provider_ref=f"simulated-{message.reference}", sent_at=message.at)

    async def find(self, sought: Sought) -> Sent | None:
        """What the outbox knows of a reference."""
        sent_at = await self._outbox.find(sought.reference)
        if sent_at is None:
            return None
        return Sent(provider_ref=f"simulated-{sought.reference}", sent_at=sent_at)

    async def close(self) -> None:
        """Nothing is open."""
