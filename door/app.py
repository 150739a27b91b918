"""The door's addresses. Another room of the door is a router of its own, added in `build_app`."""

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from door.contract.description import describe
from door.events import events_router
from door.health import health_router
from door.loans import loans_router
from door.news.feed import news_router
from door.parts import Door
from door.problems import Kind, ProblemError

_BY_STATUS = {404: Kind.NOT_FOUND, 405: Kind.NO_SUCH_METHOD}


def build_app(door: Door, more: Sequence[BaseRoute] = ()) -> FastAPI:
    """The door as an ASGI application; `more` is served beside what it describes."""
    app = FastAPI(
        openapi_url=None,  # served below, with the schemas of events in it
        redirect_slashes=False,
        exception_handlers={HTTPException: _unrouted, Exception: _broken},
    )
    for router in (events_router, loans_router, news_router, health_router):
        app.include_router(router(door))
    description = describe(app.routes)
    app.router.routes.extend(more)

    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        return JSONResponse(description)

    return app


async def _unrouted(_request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    response = ProblemError(_BY_STATUS.get(status, Kind.NOT_FOUND)).response()
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)  # which methods there are
    return response


async def _broken(_request: Request, _error: Exception) -> Response:
    return ProblemError(Kind.BROKEN).response()
