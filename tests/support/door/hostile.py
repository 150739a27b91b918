"""Requests that a broken or hostile sender might make, each by its number."""

import json
from typing import Any

from tests.support.door.system import JSON, System

KINDS = 16
LOANS = [f"L-{number}" for number in range(1001, 1021)]


async def send(bank: System, number: int) -> int:
    """Send the request of a number; the status it was answered with."""
    loan_id = LOANS[number // KINDS % len(LOANS)]
    event: dict[str, Any] = {
        "event_id": f"h-{number}", "loan_id": loan_id, "name": "payment_received",
        "occurred_at": "2026-11-24T10:00:00+08:00", "payment_id": f"P-{number}", "amount_minor": 1,
    }  # fmt: skip
    kind, path = number % KINDS, f"/v1/loans/{loan_id}/events/payment_received"
    changes: dict[int, dict[str, Any]] = {
        1: {"amount_minor": "1"}, 2: {"amount_minor": -1}, 3: {"amount_minor": 10**30},
        4: {"payment_id": "\ud800"}, 5: {"payment_id": "\0"}, 6: {"occurred_at": "2200-01-01"},
        7: {"loan_id": "L-404"}, 8: {"event_id": None}, 9: {"event_id": "h-0"},
        10: {"payment_id": {"a": [[[[]]]]}}, 11: {"note": "x" * 70_000},
    }  # fmt: skip
    body = json.dumps(event | changes.get(kind, {})).encode()
    if kind == 12:
        body = body[: number % len(body)]
    if kind == 13:
        body = bytes(each ^ (number % 251) for each in body)
    headers = JSON | bank.headers(f"h-{number}", body)
    if kind == 14:
        headers["webhook-signature"] = "v1," * (number % 9) + "=" * (number % 7)
    if kind == 15:
        headers["webhook-timestamp"] = str(number * 10**9)
    return (await bank.http.post(path, content=body, headers=headers)).status_code
