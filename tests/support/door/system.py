"""A sending system: its credential, and requests signed with it."""

import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx2
from fastapi import FastAPI

from database.door.credentials import EVERY_LENDER, Credentials
from database.sql import Pool
from domain.events import EVENTS
from door.signatures import make_secret
from runtime.standard_webhooks import sign

DOOR_KEY = "a key of tests, long enough to be one"
JSON = {"content-type": "application/json"}


class System:
    """One sender. `clock` is added to the time it signs with, in seconds."""

    def __init__(self, http: httpx2.AsyncClient, key_id: str, secret: bytes) -> None:
        self.http = http
        self.key_id = key_id
        self.secret = secret
        self.clock = 0

    def headers(self, message_id: str, payload: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()) + self.clock)
        return {
            "key-id": self.key_id,
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(self.secret, message_id, timestamp, payload),
        }

    async def send(
        self, loan_id: str, name: str, event_id: str = "e-1", **body: Any
    ) -> httpx2.Response:
        """One event of now."""
        event = {
            "event_id": event_id,
            "loan_id": loan_id,
            "name": name,
            "occurred_at": datetime.now(UTC).isoformat(),
        } | body
        return await self.post(f"/v1/loans/{loan_id}/events/{name}", event, str(event["event_id"]))

    async def post(self, path: str, value: Any, message_id: str = "m-1") -> httpx2.Response:
        """Any JSON value, signed."""
        return await self.post_raw(path, json.dumps(value).encode(), message_id)

    async def post_raw(self, path: str, body: bytes, message_id: str = "m-1") -> httpx2.Response:
        """Any bytes, signed."""
        return await self.http.post(
            path, content=body, headers=JSON | self.headers(message_id, body)
        )

    async def get(self, path: str) -> httpx2.Response:
        """A question, signed."""
        return await self.http.get(path, headers=self.headers("q-1", path.encode()))


@asynccontextmanager
async def calling(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """An HTTP client of a door in this process."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://door") as http:
        yield http


async def admit(
    pool: Pool,
    http: httpx2.AsyncClient,
    key_id: str = "bank",
    *,
    events: Sequence[str] = tuple(EVENTS),
    lenders: Sequence[str] = (EVERY_LENDER,),
    may_name_staff: bool = True,
) -> System:
    """A sending system with a credential; by default it may send everything."""
    salt = f"salt of {key_id}"
    now = datetime.now(UTC)
    await Credentials(pool).add(
        key_id, key_id, events, lenders, salt, now, may_name_staff=may_name_staff
    )
    return System(http, key_id, make_secret(DOOR_KEY, key_id, salt))
