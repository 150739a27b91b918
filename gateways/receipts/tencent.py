"""Tencent's callbacks, unsigned: the secret in the address is their proof. By its own serials."""

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from domain.contact.delivery import CallOutcome, Delivery, ProviderRefusal, Receipt
from gateways.receipts.reading import (
    ReceiptRequest,
    UnreadableReceiptError,
    read_each,
    read_json,
)

_BEIJING = timezone(timedelta(hours=8))
_DEAD = {"MK:0001", "MK:0000", "UNDELIVRD:1"}  # operators' words for a number that is none
_CALLS = ("voiceprompt_callback", "voicekey_callback", "voice_failure_callback")
_FAILURES: Mapping[str, CallOutcome] = {"8": "invalid_number", "3": "busy", "2": "no_answer"}


class TencentReceipts:
    """An array of SMS reports, or one call's."""

    thanks = ('{"result":0,"errmsg":"OK"}', "application/json")

    def read(self, request: ReceiptRequest) -> list[Receipt]:
        """The receipts of SMS name no reference of ours: their serial does."""
        told = read_json(request.body)
        if isinstance(told, list):
            return read_each("tencent", told, _of_message)
        calls = [each for each in _CALLS if isinstance(told, dict) and each in told]
        if not calls:
            raise UnreadableReceiptError("no reports")
        return read_each("tencent", calls, lambda kind: _of_call(kind, told[kind]))


def _of_message(row: Mapping[str, Any]) -> Receipt:
    is_there = row["report_status"] == "SUCCESS"
    code = "" if is_there else str(row.get("errmsg", ""))[:80]
    return Receipt(
        provider="tencent",
        delivery=Delivery.DELIVERED if is_there else Delivery.UNDELIVERED,
        at=datetime.strptime(row["user_receive_time"], "%Y-%m-%d %H:%M:%S").replace(
            tzinfo=_BEIJING
        ),
        provider_ref=str(row["sid"]),
        code=code,
        refusal=ProviderRefusal.NUMBER_FOR_GOOD if code in _DEAD else None,
    )


def _of_call(kind: str, told: Mapping[str, Any]) -> Receipt:
    outcome: CallOutcome | None = "connected"
    delivery, code, refusal = Delivery.DELIVERED, "", None
    if kind == "voice_failure_callback" or str(told.get("result", "0")) != "0":
        code = str(told.get("failure_code") or told.get("result", ""))
        outcome, delivery = _FAILURES.get(code, "no_answer"), Delivery.UNDELIVERED
        refusal = ProviderRefusal.NUMBER_FOR_GOOD if outcome == "invalid_number" else None
    moments = ("end_calltime", "accept_time", "time", "call_time")
    at = next(told[each] for each in moments if str(told.get(each) or "").isdigit())
    return Receipt(
        provider="tencent",
        delivery=delivery,
        at=datetime.fromtimestamp(int(at), _BEIJING),
        provider_ref=str(told["callid"]),
        code=code,
        refusal=refusal,
        call_outcome=None if kind == "voicekey_callback" else outcome,
        pressed="".join(key for key in str(told.get("keypress") or "") if key in "0123456789*#"),
    )
