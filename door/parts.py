"""What the door's addresses are made of, and how each request is worked on and logged."""

import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import structlog
from starlette.requests import Request
from starlette.responses import Response
from temporalio.client import Client

from database.door.inbox import Inbox
from database.errors import DatabaseAwayError, DatabaseFailedError
from database.news.outbox import Outbox
from door.acceptance import Acceptance
from door.dispatcher import Dispatcher
from door.limits import Limits
from door.problems import Kind, ProblemError
from door.senders import Sender, Senders

_LOG = structlog.get_logger("door")
NO_STORE = {"Cache-Control": "no-store"}


class Door(NamedTuple):
    """The parts of one door."""

    client: Client
    inbox: Inbox
    senders: Senders
    acceptance: Acceptance
    dispatcher: Dispatcher
    limits: Limits
    outbox: Outbox

    async def sender_of_target(self, request: Request) -> Sender:
        """Who asks, by a signature over what is asked for: the target of the request."""
        sender, _ = await self.senders.sender_of(request, target_of(request))
        _require_no_parameter(request)
        self.limits.take(sender.key_id)
        return sender

    async def sender_of_body(self, request: Request, body: bytes) -> tuple[Sender, str]:
        """Who sends, by a signature over the body, and the message id.

        The limit is the caller's to take: only the body says how many events there are.
        """
        sender, message_id = await self.senders.sender_of(request, body)
        _require_no_parameter(request)
        return sender, message_id


def _require_no_parameter(request: Request) -> None:
    """What is not understood is not passed over: it may have been meant to change what is done."""
    if request.url.query:
        raise ProblemError(Kind.UNKNOWN_PARAMETER)


def target_of(request: Request) -> bytes:
    """The path and query of a request, as they were sent."""
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope["raw_path"]
    return path.partition(b"?")[0] + (b"?" + query if query else b"")


class Trace:
    """What is logged of a request: ids of authenticated senders, and nothing that they sent."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def note(self, **seen: Any) -> None:
        self.seen |= seen


async def work_on(
    door: Door, work: Callable[[Trace], Awaitable[Response]], address: str
) -> Response:
    """The answer to a request, a problem included; one line of log."""
    began_at, trace = time.monotonic(), Trace()
    try:
        with door.limits.one_in_hand():
            response = await work(trace)
    except ProblemError as problem:
        trace.note(problem=problem.kind.slug)
        response = problem.response()
    except (DatabaseAwayError, DatabaseFailedError):
        response = ProblemError(Kind.NOT_NOW).response()
    response.headers.update(NO_STORE)
    _LOG.info(
        address,
        status=response.status_code,
        ms=round((time.monotonic() - began_at) * 1000),
        **trace.seen,
    )
    return response
