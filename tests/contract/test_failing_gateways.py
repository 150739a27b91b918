"""What every gateway promises (`gateways/protocol.py`) where its provider or the line fails."""

import asyncio

import pytest

from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Sent,
    look_up,
)
from tests.support.gateways import FakeGateway, Fault
from tests.support.providers.lines import NOW, message, sought
from tests.support.subjects import Subject, that_can_be

UNHEARD_SECONDS = 0.3  # after which nobody waits for an answer that does not end


@that_can_be(Fault.BUSY)
async def test_busy_provider_has_taken_nothing(subject: Subject) -> None:
    """Another try is the first."""
    subject.faults.add(Fault.BUSY)
    with pytest.raises(GatewayBusyError):
        await subject.gateway.send(message())
    subject.faults.clear()
    assert await subject.reached() == []
    await subject.gateway.send(message())
    assert await subject.reached() == ["R-1"]


@that_can_be(Fault.REFUSES)
async def test_provider_that_refuses_has_taken_nothing_and_says_why(subject: Subject) -> None:
    """The reason is what stands on the record: a code, and nothing of the person."""
    subject.faults.add(Fault.REFUSES)
    with pytest.raises(GatewayRefusedError, match=r"\w") as refused:
        await subject.gateway.send(message())
    assert "0000" not in str(refused.value)
    assert await subject.reached() == []


@pytest.mark.parametrize("fault", [Fault.LOSES_ANSWERS, Fault.DROPS])
@that_can_be(Fault.LOSES_ANSWERS)
async def test_lost_answer_is_no_answer(subject: Subject, fault: Fault) -> None:
    """Neither busy nor refused, for it may have been sent; and it is sent once."""
    subject.faults.add(fault)
    with pytest.raises((TimeoutError, MayHaveBeenTakenError)):
        await subject.gateway.send(message())
    assert await subject.reached() == ["R-1"]
    if fault is Fault.LOSES_ANSWERS:
        with pytest.raises((GatewayBusyError, CannotTellError)):
            await subject.gateway.find(sought())
    subject.faults.clear()
    await _is_found_as_it_went_out(subject)


@that_can_be(Fault.HANGS)
async def test_answer_that_nobody_waits_for_any_more_leaves_the_truth(subject: Subject) -> None:
    """It is given up in the middle; what became of it can be asked, or not."""
    subject.faults.add(Fault.HANGS)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(UNHEARD_SECONDS):
            await subject.gateway.send(message())
    subject.faults.clear()
    await _is_found_as_it_went_out(subject)


async def _is_found_as_it_went_out(subject: Subject) -> None:
    try:
        found = await subject.gateway.find(sought())
    except CannotTellError:
        return
    assert isinstance(found, Sent) == ("R-1" in await subject.reached())


@that_can_be(Fault.LAGS)
async def test_no_of_a_query_that_lags_proves_nothing(subject: Subject) -> None:
    """Of a provider that sends again what it gets again: just after a message it is too early."""
    await subject.gateway.send(message())
    subject.faults.add(Fault.LAGS)
    if subject.gateway.takes_once or isinstance(subject.gateway, FakeGateway):
        assert await look_up(subject.gateway, sought(), NOW) is None
    else:
        with pytest.raises((GatewayBusyError, CannotTellError)):
            await look_up(subject.gateway, sought(), NOW)


@that_can_be(Fault.CANNOT_TELL)
async def test_provider_without_a_query_never_says_no(subject: Subject) -> None:
    """Of what it took, and of what it did not."""
    subject.faults.add(Fault.CANNOT_TELL)
    await subject.gateway.send(message())
    for reference in ("R-1", "R-2"):
        with pytest.raises(CannotTellError):
            await subject.gateway.find(sought(reference))
