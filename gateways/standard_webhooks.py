"""The headers of Standard Webhooks, between us and the lender's message platform."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from runtime import standard_webhooks
from runtime.standard_webhooks import is_recent

LEAST_BYTES = 24  # of a secret


class SignatureError(Exception):
    """A signature is missing, old or wrong; the text says which, and nothing of the content."""


def read_secret(secret: str) -> bytes:
    """The key of a secret like `whsec_…`.

    Raises:
        ValueError: when it is no base64, or shorter than 24 bytes.
    """
    key = standard_webhooks.read_secret(secret)
    if len(key) < LEAST_BYTES:
        raise ValueError("must hold at least 24 bytes in base64")
    return key


def sign(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a signed message."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": standard_webhooks.sign(key, message_id, timestamp, body),
    }


def verify(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """See that a message is of whoever has the key, and fresh. Header names are in small letters.

    Raises:
        SignatureError: when it is not.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise SignatureError("webhook-id or webhook-timestamp is missing or no number")
    if not is_recent(timestamp, now):
        raise SignatureError("webhook-timestamp is too far from now")
    right = standard_webhooks.sign(key, message_id, timestamp, body).encode()
    given = headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(right, each.encode("utf-8", "replace")) for each in given):
        raise SignatureError("webhook-signature is wrong")
