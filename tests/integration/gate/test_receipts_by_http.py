"""`POST /v1/receipts/{provider}/{path_secret}`: believed, recorded, and nothing else."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from activities.business_time import real_time
from database.contact.receipts import Receipts
from database.sql import Pool
from domain.policy.contact import Channel
from gateways.choice import choose_readers
from gateways.receipts.router import LARGEST_BODY, receipts_router
from gateways.standard_webhooks import read_secret, sign
from tests.support.gate.gate import Gate
from tests.support.providers import platform
from tests.support.providers.lines import PATH_SECRET, settings_of, write_templates

ADDRESS = f"/v1/receipts/webhook/{PATH_SECRET}"


@pytest.fixture
async def door(pool: Pool, tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the router, as the front door mounts it."""
    given = settings_of("http://127.0.0.1:9", write_templates(tmp_path))
    names = {Channel.SMS: "webhook", Channel.CALL: "tencent"}
    readers = choose_readers(names, given, real_time)  # type: ignore[arg-type]
    receipts = Receipts(pool)
    app = receipts_router(
        readers, PATH_SECRET, lambda each: receipts.record_receipts(each, real_time())
    )
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


def _signed(body: bytes) -> dict[str, str]:
    return sign(read_secret(platform.SECRET), "id", real_time(), body)


async def test_signed_receipt_reaches_its_attempt(gate: Gate, door: httpx2.AsyncClient) -> None:
    """Twice is once, and both are thanked for."""
    await gate.contact()
    [attempt] = await gate.attempts()
    told = {"reference": attempt["attempt_id"], "delivery": "delivered", "at": "2026-11-29T00:00Z"}
    body = json.dumps({"receipts": [told]}).encode()
    for _ in range(2):
        answer = await door.post(ADDRESS, content=body, headers=_signed(body))
        assert (answer.status_code, answer.json()) == (200, {})
    [attempt] = await gate.attempts()
    assert attempt["delivery"] == "delivered"
    assert await gate.pool.fetchval("SELECT count(*) FROM delivery_receipts") == 1


async def test_provider_is_thanked_as_it_wants_to_be(door: httpx2.AsyncClient) -> None:
    """Tencent sends again what is not answered so."""
    answer = await door.post(f"/v1/receipts/tencent/{PATH_SECRET}", content=b"[]")
    assert answer.json() == {"result": 0, "errmsg": "OK"}


@pytest.mark.parametrize(
    ("address", "body", "status"),
    [
        ("/v1/receipts/webhook/guessed", b"{}", 404),
        (f"/v1/receipts/twilio/{PATH_SECRET}", b"{}", 404),  # not chosen
        (ADDRESS, b"{}", 401),
        (f"/v1/receipts/tencent/{PATH_SECRET}", b"{}", 400),
        (f"/v1/receipts/tencent/{PATH_SECRET}", b" " * (LARGEST_BODY + 1), 413),
    ],
)
async def test_what_is_not_believed_changes_nothing(
    pool: Pool, door: httpx2.AsyncClient, address: str, body: bytes, status: int
) -> None:
    """And is not told why."""
    answer = await door.post(address, content=body)
    assert (answer.status_code, answer.content) == (status, b"")
    assert await pool.fetchval("SELECT count(*) FROM delivery_receipts") == 0
