"""A system's way in by the front door. It needs an HTTP client and nothing else: copy it.

An event is sent under one id until the door has taken it, and asked after until it is judged,
whatever dies in between.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2

FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 5.0
_COME_AGAIN = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class DoorRefusedError(Exception):
    """The door takes no such request, however often it comes; `status` is its answer's."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__(f"{response.status_code} {response.text}")
        self.status = response.status_code


class DoorClient:
    """One sending system: `key_id` and `secret` are as `ops.py credential add` gave them."""

    def __init__(self, http: httpx2.AsyncClient, key_id: str, secret: str) -> None:
        self._http = http
        self._key_id = key_id
        self._secret = base64.b64decode(secret.removeprefix("whsec_"))

    async def send(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """What became of an event, which says its `event_id`, `loan_id` and `name`.

        Raises:
            DoorRefusedError: when it is no event that this system may send.
        """
        loan, event_id = quote(event["loan_id"], safe=""), event["event_id"]
        path = f"/v1/loans/{loan}/events/"
        body = json.dumps(event).encode()
        response = await self._until_taken("POST", path + event["name"], event_id, body)
        while response.status_code == HTTPStatus.ACCEPTED:  # kept, and judged later
            await asyncio.sleep(FIRST_PAUSE_SECONDS)
            response = await self._until_taken("GET", path + quote(event_id, safe=""))
        return _object(response)

    async def ask(self, target: str) -> dict[str, Any]:
        """The answer to a question, such as `/v1/loans/L-1`. Raises DoorRefusedError."""
        return _object(await self._until_taken("GET", target))

    async def _until_taken(
        self, method: str, target: str, message_id: str = "question", body: bytes = b""
    ) -> httpx2.Response:
        """The same again while the door is away or asks to come again."""
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                response = await self._http.request(
                    method, target, content=body, headers=self._headers(target, message_id, body)
                )
            except httpx2.TransportError:  # it may have been taken: the id is the same
                pass
            else:
                if response.is_success:
                    return response
                if response.status_code not in _COME_AGAIN and not response.is_server_error:
                    raise DoorRefusedError(response)
                pause = max(pause, float(response.headers.get("retry-after", 0)))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _headers(self, target: str, message_id: str, body: bytes) -> dict[str, str]:
        """Signed by Standard Webhooks, each try anew: a question over its target."""
        timestamp = str(int(time.time()))
        signed = f"{message_id}.{timestamp}.".encode() + (body or target.encode())
        digest = hmac.digest(self._secret, signed, hashlib.sha256)
        return {
            "content-type": "application/json",
            "key-id": self._key_id,
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": "v1," + base64.b64encode(digest).decode(),
        }


def _object(response: httpx2.Response) -> dict[str, Any]:
    found: dict[str, Any] = response.json()
    return found
