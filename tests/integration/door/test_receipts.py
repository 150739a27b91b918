"""What providers report comes in beside the events, where their secret is set."""

import pytest

from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.door.doors import a_door
from tests.support.door.temporal import client_without_runs

SECRET = "a-secret-of-an-address"


@pytest.mark.parametrize(("path", "status"), [(SECRET, 401), ("guessed-address-of-it", 404)])
async def test_receipts_have_an_address(
    pool: Pool, policy: Policy, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    """Unsigned ones are refused; who does not know the address learns nothing."""
    monkeypatch.setenv("RECEIPTS_SECRET", SECRET)
    monkeypatch.setenv("WEBHOOK_URL", "https://platform.example/messages")
    monkeypatch.setenv("WEBHOOK_SECRET", "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    opened = a_door(pool, client_without_runs(), policy, sms_gateway="webhook")
    async with opened as bank:
        answer = await bank.http.post(f"/v1/receipts/webhook/{path}", content=b"{}")
        assert answer.status_code == status
