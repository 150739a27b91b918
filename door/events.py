"""Events: one, a batch, and what became of one."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from domain.events import EVENTS
from door.acceptance import Place, is_event_id, is_loan_id
from door.bodies import LARGEST_BATCH, LARGEST_EVENT, read_body, read_value
from door.contract.description import BATCH, FOUND_EVENT, one_event
from door.parts import Door, Trace, work_on
from door.problems import Kind, ProblemError
from door.senders import Sender

ANSWERED_WITHIN_SECONDS = 5.0  # or the event is acknowledged, and answered later
MOST_IN_A_BATCH = 100
_EVENT = "/v1/loans/{loan_id}/events/"


def events_router(door: Door) -> APIRouter:
    """The addresses of events."""
    router = APIRouter()
    for name in EVENTS:
        router.add_api_route(_EVENT + name, _taker(door, name), methods=["POST"], **one_event(name))

    @router.post(_EVENT + "{name}", include_in_schema=False)
    async def take_unknown(request: Request, loan_id: str, name: str) -> Response:
        return await _take_one(door, request, loan_id, name)

    @router.post("/v1/events", **BATCH)
    async def take_batch(request: Request) -> Response:
        async def work(trace: Trace) -> Response:
            body = await read_body(request, LARGEST_BATCH)
            sender, _ = await door.sender_of_body(request, body)
            trace.note(key_id=sender.key_id)
            batch = _as_batch(read_value(body))
            door.limits.take(sender.key_id, len(batch))
            trace.note(events=len(batch))
            return JSONResponse(await _take_all(door, sender, batch))

        return await work_on(door, work, "batch")

    @router.get(_EVENT + "{event_id:path}", **FOUND_EVENT)
    async def find(request: Request, loan_id: str, event_id: str) -> Response:
        async def work(trace: Trace) -> Response:
            sender = await door.sender_of_target(request)
            trace.note(key_id=sender.key_id)
            return await _found(door, sender, loan_id, event_id)

        return await work_on(door, work, "event asked for")

    return router


def _taker(door: Door, name: str) -> Callable[[Request, str], Awaitable[Response]]:
    async def take(request: Request, loan_id: str) -> Response:
        return await _take_one(door, request, loan_id, name)

    take.__name__ = f"send_{name}"
    return take


async def _take_one(door: Door, request: Request, loan_id: str, name: str) -> Response:
    async def work(trace: Trace) -> Response:
        body = await read_body(request, LARGEST_EVENT)
        sender, message_id = await door.sender_of_body(request, body)
        trace.note(key_id=sender.key_id)
        door.limits.take(sender.key_id)
        event = _of_this_address(read_value(body), loan_id, name)
        place = await door.acceptance.take(sender, event, message_id)
        trace.note(loan_id=place.loan_id, event_id=place.event_id, event_name=name)
        answer = await _answer(door, place, ANSWERED_WITHIN_SECONDS)
        headers = {} if place.answer is None else {"Idempotent-Replayed": "true"}
        if answer is not None:
            return JSONResponse(answer, headers=headers)
        location = f"/v1/loans/{quote(loan_id, safe='')}/events/{quote(place.event_id, safe='')}"
        return JSONResponse({"event_id": place.event_id}, 202, headers={"Location": location})

    return await work_on(door, work, "event")


def _of_this_address(value: object, loan_id: str, name: str) -> object:
    """The event, if it says what the address says: the address is not signed."""
    if not isinstance(value, dict):
        return value
    for field, addressed in (("loan_id", loan_id), ("name", name)):
        if value.get(field) != addressed:
            raise ProblemError(
                Kind.NOT_THIS_ADDRESS, f"{field} must be as in the address", f"/{field}"
            )
    return value


async def _answer(door: Door, place: Place, within_seconds: float) -> dict[str, Any] | None:
    if place.answer is not None:
        return place.answer
    return await door.dispatcher.answer_to(place.sequence, within_seconds)


def _as_batch(value: object) -> Sequence[object]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_IN_A_BATCH:
        raise ProblemError(
            Kind.NOT_AN_OBJECT, f"A batch is a list of 1 to {MOST_IN_A_BATCH} events"
        )
    return value


async def _take_all(door: Door, sender: Sender, batch: Sequence[object]) -> list[dict[str, Any]]:
    """Each by itself, kept in the order of the batch, and waited for from then on."""
    parts: list[asyncio.Task[dict[str, Any]]] = []
    try:
        for event in batch:
            taken = await _take(door, sender, event)
            parts.append(asyncio.create_task(_part(door, event, taken)))
        return await asyncio.gather(*parts)
    finally:
        for part in parts:
            part.cancel()


async def _take(door: Door, sender: Sender, event: object) -> Place | ProblemError:
    try:
        return await door.acceptance.take(sender, event)
    except ProblemError as problem:
        return problem


async def _part(door: Door, event: object, taken: Place | ProblemError) -> dict[str, Any]:
    if isinstance(taken, ProblemError):
        return _named_by(event) | {"status": taken.kind.status, "problem": taken.document}
    answer = await _answer(door, taken, ANSWERED_WITHIN_SECONDS)
    found: dict[str, Any] = {"loan_id": taken.loan_id, "event_id": taken.event_id}
    if answer is None:
        return found | {"status": 202}
    return found | {"status": 200, "answer": answer}


def _named_by(event: object) -> dict[str, Any]:
    """The ids that an event gives itself, where it could have them: its sender knows it by them."""
    given = event if isinstance(event, dict) else {}
    could_be = {"loan_id": is_loan_id, "event_id": is_event_id}
    return {field: given[field] for field, fits in could_be.items() if fits(given.get(field))}


async def _found(door: Door, sender: Sender, loan_id: str, event_id: str) -> Response:
    """The answer to an event that this sender sent, or that it waits."""
    if not is_loan_id(loan_id) or not is_loan_id(event_id):
        raise ProblemError(Kind.NO_SUCH_EVENT)
    entry = await door.inbox.find(loan_id, event_id, sender.credential.lenders)
    if entry is None or entry.key_id != sender.key_id:
        raise ProblemError(Kind.NO_SUCH_EVENT)
    if entry.answer is None:
        return JSONResponse({"event_id": event_id}, 202)
    return JSONResponse(entry.answer)
