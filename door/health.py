"""Whether the process is there, and whether it can keep what it is sent."""

from datetime import timedelta

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response
from temporalio.service import RPCError

from database.errors import DatabaseAwayError, DatabaseFailedError
from door.parts import Door

_WITHIN = timedelta(seconds=2)


def health_router(door: Door) -> APIRouter:
    """Two addresses for whoever watches the process."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return JSONResponse({"process": "up"})

    @router.get("/readyz", include_in_schema=False)
    async def readyz() -> Response:
        """Without Temporal events are kept, and delivered when it is back: it is only told."""
        try:
            waiting, news = await door.inbox.waiting(), await door.outbox.waiting()
        except (DatabaseAwayError, DatabaseFailedError):
            return JSONResponse({"database": "away"}, 503)
        try:
            is_up = await door.client.service_client.check_health(timeout=_WITHIN)
        except (RPCError, RuntimeError):
            is_up = False
        temporal = "up" if is_up else "away"
        return JSONResponse(
            {
                "database": "up",
                "temporal": temporal,
                "waiting": waiting,
                "news_waiting": news.waiting,
                "endpoints_disabled": news.disabled,
            }
        )

    return router
