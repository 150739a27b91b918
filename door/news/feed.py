"""`GET /v1/news`: everything that was told of a sender's lenders, for who has missed something."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from database.news.outbox import FeedEntry
from door.contract.description import NEWS_FEED
from door.news.signing import message_id
from door.parts import Door, Trace, target_of, work_on
from door.problems import Kind, ProblemError

MOST = 500
USUALLY = 100
_NUMBER = re.compile(r"[0-9]{1,18}")


def news_router(door: Door) -> APIRouter:
    """The feed."""
    router = APIRouter()

    @router.get("/v1/news", **NEWS_FEED)
    async def feed(request: Request) -> Response:
        async def work(trace: Trace) -> Response:
            sender, _ = await door.senders.sender_of(request, target_of(request))
            trace.note(key_id=sender.key_id)
            door.limits.take(sender.key_id)
            after, most = _asked_for(request.url.query)
            found = await door.outbox.feed(after, most, sender.credential.lenders)
            trace.note(news=len(found))
            return JSONResponse(
                {
                    "news": [_shown(entry) for entry in found],
                    "next": str(found[-1].position if found else after),
                }
            )

        return await work_on(door, work, "news")

    return router


def _asked_for(query: str) -> tuple[int, int]:
    given = parse_qsl(query, keep_blank_values=True)
    asked = dict(given)
    if len(asked) != len(given) or asked.keys() - {"after", "most"}:
        raise ProblemError(Kind.UNKNOWN_PARAMETER)
    after, most = asked.get("after", "0"), asked.get("most", str(USUALLY))
    if not _NUMBER.fullmatch(after) or not _NUMBER.fullmatch(most) or not 1 <= int(most) <= MOST:
        raise ProblemError(Kind.UNKNOWN_PARAMETER, f"after is a `next`, most is 1 to {MOST}")
    return int(after), int(most)


def _shown(entry: FeedEntry) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(entry.body)
    return {"id": message_id(entry.news_id)} | body
