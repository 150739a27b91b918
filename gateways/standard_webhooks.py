"""Signatures as in Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, by base64 secrets."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_PREFIX = "whsec_"


class SignatureError(Exception):
    """A signature is missing, old or wrong; the text says which, and nothing of the content."""


def read_secret(secret: str) -> bytes:
    """The key of a secret like `whsec_…`.

    Raises:
        ValueError: when it is no base64, or shorter than 24 bytes.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("must be whsec_ and base64") from None
    if len(key) < 24:
        raise ValueError("must hold at least 24 bytes in base64")
    return key


def sign(key: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of a signed message."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{_signature(key, message_id, timestamp, body)}",
    }


def verify(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """See that a message is of whoever has the key, and fresh. Header names are in small letters.

    Raises:
        SignatureError: when it is not.
    """
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
        raise SignatureError("webhook-id or webhook-timestamp is missing or no number")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise SignatureError("webhook-timestamp is too far from now")
    right = f"v1,{_signature(key, message_id, timestamp, body)}".encode()
    given = headers.get("webhook-signature", "").split()
    if not any(hmac.compare_digest(right, each.encode("utf-8", "replace")) for each in given):
        raise SignatureError("webhook-signature is wrong")


def _signature(key: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    signed = b".".join((message_id.encode("utf-8", "replace"), timestamp.encode(), body))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
