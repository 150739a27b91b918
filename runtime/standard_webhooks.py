"""What Standard Webhooks writes: HMAC-SHA256 over `id.timestamp.payload`, by base64 secrets.

One piece of code for those who send to us, for those we send to, and for the lender's platform;
each of them says for itself which headers it takes.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)  # between the sender's clock and ours
_PREFIX = "whsec_"


def written(secret: bytes) -> str:
    """A secret as whoever is to sign with it is given it."""
    return _PREFIX + base64.b64encode(secret).decode()


def read_secret(text: str) -> bytes:
    """The bytes of a secret that `written` wrote. Raises ValueError for any other text."""
    try:
        return base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("must be whsec_ and base64") from None


def sign(secret: bytes, message_id: str, timestamp: str, payload: bytes) -> str:
    """One signature: `v1,` and the digest. `timestamp` is in seconds since 1970."""
    content = b".".join((message_id.encode("utf-8", "replace"), timestamp.encode(), payload))
    return "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()


def is_recent(timestamp: str, now: datetime) -> bool:
    """Whether a message was signed about now; `timestamp` is a number."""
    return abs(now.timestamp() - int(timestamp)) <= TOLERANCE.total_seconds()
