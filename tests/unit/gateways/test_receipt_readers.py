"""Each provider's receipts, read; and what is no receipt, refused."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from domain.contact.delivery import Delivery, ProviderRefusal, Receipt
from domain.policy.contact import Channel
from gateways.choice import choose_readers
from gateways.receipts.reading import ReceiptReader, ReceiptRefusedError, ReceiptRequest
from gateways.receipts.reading import UnreadableReceiptError as Unreadable
from gateways.standard_webhooks import read_secret, sign
from runtime.settings import GatewayName
from tests.support.providers import platform, twilio
from tests.support.providers.lines import (
    PATH_SECRET,
    RECEIPTS_URL,
    settings_of,
    write_templates,
)

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
HOSTILE = [
    *(b"", b"{", b"[]]", b"null", b"7", b'"x"', b"[7]", b'{"results": 7}', b"\xff", b"[" * 9000)
]


@pytest.fixture
def readers(tmp_path: Path) -> Mapping[str, ReceiptReader]:
    """As they are chosen by settings, at a time that is fixed."""
    given = settings_of("http://127.0.0.1:9", write_templates(tmp_path))
    names: tuple[GatewayName, ...] = ("webhook", "twilio", "infobip", "tencent")
    found: dict[str, ReceiptReader] = {}
    for name in names:
        found |= choose_readers({Channel.SMS: name}, given, lambda: NOW)
    return found


def _request(body: object, headers: Mapping[str, str] | None = None) -> ReceiptRequest:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ReceiptRequest({}, headers or {}, content)


def _signed(body: object) -> ReceiptRequest:
    request = _request(body)
    headers = sign(read_secret(platform.SECRET), "id", NOW, request.body)
    return request._replace(headers=headers)


def _from_twilio(form: dict[str, str], token: str = twilio.TOKEN) -> ReceiptRequest:
    url = f"{RECEIPTS_URL}/twilio/{PATH_SECRET}?ref=R-1"
    headers = {"x-twilio-signature": RequestValidator(token).compute_signature(url, form)}
    return ReceiptRequest({"ref": "R-1"}, headers, urlencode(form).encode(), "ref=R-1")


def test_receipts_of_the_platform(readers: Mapping[str, ReceiptReader]) -> None:
    """By our reference; the provider's name is not believed but known."""
    told = {"reference": "R-1", "delivery": "delivered", "at": NOW.isoformat(), "pressed": "1"}
    [receipt] = readers["webhook"].read(_signed({"receipts": [told | {"provider": "x"}]}))
    assert (receipt.provider, receipt.reference, receipt.pressed) == ("webhook", "R-1", "1")
    assert (receipt.delivery, receipt.at) == (Delivery.DELIVERED, NOW)


def test_unsigned_receipts_are_not_believed(readers: Mapping[str, ReceiptReader]) -> None:
    """Nor those of another token, nor a form that is none."""
    for request in (_request({"receipts": []}), _signed(b"{}")._replace(body=b"{ }")):
        with pytest.raises(ReceiptRefusedError):
            readers["webhook"].read(request)
    form = {"MessageStatus": "delivered", "MessageSid": "SM1"}
    with pytest.raises(ReceiptRefusedError):
        readers["twilio"].read(_from_twilio(form, "another token"))
    with pytest.raises(ReceiptRefusedError):
        readers["twilio"].read(_from_twilio(form)._replace(body=b"\xff"))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"MessageStatus": "queued"}, {"delivery": Delivery.ACCEPTED}),
        ({"MessageStatus": "sent"}, {"delivery": Delivery.UNDERWAY}),
        ({"MessageStatus": "delivered"}, {"delivery": Delivery.DELIVERED}),
        (
            {"MessageStatus": "undelivered", "ErrorCode": "30005"},
            {"delivery": Delivery.UNDELIVERED, "refusal": ProviderRefusal.NUMBER_FOR_GOOD},
        ),
        (
            {"CallStatus": "completed", "CallDuration": "31", "Digits": "1"},
            {"call_outcome": "connected", "duration_s": 31, "pressed": "1"},
        ),
        ({"CallStatus": "no-answer"}, {"call_outcome": "no_answer"}),
    ],
)
def test_receipts_of_twilio(
    readers: Mapping[str, ReceiptReader], form: dict[str, str], expected: dict[str, Any]
) -> None:
    """Our reference rides on the address."""
    sid = "CallSid" if "CallStatus" in form else "MessageSid"
    [receipt] = readers["twilio"].read(_from_twilio(form | {sid: "S1"}))
    assert (receipt.reference, receipt.provider_ref, receipt.at) == ("R-1", "S1", NOW)
    assert {name: getattr(receipt, name) for name in expected} == expected


