"""`POST /v1/receipts/{provider}/{path_secret}`: receipts in by HTTP, whoever serves the routes.

To the database, never to a workflow. A provider that is told 5xx sends again.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route, Router

from domain.contact.delivery import Receipt
from gateways.receipts.reading import (
    ReceiptReader,
    ReceiptRefusedError,
    ReceiptRequest,
    UnreadableReceiptError,
)

LARGEST_BODY = 1_000_000
Record = Callable[[list[Receipt]], Awaitable[object]]


class _TooLargeError(Exception):
    """More than any provider sends at once."""


def receipts_router(
    readers: Mapping[str, ReceiptReader], path_secret: str, record: Record
) -> Router:
    """The route for the receipts of each provider that has a reader; `record` keeps them."""

    async def take(request: Request) -> Response:
        reader = readers.get(request.path_params["provider"])
        given = request.path_params["path_secret"].encode()
        if not hmac.compare_digest(given, path_secret.encode()) or reader is None:
            return Response(status_code=404)
        try:
            receipts = reader.read(await _read(request))
        except ReceiptRefusedError:
            return Response(status_code=401)
        except UnreadableReceiptError:
            return Response(status_code=400)
        except _TooLargeError:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)
        await record(receipts)
        body, media_type = reader.thanks
        return Response(body, media_type=media_type)

    path = "/v1/receipts/{provider}/{path_secret}"
    return Router(routes=[Route(path, take, methods=["POST"])])


async def _read(request: Request) -> ReceiptRequest:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise _TooLargeError
    return ReceiptRequest(
        query=dict(request.query_params),
        headers=dict(request.headers),
        body=bytes(body),
        raw_query=request.url.query,
    )
