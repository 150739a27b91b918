"""What every gateway promises (`gateways/protocol.py`), held against each of them.

A new provider is one fixture here that brings its gateway up before a stand-in of the provider,
and one row of `GATEWAYS` that says what the stand-in can be made to do.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import NamedTuple, get_args

import pytest

from database.sql import Pool
from domain.policy.contact import Channel
from gateways.protocol import (
    CannotTellError,
    Gateway,
    GatewayBusyError,
    GatewayRefusedError,
    Outbound,
    Sent,
    Sought,
)
from runtime.settings import GatewayName
from tests.support.gateways import FakeGateway, Fault, MemoryProvider, simulated_gateways

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
UNHEARD_SECONDS = 0.05  # after which nobody waits for an answer that does not end


class Subject(NamedTuple):
    """A gateway, and what its provider knows and we do not."""

    gateway: Gateway
    reached: Callable[[], Awaitable[list[str]]]  # the reference of each message that went out
    faults: set[Fault]  # what the provider, or the line to it, fails in from now on


class Traits(NamedTuple):
    """What is to be expected of a gateway."""

    takes_once: bool
    faults: frozenset[Fault] = frozenset()  # that it can be brought to


EVERY_FAULT = frozenset(
    {Fault.BUSY, Fault.REFUSES, Fault.LOSES_ANSWERS, Fault.HANGS, Fault.CANNOT_TELL}
)
GATEWAYS = {  # by the name of its fixture
    "simulated": Traits(takes_once=True),
    "line_to_simulated": Traits(takes_once=True, faults=EVERY_FAULT),
    "fake": Traits(takes_once=False, faults=EVERY_FAULT),
    "fake_that_takes_once": Traits(takes_once=True, faults=EVERY_FAULT),
}


@pytest.fixture
def simulated(pool: Pool) -> Subject:
    """The default provider, on a real Postgres."""
    return Subject(simulated_gateways(pool)[Channel.SMS], _reader(pool), set())


@pytest.fixture
def line_to_simulated(pool: Pool) -> Subject:
    """The default provider behind a line that a test cuts."""
    gateway = FakeGateway(provider=simulated_gateways(pool)[Channel.SMS])
    return Subject(gateway, _reader(pool), gateway.faults)


@pytest.fixture
def fake() -> Subject:
    """A provider in memory that sends a reference as often as it gets it."""
    return _in_memory(takes_once=False)


@pytest.fixture
def fake_that_takes_once() -> Subject:
    """A provider in memory that sends a reference once."""
    return _in_memory(takes_once=True)


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


@pytest.fixture
def subject(request: pytest.FixtureRequest) -> Subject:
    """The gateway of the name that a test is run for."""
    found: Subject = request.getfixturevalue(request.param)
    return found


def _run_for(are_meant: Callable[[Traits], bool]) -> pytest.MarkDecorator:
    names = [name for name, traits in GATEWAYS.items() if are_meant(traits)]
    return pytest.mark.parametrize("subject", names, indirect=True)


def _that_can_be(fault: Fault) -> pytest.MarkDecorator:
    return _run_for(lambda traits: fault in traits.faults)


every_gateway = _run_for(lambda _: True)


def _message(reference: str = "R-1") -> Outbound:
    return Outbound(reference, "+86 000 0000 0001", "您好, hello", NOW)


def _sought(reference: str) -> Sought:
    return Sought(reference, "+86 000 0000 0001", NOW)


def test_every_provider_that_can_be_chosen_is_held_to_it() -> None:
    """A name that a setting may say has a row above."""
    assert set(get_args(GatewayName)) <= GATEWAYS.keys()


# Nothing fails


@pytest.mark.parametrize(("subject", "traits"), GATEWAYS.items(), indirect=["subject"])
def test_gateway_says_whether_it_takes_a_reference_once(subject: Subject, traits: Traits) -> None:
    """What never got an answer is repeated, or not, by this word alone."""
    assert subject.gateway.takes_once is traits.takes_once


@every_gateway
async def test_what_was_sent_is_found(subject: Subject) -> None:
    """With the same receipt, as often as it is asked for; and it has reached somebody once."""
    sent = await subject.gateway.send(_message())
    assert sent.provider_ref
    assert sent.sent_at.tzinfo is not None
    assert [await subject.gateway.find(_sought("R-1")) for _ in range(2)] == [sent, sent]
    assert await subject.reached() == ["R-1"]


@every_gateway
async def test_unknown_reference_is_not_found(subject: Subject) -> None:
    """Before anything was sent, and among others."""
    assert await subject.gateway.find(_sought("R-1")) is None
    await subject.gateway.send(_message("R-2"))
    assert await subject.gateway.find(_sought("R-1")) is None


@every_gateway
async def test_messages_at_once_are_told_apart(subject: Subject) -> None:
    """Each has a receipt of its own."""
    references = [f"R-{number}" for number in range(10)]
    sent = await asyncio.gather(*(subject.gateway.send(_message(each)) for each in references))
    assert len({receipt.provider_ref for receipt in sent}) == len(references)
    assert [await subject.gateway.find(_sought(each)) for each in references] == sent
    assert sorted(await subject.reached()) == references


@_run_for(lambda traits: traits.takes_once)
async def test_reference_is_sent_once_however_often_it_comes(subject: Subject) -> None:
    """At the same time, later, or with another text: the first receipt is given again."""
    first, second = await asyncio.gather(*(subject.gateway.send(_message()) for _ in range(2)))
    later = await subject.gateway.send(_message()._replace(text="another"))
    assert first == second == later
    assert await subject.reached() == ["R-1"]


# Something fails


@_that_can_be(Fault.BUSY)
async def test_busy_provider_has_taken_nothing(subject: Subject) -> None:
    """It is not known then, and another try is the first."""
    subject.faults.add(Fault.BUSY)
    with pytest.raises(GatewayBusyError):
        await subject.gateway.send(_message())
    subject.faults.clear()
    assert await subject.reached() == []
    assert await subject.gateway.find(_sought("R-1")) is None
    await subject.gateway.send(_message())
    assert await subject.reached() == ["R-1"]


@_that_can_be(Fault.REFUSES)
async def test_provider_that_refuses_has_taken_nothing_and_says_why(subject: Subject) -> None:
    """The reason is what stands on the record."""
    subject.faults.add(Fault.REFUSES)
    with pytest.raises(GatewayRefusedError, match=r"\w"):
        await subject.gateway.send(_message())
    assert await subject.reached() == []
    assert await subject.gateway.find(_sought("R-1")) is None


@_that_can_be(Fault.LOSES_ANSWERS)
async def test_lost_answer_is_no_answer(subject: Subject) -> None:
    """Neither busy nor refused, for it may have been sent; and nobody hears that it was not."""
    subject.faults.add(Fault.LOSES_ANSWERS)
    with pytest.raises(TimeoutError):
        await subject.gateway.send(_message())
    with pytest.raises((GatewayBusyError, CannotTellError)):
        await subject.gateway.find(_sought("R-1"))
    subject.faults.clear()
    await _is_found_as_it_went_out(subject)


@_that_can_be(Fault.HANGS)
async def test_answer_that_nobody_waits_for_any_more_leaves_the_truth(subject: Subject) -> None:
    """It is given up in the middle; what became of it can be asked."""
    subject.faults.add(Fault.HANGS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(UNHEARD_SECONDS):
            await subject.gateway.send(_message())
    subject.faults.clear()
    await _is_found_as_it_went_out(subject)


async def _is_found_as_it_went_out(subject: Subject) -> None:
    found = await subject.gateway.find(_sought("R-1"))
    assert isinstance(found, Sent) == ("R-1" in await subject.reached())


@_that_can_be(Fault.CANNOT_TELL)
async def test_provider_without_a_query_never_says_no(subject: Subject) -> None:
    """Of what it took, and of what it did not."""
    subject.faults.add(Fault.CANNOT_TELL)
    await subject.gateway.send(_message())
    for reference in ("R-1", "R-2"):
        with pytest.raises(CannotTellError):
            await subject.gateway.find(_sought(reference))