def test_receipts_of_infobip(readers: Mapping[str, ReceiptReader]) -> None:
    """Several at a time, of messages and calls."""
    report = {"messageId": "R-1", "doneAt": "2026-05-04T01:30:00.000+0000"}
    call = {"duration": 31, "dtmfCodes": "1"}
    dead = {"groupName": "UNDELIVERABLE", "name": "UNDELIVERABLE_NOT_DELIVERED"}
    results = [
        report | {"status": dead, "error": {"name": "EC_UNKNOWN_SUBSCRIBER"}},
        report
        | {
            "messageId": "R-2",
            "status": {"groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
            "error": {"name": "EC_VOICE_ANSWERED"},
            "voiceCall": call,
        },
    ]
    first, second = readers["infobip"].read(_request({"results": results}))
    assert (first.delivery, first.at) == (Delivery.UNDELIVERED, NOW)
    assert first.refusal is ProviderRefusal.NUMBER_FOR_GOOD
    told = (second.reference, second.call_outcome, second.duration_s, second.pressed)
    assert told == ("R-2", "connected", 31, "1")


def test_receipts_of_tencent(readers: Mapping[str, ReceiptReader]) -> None:
    """Messages by its serial and Beijing's time; calls by their id, and the key pressed."""
    rows = [
        {"sid": "S-1", "report_status": status, "errmsg": word, "user_receive_time": at}
        for status, word, at in (
            ("SUCCESS", "DELIVRD", "2026-05-04 09:30:00"),
            ("FAIL", "MK:0001", "2026-05-04 09:30:00"),
        )
    ]
    there, dead = readers["tencent"].read(_request(rows))
    assert (there.provider_ref, there.at, there.delivery) == ("S-1", NOW, Delivery.DELIVERED)
    assert (dead.code, dead.refusal) == ("MK:0001", ProviderRefusal.NUMBER_FOR_GOOD)
    moment = {"callid": "C-1", "call_time": str(int(NOW.timestamp()))}
    key = _one(readers, {"voicekey_callback": moment | {"keypress": "1"}})
    assert (key.provider_ref, key.pressed, key.call_outcome) == ("C-1", "1", None)
    failed = _one(readers, {"voice_failure_callback": moment | {"failure_code": 8}})
    assert (failed.call_outcome, failed.delivery) == ("invalid_number", Delivery.UNDELIVERED)


def _one(readers: Mapping[str, ReceiptReader], body: object) -> Receipt:
    [receipt] = readers["tencent"].read(_request(body))
    return receipt


@pytest.mark.parametrize("body", HOSTILE)
def test_what_is_no_receipt_is_refused_and_breaks_nothing(
    readers: Mapping[str, ReceiptReader], body: bytes
) -> None:
    """Also where the sender has the secret."""
    for name in ("infobip", "tencent"):
        with pytest.raises(Unreadable):
            readers[name].read(_request(body))
    with pytest.raises(Unreadable):
        readers["webhook"].read(_signed(body))
    for form in ({"MessageStatus": "read in a book"}, {"CallStatus": "busy", "Digits": "1" * 65}):
        with pytest.raises(Unreadable):
            readers["twilio"].read(_from_twilio(form))
