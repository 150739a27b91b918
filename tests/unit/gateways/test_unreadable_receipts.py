"""One receipt that cannot be read costs no other, and is told of without what stands in it."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.contact.delivery import Delivery
from domain.policy.contact import Channel
from gateways.choice import choose_readers
from gateways.receipts.reading import ReceiptReader, ReceiptRequest, UnreadableReceiptError
from gateways.standard_webhooks import read_secret, sign
from runtime.settings import GatewayName
from tests.support.providers import platform
from tests.support.providers.lines import settings_of

NOW = datetime(2026, 5, 4, 1, 30, tzinfo=UTC)
SECRET = "王芳 +8613800000000"  # what may never be read in a log
OURS: dict[str, Any] = {"reference": "R-1", "delivery": "delivered", "at": NOW.isoformat()}
INFOBIP: dict[str, Any] = {
    "messageId": "R-1",
    "doneAt": "2026-05-04T01:30:00.000+0000",
    "status": {"groupName": "DELIVERED", "name": "DELIVERED_TO_HANDSET"},
}
TENCENT = {"sid": "S-1", "report_status": "SUCCESS", "user_receive_time": "2026-05-04 09:30:00"}
GOOD: Mapping[GatewayName, dict[str, Any]] = {
    "webhook": OURS,
    "infobip": INFOBIP,
    "tencent": TENCENT,
}
BAD: Mapping[GatewayName, list[object]] = {
    "webhook": [
        *(None, 7, SECRET, [], {}, OURS | {"delivery": SECRET}, OURS | {"reference": ""}),
        *(OURS | {"at": at} for at in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-14:00")),
        *(OURS | {"code": code} for code in ("\0", "\ud800", "x" * 201, [SECRET])),
        *(OURS | {"duration_s": seconds} for seconds in (-1, 2**31, SECRET)),
        OURS | {"pressed": "1" * 65},
        OURS | {"provider_ref": "\0"},
    ],
    "infobip": [
        *(None, 7, SECRET, [], {}, INFOBIP | {"doneAt": SECRET}),
        *(INFOBIP | {"status": status} for status in (None, SECRET, {"groupName": SECRET})),
        INFOBIP | {"status": {"groupName": "PAUSED", "name": SECRET}},
        *(INFOBIP | {"voiceCall": {"duration": each}} for each in (float("inf"), 2**31, SECRET)),
    ],
    "tencent": [
        *(None, 7, SECRET, [], {}, TENCENT | {"user_receive_time": SECRET}),
        TENCENT | {"user_receive_time": None},
        TENCENT | {"sid": "\0"},
    ],
}


def _readers() -> Mapping[str, ReceiptReader]:
    given = settings_of("http://127.0.0.1:9", None)
    found: dict[str, ReceiptReader] = {}
    for name in GOOD:
        found |= choose_readers({Channel.SMS: name}, given, lambda: NOW)
    return found


def _request(name: str, receipts: list[object]) -> ReceiptRequest:
    lists: Mapping[str, object] = {
        "webhook": {"receipts": receipts},
        "infobip": {"results": receipts},
    }
    body = json.dumps(lists.get(name, receipts)).encode()
    return ReceiptRequest({}, sign(read_secret(platform.SECRET), "id", NOW, body), body)


@pytest.mark.parametrize(("name", "bad"), [(name, bad) for name in BAD for bad in BAD[name]])
def test_receipt_that_cannot_be_read_is_left_out(
    name: GatewayName, bad: object, caplog: pytest.LogCaptureFixture
) -> None:
    """Those around it are kept; where none is left, the whole request is refused."""
    reader = _readers()[name]
    with caplog.at_level(logging.WARNING):
        kept = reader.read(_request(name, [GOOD[name], bad, GOOD[name]]))
    assert [receipt.delivery for receipt in kept] == [Delivery.DELIVERED] * 2
    [line] = caplog.messages
    assert f"1 of 3 receipts of {name}" in line
    assert not any(word in line for word in SECRET.split())
    with pytest.raises(UnreadableReceiptError):
        reader.read(_request(name, [bad]))


@pytest.mark.parametrize("name", GOOD)
def test_no_receipts_are_none(name: GatewayName, caplog: pytest.LogCaptureFixture) -> None:
    """And nothing is wrong with that."""
    assert _readers()[name].read(_request(name, [])) == []
    assert not caplog.messages


def test_message_that_infobip_has_accepted() -> None:
    """Is a group of its own there."""
    status = {"groupName": "ACCEPTED", "name": "MESSAGE_ACCEPTED"}
    [receipt] = _readers()["infobip"].read(_request("infobip", [INFOBIP | {"status": status}]))
    assert receipt.delivery is Delivery.ACCEPTED


@pytest.mark.parametrize("at", ["9" * 12, "9" * 30, ""])
def test_call_of_no_time_is_unreadable(at: str) -> None:
    """Alone in its request."""
    body = json.dumps({"voicekey_callback": {"callid": "C-1", "call_time": at}}).encode()
    with pytest.raises(UnreadableReceiptError):
        _readers()["tencent"].read(ReceiptRequest({}, {}, body))
