"""Tencent Cloud's TC3-HMAC-SHA256: a key of the day signs a digest of the request."""

import hashlib
import hmac
from datetime import UTC, datetime

_HEADERS = "content-type;host"
CONTENT_TYPE = "application/json"


def authorization(secret_id: str, secret_key: str, host: str, body: bytes, at: datetime) -> str:
    """The Authorization header of a POST to `/` of a host whose first label is the service."""
    service, day = host.partition(".")[0], f"{at.astimezone(UTC):%Y-%m-%d}"
    canonical = "\n".join(
        ("POST", "/", "", f"content-type:{CONTENT_TYPE}", f"host:{host}", "", _HEADERS, _hex(body))
    )
    scope = f"{day}/{service}/tc3_request"
    to_sign = "\n".join(
        ("TC3-HMAC-SHA256", str(int(at.timestamp())), scope, _hex(canonical.encode()))
    )
    key = f"TC3{secret_key}".encode()
    for step in (day, service, "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope},"
        f" SignedHeaders={_HEADERS}, Signature={signature}"
    )


def _hex(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
