"""An event for the stack's front door, from outside and signed as another system does."""

import json
from datetime import UTC, datetime, time
from http import HTTPStatus

import httpx2

from runtime.standard_webhooks import read_secret, sign
from tests.support.images.loans import AS_OF, FIRST, expect
from tests.support.images.stack import Stack

KEY_ID = "ledger"
PAID = {"payment_id": "IMAGE-P-1", "amount_minor": 100}


def door_takes_an_event(stack: Stack) -> str:
    """Let a system in, and send a payment; the door's answer."""
    port = stack.compose("port", "door", "8480").rpartition(":")[2]
    wishes = ("--source", KEY_ID, "--event", "payment_received", "--lender", "*")
    added = stack.execute("door", "python", "ops.py", "credential", "add", KEY_ID, *wishes)
    [secret] = [word for word in added.split() if word.startswith("whsec_")]
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as door:
        for page in ("/healthz", "/readyz"):
            expect(door.get(page).status_code, HTTPStatus.OK)
        answer = _pay(door, read_secret(secret))
    expect(answer.status_code, HTTPStatus.OK)
    expect(answer.json(), answer.json() | {"accepted": True, "reason": None})
    expect(stack.sql("SELECT amount_minor FROM payments WHERE payment_id = 'IMAGE-P-1'"), "100")
    return answer.text


def _pay(door: httpx2.Client, secret: bytes) -> httpx2.Response:
    paid_at = datetime.combine(AS_OF, time.min, UTC).isoformat()  # on the stack's own clock
    event = {"event_id": "image-1", "loan_id": FIRST, "name": "payment_received"}
    body = json.dumps({**event, "occurred_at": paid_at, **PAID}).encode()
    timestamp = str(int(datetime.now(UTC).timestamp()))
    return door.post(
        f"/v1/loans/{FIRST}/events/payment_received",
        content=body,
        headers={
            "content-type": "application/json",
            "key-id": KEY_ID,
            "webhook-id": "image-1",
            "webhook-timestamp": timestamp,
            "webhook-signature": sign(secret, "image-1", timestamp, body),
        },
    )
