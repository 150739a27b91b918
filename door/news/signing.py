"""Signing news: by each secret of the endpoint that is in force."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from database.news.endpoints import Endpoint
from database.news.outbox import NewsDelivery
from door.signatures import make_secret
from runtime.standard_webhooks import sign


def secret_of(door_key: str, endpoint_id: str, salt: str) -> bytes:
    """An endpoint's secret, 32 bytes; never that of a sending system of the same name."""
    return make_secret(door_key, f"news/{endpoint_id}", salt)


def message_id(news_id: int) -> str:
    """`webhook-id`: the same at each try, to each endpoint and in the feed."""
    return f"news-{news_id}"


def signed_headers(
    delivery: NewsDelivery, endpoint: Endpoint, door_key: str, now: datetime
) -> Mapping[str, str]:
    """The headers of one try, by Standard Webhooks."""
    name, timestamp = message_id(delivery.news_id), str(int(now.timestamp()))
    body = delivery.body.encode()
    signatures = (
        sign(secret, name, timestamp, body) for secret in _secrets(endpoint, door_key, now)
    )
    return {
        "content-type": "application/json",
        "user-agent": "loan-collections",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _secrets(endpoint: Endpoint, door_key: str, now: datetime) -> Iterable[bytes]:
    yield secret_of(door_key, endpoint.endpoint_id, endpoint.salt)
    until, previous = endpoint.previous_until, endpoint.previous_salt
    if until is not None and previous is not None and now < until:
        yield secret_of(door_key, endpoint.endpoint_id, previous)
