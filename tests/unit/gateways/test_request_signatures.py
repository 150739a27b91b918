"""Our signatures are those of the providers' own libraries."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook
from twilio.request_validator import RequestValidator

from gateways.receipts.twilio import signature
from gateways.standard_webhooks import SignatureError, read_secret, sign, verify
from gateways.tencent_signature import authorization
from tests.support.providers import tencent
from tests.support.providers.platform import SECRET

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
KEY = read_secret(SECRET)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAME = st.from_regex(r"[A-Za-z]{1,12}", fullmatch=True)


@given(body=TEXT, reference=NAME)
def test_webhook_signature_is_that_of_the_package(body: str, reference: str) -> None:
    """Of whatever text; and our own check believes it."""
    headers = sign(KEY, reference, NOW, body.encode())
    assert headers["webhook-signature"] == Webhook(SECRET).sign(reference, NOW, body)
    verify(KEY, headers, body.encode(), NOW + timedelta(minutes=4))


@pytest.mark.parametrize(
    "changes",
    [
        {"webhook-id": ""},
        {"webhook-id": "other"},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1" * 400},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": str(int(NOW.timestamp()) - 301)},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 301)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1"},
        {"webhook-signature": "v1,not base64"},
        {"webhook-signature": "v1,\ud800"},
    ],
)
def test_hostile_headers_are_refused_and_break_nothing(changes: dict[str, str]) -> None:
    """Whatever they hold: a refusal, never another error."""
    headers = sign(KEY, "id", NOW, b"{}") | changes
    with pytest.raises(SignatureError):
        verify(KEY, headers, b"{}", NOW)


def test_one_of_several_signatures_is_enough() -> None:
    """While a secret is exchanged there are two."""
    headers = sign(KEY, "id", NOW, b"\xff")
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']}"
    verify(KEY, headers, b"\xff", NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64!", "whsec_c2hvcnQ="])
def test_secret_that_is_none_is_refused(secret: str) -> None:
    """A short one can be guessed."""
    with pytest.raises(ValueError, match="must"):
        read_secret(secret)


@given(fields=st.dictionaries(NAME, TEXT))
def test_twilio_signature_is_that_of_its_sdk(fields: dict[str, str]) -> None:
    """Over the public address with its query, and the sorted fields."""
    url = "https://door.example/v1/receipts/twilio/secret?ref=R-1"
    oracle = RequestValidator("token").compute_signature(url, fields)
    assert signature(b"token", url, list(fields.items())) == oracle


@given(body=TEXT, seconds=st.integers(0, 4_000_000_000))
def test_tencent_signature_is_that_of_its_sdk(body: str, seconds: int) -> None:
    """Of whatever body, and at every time of day."""
    at, host = datetime.fromtimestamp(seconds, UTC), "sms.tencentcloudapi.com"
    given_header = authorization(tencent.SECRET_ID, tencent.SECRET_KEY, host, body.encode(), at)
    oracle = tencent.signature_of_sdk(host, body.encode(), f"{at:%Y-%m-%d}", str(seconds))
    assert given_header.endswith(f"Signature={oracle}")
    assert f"Credential={tencent.SECRET_ID}/{at:%Y-%m-%d}/sms/tc3_request," in given_header
