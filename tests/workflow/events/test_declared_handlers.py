"""Signals and the update take whatever comes: none is lost, none wedges the run.

Also on the real server, whose decoding, limits and metadata are the ones that count.
"""

import json
from collections.abc import AsyncIterator, Iterable
from typing import Any

import pytest
from temporalio.api.sdk.v1 import WorkflowInteractionDefinition, WorkflowMetadata
from temporalio.client import WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.case.events.table import EVENT_TABLE
from domain.case.state import REMEMBERED_REFUSALS
from embedded.stack import EmbeddedStack
from temporal.names import DELIVER, STATUS
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.shapes import SHAPES, UNKNOWN_NAMES, as_json, in_encoding


@pytest.fixture(scope="module", params=["time-skipping", "real"])
async def env(
    request: pytest.FixtureRequest, env: WorkflowEnvironment
) -> AsyncIterator[WorkflowEnvironment]:
    """The server that the other tests share, then the one of the embedded stack."""
    if request.param == "time-skipping":
        yield env
        return
    async with EmbeddedStack() as stack:
        yield WorkflowEnvironment.from_client(await stack.connect_temporal())


async def _goes_on(life: Life) -> None:
    """The run still takes events, and a good one still has its effect."""
    await life.accepted("payment_received", payment_id="P-good", amount_minor=1)


async def _refused(life: Life) -> list[Json]:
    return await life.fetch("SELECT * FROM case_events WHERE NOT accepted ORDER BY sequence")


async def test_signals_of_any_shape_are_refused_on_record(start_life: StartLife) -> None:
    """Each reason is in case_events and in the status, and the next event is taken."""
    life = await start_life(5)
    for bodies in SHAPES.values():
        await life.handle.signal("payment_received", args=bodies)
    await _goes_on(life)
    refused = await _refused(life)
    assert len(refused) == len(SHAPES)
    assert {row["name"] for row in refused} == {"payment_received"}
    assert all(row["reason"].startswith("LC-CONTRACT: ") for row in refused)
    noted = (await life.status())["last_refusals"]
    assert {refusal["rule_id"] for refusal in noted} == {"LC-CONTRACT"}
    assert len(noted) == REMEMBERED_REFUSALS


async def test_updates_of_any_shape_are_answered(start_life: StartLife) -> None:
    """The caller learns that it was refused and why, it is on record, and the run goes on."""
    life = await start_life(5)
    answers = [await life.update(*bodies) for bodies in SHAPES.values()]
    assert not any(answer["accepted"] for answer in answers)
    await _goes_on(life)
    refused = await _refused(life)
    assert [row["reason"] for row in refused] == [answer["reason"] for answer in answers]
    assert all(row["reason"].startswith("LC-CONTRACT: ") for row in refused)


async def test_unknown_names_are_refused_on_record(start_life: StartLife) -> None:
    """By signal and by update alike."""
    life = await start_life(5)
    for name in UNKNOWN_NAMES:
        await life.handle.signal(name, {})
        answer = await life.update({"name": name})
        assert answer["reason"].startswith("LC-CONTRACT: no event is called")
    await _goes_on(life)
    assert len(await _refused(life)) == 2 * len(UNKNOWN_NAMES)


async def test_update_of_an_unknown_name_is_rejected(start_life: StartLife) -> None:
    """Only `deliver` is an update; the caller of another is told so, whatever comes with it."""
    life = await start_life(5)
    shapes: list[list[Any]] = [[], [{}], [in_encoding("binary/encrypted", b"\0")]]
    for bodies in shapes:
        with pytest.raises(WorkflowUpdateFailedError) as refused:
            await life.handle.execute_update("delivered", args=bodies)
        assert isinstance(refused.value.cause, ApplicationError)
        assert refused.value.cause.message == "the only update is deliver"
    await _goes_on(life)


UNREADABLE = "LC-CONTRACT: the body is not JSON"


async def test_what_cannot_be_decoded_is_on_record_with_its_reason(start_life: StartLife) -> None:
    """Of a declared signal, of an unknown one, and of an update; none is dropped."""
    life = await start_life(5)
    encrypted = in_encoding("binary/encrypted", b"\0\xff")
    for name in ("payment_received", "no_such_event"):
        await life.handle.signal(name, as_json('{"event_id": '))
        await life.handle.signal(name, encrypted)
    assert (await life.update(encrypted))["reason"].startswith(UNREADABLE)
    refused = [(row["name"], row["reason"]) for row in await _refused(life)]
    cut_off = f"{UNREADABLE}: Expecting value at character 14"
    of_encoding = (
        f"{UNREADABLE}: Expecting value at character 1, and its encoding is binary/encrypted"
    )
    assert refused == [
        ("payment_received", cut_off),
        ("payment_received", of_encoding),
        ("no_such_event", cut_off),
        ("no_such_event", of_encoding),
        ("unnamed", of_encoding),
    ]
    await _goes_on(life)


@pytest.mark.parametrize("encoding", [None, "binary/plain", "json/protobuf"])
async def test_event_in_another_encoding_has_its_effect(
    start_life: StartLife, encoding: str | None
) -> None:
    """What is JSON is read, whoever wrote it and however it is labelled."""
    life = await start_life(5)
    body = json.dumps(await life.event(payment_id="P-1", amount_minor=1)).encode()
    await life.handle.signal("payment_received", in_encoding(encoding, body))
    delivered = json.dumps(
        await life.event(name="payment_received", payment_id="P-2", amount_minor=1)
    )
    assert (await life.update(in_encoding(encoding, delivered.encode())))["accepted"]
    paid = await life.fetch("SELECT payment_id FROM payments")
    assert {row["payment_id"] for row in paid} == {"P-1", "P-2"}


async def test_run_says_what_it_takes(start_life: StartLife) -> None:
    """Each event with its description, as the UI offers it; what has no name is refused."""
    life = await start_life(5)
    metadata = await life.handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
    takes = metadata.definition
    assert takes.type == "LoanCollection"
    signals = _described(takes.signal_definitions)
    assert signals.pop("").startswith("Any other name: refused")
    assert signals == {name: row.synopsis for name, row in EVENT_TABLE.items()}
    updates = _described(takes.update_definitions)
    assert updates.pop("").startswith("Refused")
    assert updates.keys() == {DELIVER}
    assert all(updates.values())
    assert _described(takes.query_definitions)[STATUS]


def _described(taken: Iterable[WorkflowInteractionDefinition]) -> dict[str, str]:
    return {each.name: each.description for each in taken}
