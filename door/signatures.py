"""Signatures as Standard Webhooks has them: HMAC-SHA256 over `id.timestamp.payload`.

The payload is a request's raw body; of one without a body, its target: `/v1/loans/L-1`.
Whatever somebody puts into the headers, the answer is yes or no, and never an error.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from runtime.standard_webhooks import is_recent, sign

MOST_SIGNATURES = 8
_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,120}")  # no dot: it would end the id
_TIMESTAMP = re.compile(r"[0-9]{1,12}")


class Signed(NamedTuple):
    """What the headers of a request claim."""

    message_id: str
    timestamp: str
    signatures: str


def make_secret(door_key: str, key_id: str, salt: str) -> bytes:
    """The secret of a credential, 32 bytes: nobody without the door's key can make it."""
    made_of = f"front door secret\0{key_id}\0{salt}".encode()
    return hmac.digest(door_key.encode(), made_of, hashlib.sha256)


def is_signed(claimed: Signed, secrets: Iterable[bytes], payload: bytes, now: datetime) -> bool:
    """Whether one of the signatures is by one of the secrets, and the time is about now.

    Every secret is tried against every signature, however early one fits. Of what is signed with an
    id that `is_message_id` refuses nobody can tell where the id ends.
    """
    fits = False
    given = [each.encode() for each in claimed.signatures.split(" ")[:MOST_SIGNATURES]]
    for secret in secrets:
        expected = sign(secret, claimed.message_id, claimed.timestamp, payload).encode()
        for signature in given:
            fits |= hmac.compare_digest(signature, expected)
    is_a_time = _TIMESTAMP.fullmatch(claimed.timestamp) is not None
    return fits and is_a_time and is_recent(claimed.timestamp, now)


def is_message_id(message_id: str) -> bool:
    """Whether it is 1 to 120 visible ASCII characters, and no dot."""
    return bool(_ID.fullmatch(message_id))
