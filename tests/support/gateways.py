"""Providers for tests: the simulated one, and one in memory that fails as a test wants.

`tests/contract` holds each of them to what the protocol promises.
"""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from database.contact.simulated_outbox import SimulatedOutbox
from database.sql import Pool
from domain.contact.delivery import ProviderRefusal
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
)
from gateways.simulated import SimulatedGateway


def simulated_gateways(pool: Pool) -> Mapping[Channel, Gateway]:
    """Both channels by the simulated provider."""
    return {channel: SimulatedGateway(channel, SimulatedOutbox(pool)) for channel in Channel}


def failing_gateways(pool: Pool, faults: "set[Fault]") -> Mapping[Channel, Gateway]:
    """The same, behind lines that share faults: a test puts them on and takes them away."""
    return {
        channel: FakeGateway(provider=provider, faults=faults)
        for channel, provider in simulated_gateways(pool).items()
    }


class DiedError(Exception):
    """The sender's process is gone."""


class Fault(StrEnum):
    """What goes wrong with a message on its way to people."""

    BUSY = "busy"  # nothing is taken this time
    REFUSES = "refuses"  # nothing is taken, and never will be
    LOSES_ANSWERS = "loses answers"  # taken; neither that nor anything else is heard
    DROPS = "drops"  # taken, and the line is gone before the answer; it can be asked for
    LAGS = "lags"  # asked for what it took, it does not know it yet
    HANGS = "hangs"  # taken, and the answer does not end
    CANNOT_TELL = "cannot tell"  # there is no query
    DIES_BEFORE = "dies before"  # our own process, and nothing is taken
    DIES_AFTER = "dies after"  # our own process, once it is taken


class MemoryProvider:
    """What really reached people. It never fails."""

    no_counts_after: timedelta | None = timedelta(0)
    reaches_people = False

    def __init__(self, *, takes_once: bool) -> None:
        self.takes_once = takes_once
        self.taken: list[Outbound] = []

    async def send(self, message: Outbound) -> Sent:
        known = self._find(message.reference)
        if known is not None and self.takes_once:
            return known
        self.taken.append(message)
        return _receipt(message)

    async def find(self, sought: Sought) -> Sent | None:
        return self._find(sought.reference)

    async def close(self) -> None:
        """Nothing is open."""

    def _find(self, reference: str) -> Sent | None:
        known = (message for message in self.taken if message.reference == reference)
        return next(map(_receipt, known), None)


def _receipt(message: Outbound) -> Sent:
    return Sent(f"ref-{message.reference}", message.at)


class FakeGateway:
    """A line to a provider, with the faults that a test puts on it.

    `faults` hold until they are taken away, those of `next_faults` for one message each. Several
    lines may lead to one provider, and may share their faults.
    """

    def __init__(
        self,
        *next_faults: Fault,
        provider: Gateway | None = None,
        faults: set[Fault] | None = None,
        takes_once: bool = False,
        no_counts_after: timedelta | None = timedelta(0),
    ) -> None:
        self.provider = MemoryProvider(takes_once=takes_once) if provider is None else provider
        self.takes_once = self.provider.takes_once
        self.no_counts_after = no_counts_after
        self.reaches_people = self.provider.reaches_people
        self.refusal = ProviderRefusal.OTHER  # of what it refuses
        self.faults = set() if faults is None else faults
        self.handed_over: list[Outbound] = []
        self.asked: list[str] = []
        self._next_faults = list(next_faults)

    def fail_next(self, fault: Fault) -> None:
        """The next message meets a fault, and the one after it does not."""
        self._next_faults.append(fault)

    async def send(self, message: Outbound) -> Sent:
        faults = self.faults | set(self._next_faults[:1])
        del self._next_faults[:1]
        if Fault.DIES_BEFORE in faults:
            raise DiedError
        if Fault.BUSY in faults:
            raise GatewayBusyError
        if Fault.REFUSES in faults:
            raise GatewayRefusedError("no such number", self.refusal)
        self.handed_over.append(message)
        sent = await self.provider.send(message)
        if Fault.DIES_AFTER in faults:
            raise DiedError
        if Fault.DROPS in faults:
            raise MayHaveBeenTakenError
        if Fault.LOSES_ANSWERS in faults:
            raise TimeoutError
        if Fault.HANGS in faults:
            await asyncio.Event().wait()
        return sent

    async def find(self, sought: Sought) -> Sent | None:
        self.asked.append(sought.reference)
        if Fault.CANNOT_TELL in self.faults:
            raise CannotTellError
        if Fault.LOSES_ANSWERS in self.faults:
            raise GatewayBusyError
        if Fault.LAGS in self.faults:
            return None
        return await self.provider.find(sought)

    async def close(self) -> None:
        await self.provider.close()
