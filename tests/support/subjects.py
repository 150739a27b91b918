"""Every gateway that is held to the contract, before a provider that a test makes fail."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple, cast

import pytest

from database.sql import Pool
from domain.policy.contact import Channel
from gateways.protocol import Gateway
from runtime.settings import GatewayName
from tests.support.gateways import FakeGateway, Fault, MemoryProvider, simulated_gateways
from tests.support.providers.lines import connect


class Subject(NamedTuple):
    """A gateway, and what its provider knows and we do not."""

    gateway: Gateway
    reached: Callable[[], Awaitable[list[str]]]  # the reference of each message that went out
    faults: set[Fault]  # what the provider, or the line to it, fails in from now on


class Traits(NamedTuple):
    """What is to be expected of a gateway."""

    takes_once: bool
    can_tell: bool = True  # what became of a reference
    faults: frozenset[Fault] = frozenset()  # that it can be brought to


LINE_FAULTS = frozenset(
    {Fault.BUSY, Fault.REFUSES, Fault.LOSES_ANSWERS, Fault.DROPS, Fault.HANGS, Fault.LAGS}
)
EVERY_FAULT = LINE_FAULTS | {Fault.CANNOT_TELL}
ASKED = Traits(takes_once=False, faults=LINE_FAULTS)
NEVER_ASKED = Traits(takes_once=False, can_tell=False, faults=LINE_FAULTS - {Fault.LAGS})
GATEWAYS = {  # by the name of its fixture, or of the provider and its channel
    "simulated": Traits(takes_once=True),
    "line_to_simulated": Traits(takes_once=True, faults=EVERY_FAULT),
    "fake": Traits(takes_once=False, faults=EVERY_FAULT),
    "fake_that_takes_once": Traits(takes_once=True, faults=EVERY_FAULT),
    "webhook": Traits(takes_once=True, faults=LINE_FAULTS),
    "webhook call": Traits(takes_once=True, faults=LINE_FAULTS),
    "twilio": NEVER_ASKED,
    "twilio call": NEVER_ASKED,
    "infobip": ASKED,
    "infobip call": ASKED,
    "tencent": ASKED,
    "tencent call": NEVER_ASKED,
}


def _simulated(pool: Pool) -> Subject:
    """The default provider, on a real Postgres."""
    return Subject(simulated_gateways(pool)[Channel.SMS], _reader(pool), set())


def _line_to_simulated(pool: Pool) -> Subject:
    """The default provider behind a line that a test cuts."""
    gateway = FakeGateway(provider=simulated_gateways(pool)[Channel.SMS])
    return Subject(gateway, _reader(pool), gateway.faults)


def _reader(pool: Pool) -> Callable[[], Awaitable[list[str]]]:
    async def reached() -> list[str]:
        rows = await pool.fetch("SELECT reference FROM simulated_outbox")
        return [row["reference"] for row in rows]

    return reached


def _in_memory(*, takes_once: bool) -> Subject:
    provider = MemoryProvider(takes_once=takes_once)
    gateway = FakeGateway(provider=provider)

    async def reached() -> list[str]:
        return [message.reference for message in provider.taken]

    return Subject(gateway, reached, gateway.faults)


OURS: Mapping[str, Callable[[Pool], Subject]] = {
    "simulated": _simulated,
    "line_to_simulated": _line_to_simulated,
    "fake": lambda _: _in_memory(takes_once=False),
    "fake_that_takes_once": lambda _: _in_memory(takes_once=True),
}


@asynccontextmanager
async def bring_up(name: str, pool: Pool, directory: Path) -> AsyncIterator[Subject]:
    """The gateway of a name of `GATEWAYS`."""
    if name in OURS:
        yield OURS[name](pool)
        return
    provider_name, _, channel = name.partition(" ")
    connected = connect(cast("GatewayName", provider_name), Channel(channel or "sms"), directory)
    async with connected as (gateway, provider, _):

        async def reached() -> list[str]:
            return list(provider.delivered.elements())

        yield Subject(gateway, reached, provider.faults)


def run_for(are_meant: Callable[[Traits], bool]) -> pytest.MarkDecorator:
    names = [name for name, traits in GATEWAYS.items() if are_meant(traits)]
    return pytest.mark.parametrize("subject", names, indirect=True)


def that_can_be(fault: Fault) -> pytest.MarkDecorator:
    return run_for(lambda traits: fault in traits.faults)


every_gateway = run_for(lambda _: True)


that_can_tell = run_for(lambda traits: traits.can_tell)
