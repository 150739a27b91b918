"""Requests made from the door's own OpenAPI document, whatever they hold: none breaks it.

`GENERATED_REQUESTS=50` makes more of each address.
"""

import asyncio
import json
import os
import time
from typing import Any
from urllib.parse import urlsplit

import httpx2
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from activities.business_time import real_time
from commands.server import open_door
from database.sql import Pool
from domain.events import EVENTS
from domain.policy.policy import Policy
from runtime.standard_webhooks import sign
from tests.support.door import doors
from tests.support.door.listening import listening
from tests.support.door.system import JSON, System, admit, calling
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

EXAMPLES = int(os.environ.get("GENERATED_REQUESTS", "3"))  # of each address
_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


async def test_every_request_is_answered_as_described(pool: Pool, policy: Policy) -> None:
    """Signed, so that it comes past the first check; with an example of each event among them."""
    await insert_loan(pool, Loan("L-1001"))
    opened = open_door(
        doors.settings(door_events_per_second=1e6), client_without_runs(), pool, policy, real_time
    )
    async with opened as app, calling(app) as http, listening(app) as address:
        system = await admit(pool, http)
        document = (await http.get("/openapi.json")).json()
        await asyncio.to_thread(_try_all, document, address, system)
    assert await pool.fetchval("SELECT count(*) FROM inbox WHERE answer IS NULL") == 0
    assert await pool.fetchval("SELECT count(DISTINCT name) FROM case_events") == len(EVENTS)


def _try_all(document: dict[str, Any], address: str, system: System) -> None:
    schema = schemathesis.openapi.from_dict(document)
    with httpx2.Client(base_url=address, timeout=30) as http:
        for found in schema.get_all_operations():
            assert isinstance(found, Ok)
            _try(found.ok(), http, system)


def _try(operation: Any, http: httpx2.Client, system: System) -> None:
    example = _example(operation)
    if example is not None:
        answer = _send(http, system, operation.method.upper(), example[0], example[1])
        assert answer.status_code == 200, answer.text

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url=str(http.base_url))
        url = urlsplit(httpx2.Request(sent["method"], sent["url"]).url.__str__())
        body = json.dumps(sent["json"]).encode() if "json" in sent else None
        answer = _send(http, system, sent["method"], url.path, body)
        case.validate_response(answer, checks=_CHECKS)

    ask()


def _example(operation: Any) -> tuple[str, bytes] | None:
    raw = operation.definition.raw.get("requestBody")
    if raw is None:
        return None
    example = raw["content"]["application/json"]["example"]
    return operation.path.replace("{loan_id}", "L-1001"), json.dumps(example).encode()


def _send(
    http: httpx2.Client, system: System, method: str, path: str, body: bytes | None
) -> httpx2.Response:
    message_id, timestamp = _message_id(body), str(int(time.time()))
    payload = path.encode() if body is None else body
    headers = JSON | {
        "key-id": system.key_id,
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": sign(system.secret, message_id, timestamp, payload),
    }
    return http.request(method, path, content=body, headers=headers)


def _message_id(body: bytes | None) -> str:
    """The event's own, where it could be one of a message."""
    event = {} if body is None else json.loads(body)
    claimed = event.get("event_id") if isinstance(event, dict) else None
    fits = isinstance(claimed, str) and claimed.isascii() and claimed.isprintable()
    return str(claimed) if fits and claimed and not {" ", "."} & set(str(claimed)) else "m-1"
