"""Signatures: as the reference implementation makes them, and no header makes an error."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from door.signatures import Signed, is_message_id, is_signed, make_secret
from runtime.standard_webhooks import read_secret, sign, written

SECRET = make_secret("a key", "bank", "salt")
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = b'{"a": 1}'


def signed(message_id: str = "e-1", timestamp: str = STAMP, body: bytes = BODY) -> Signed:
    return Signed(message_id, timestamp, sign(SECRET, message_id, timestamp, body))


@given(body=st.text(), message_id=st.text("abc-_1:", min_size=1))
def test_signature_is_that_of_the_reference(body: str, message_id: str) -> None:
    """Of the package that Standard Webhooks gives out."""
    theirs = Webhook(written(SECRET)).sign(message_id, NOW, body)
    assert sign(SECRET, message_id, STAMP, body.encode()) == theirs


def test_secret_is_read_as_it_is_written() -> None:
    """With the prefix that says what it is."""
    assert read_secret(written(SECRET)) == SECRET
    assert len(SECRET) == 32


def test_each_of_several_signatures_and_secrets_may_fit() -> None:
    """While a secret is rotated both sides may know two."""
    several = signed()._replace(signatures=f"v1,AAAA v1a,BBBB {signed().signatures}")
    assert is_signed(several, [b"another", SECRET], BODY, NOW)


@pytest.mark.parametrize(
    ("seconds", "fits"), [(-301, False), (-300, True), (300, True), (301, False)]
)
def test_time_may_differ_by_five_minutes(seconds: int, fits: bool) -> None:
    """Either way, and not a second more."""
    assert is_signed(signed(), [SECRET], BODY, NOW + timedelta(seconds=seconds)) is fits


@pytest.mark.parametrize(
    "claimed",
    [
        signed()._replace(message_id="e-2"),
        signed()._replace(timestamp=str(int(STAMP) + 1)),
        signed(timestamp="١"),
        signed(timestamp="-1"),
        signed(timestamp="9" * 400),
        signed()._replace(signatures=""),
        signed()._replace(signatures=signed().signatures.removeprefix("v1,")),
        signed()._replace(signatures="v1," + base64.b64encode(b"x" * 32).decode()),
        signed()._replace(signatures=" ".join(["v1,A"] * 8 + [signed().signatures])),
    ],
)
def test_what_differs_anywhere_is_not_signed(claimed: Signed) -> None:
    """The id, the time, the signature; also one that is hidden behind many others."""
    assert not is_signed(claimed, [SECRET], BODY, NOW)


@pytest.mark.parametrize("message_id", ["a.b", "", "a b", "é", "a" * 121])
def test_id_that_cannot_be_told_from_what_follows_is_none(message_id: str) -> None:
    """A dot would end it."""
    assert is_signed(signed(message_id), [SECRET], BODY, NOW)
    assert not is_message_id(message_id)


@given(st.text(), st.text(), st.text(), st.binary())
def test_no_header_is_an_error(
    message_id: str, timestamp: str, signatures: str, body: bytes
) -> None:
    """From anybody, without a credential: the answer is no."""
    claimed = Signed(_sendable(message_id), _sendable(timestamp), _sendable(signatures))
    assert not is_signed(claimed, [SECRET], body, NOW)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "ignore").decode()
