"""What every gateway promises (`gateways/protocol.py`) where nothing fails.

A new provider is one row of `GATEWAYS` in `tests/support/subjects.py`, which says what its stand-in
can be made to do, and a stand-in in `tests/support/providers/`.
"""

import asyncio
from typing import get_args

import pytest

from gateways.protocol import CannotTellError
from runtime.settings import GatewayName
from tests.support.providers.lines import message, sought
from tests.support.subjects import GATEWAYS, Subject, Traits, every_gateway, run_for, that_can_tell


def test_every_provider_that_can_be_chosen_is_held_to_it() -> None:
    """A name that a setting may say has a row above."""
    assert set(get_args(GatewayName)) <= GATEWAYS.keys()


@pytest.mark.parametrize(("subject", "traits"), GATEWAYS.items(), indirect=["subject"])
def test_gateway_says_whether_it_takes_a_reference_once(subject: Subject, traits: Traits) -> None:
    """What never got an answer is repeated, or not, by this word alone."""
    assert subject.gateway.takes_once is traits.takes_once


@every_gateway
async def test_what_is_taken_reaches_somebody_once(subject: Subject) -> None:
    """Under the provider's own reference, and at a time of a zone."""
    sent = await subject.gateway.send(message())
    assert sent.provider_ref
    assert sent.sent_at.tzinfo is not None
    assert await subject.reached() == ["R-1"]


@that_can_tell
async def test_what_was_sent_is_found(subject: Subject) -> None:
    """With the same receipt, as often as it is asked for."""
    sent = await subject.gateway.send(message())
    assert [await subject.gateway.find(sought()) for _ in range(2)] == [sent, sent]


@that_can_tell
async def test_unknown_reference_is_not_found(subject: Subject) -> None:
    """Before anything was sent, and among others."""
    assert await subject.gateway.find(sought()) is None
    await subject.gateway.send(message("R-2"))
    assert await subject.gateway.find(sought()) is None


@run_for(lambda traits: not traits.can_tell)
async def test_provider_that_never_tells_says_so(subject: Subject) -> None:
    """Of what it took, and of what it did not."""
    await subject.gateway.send(message())
    for reference in ("R-1", "R-2"):
        with pytest.raises(CannotTellError):
            await subject.gateway.find(sought(reference))


@every_gateway
async def test_messages_at_once_are_told_apart(subject: Subject) -> None:
    """Each has a receipt of its own."""
    references = [f"R-{number}" for number in range(10)]
    sent = await asyncio.gather(*(subject.gateway.send(message(each)) for each in references))
    assert len({receipt.provider_ref for receipt in sent}) == len(references)
    assert sorted(await subject.reached()) == references


@run_for(lambda traits: traits.takes_once)
async def test_reference_is_sent_once_however_often_it_comes(subject: Subject) -> None:
    """At the same time, later, or with another text: the first receipt is given again."""
    first, second = await asyncio.gather(*(subject.gateway.send(message()) for _ in range(2)))
    later = await subject.gateway.send(message()._replace(text="another"))
    assert first == second == later
    assert await subject.reached() == ["R-1"]
