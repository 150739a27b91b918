"""Infobip's delivery reports. They are not signed: the secret in the address is their proof."""

from collections.abc import Mapping
from typing import Any

from domain.contact.delivery import CallOutcome, Delivery, Receipt
from gateways.infobip import REFUSALS
from gateways.receipts.reading import (
    ReceiptRequest,
    UnreadableReceiptError,
    aware,
    read_each,
    read_json,
)

_DELIVERY: Mapping[str, Delivery] = {
    "ACCEPTED": Delivery.ACCEPTED,
    "PENDING": Delivery.UNDERWAY,
    "DELIVERED": Delivery.DELIVERED,
    "UNDELIVERABLE": Delivery.UNDELIVERED,
    "EXPIRED": Delivery.UNDELIVERED,
    "REJECTED": Delivery.UNDELIVERED,
}
_OUTCOMES: Mapping[str, CallOutcome] = {
    "EC_VOICE_ANSWERED": "connected",
    "EC_VOICE_USER_BUSY": "busy",
    "EC_VOICE_NO_ANSWER": "no_answer",
}


class InfobipReceipts:
    """Several reports in one request, each by our own message id."""

    thanks = ("", "text/plain")

    def read(self, request: ReceiptRequest) -> list[Receipt]:
        """Of each report one receipt."""
        match read_json(request.body):
            case {"results": list(results)}:
                return read_each("infobip", results, _receipt)
        raise UnreadableReceiptError("no list of reports")


def _receipt(report: Mapping[str, Any]) -> Receipt:
    status, error = report["status"], report.get("error") or {}
    call = report.get("voiceCall") or {}
    code = str(error.get("name") or status["name"])
    pressed = str(call.get("dtmfCodes") or "")
    return Receipt(
        provider="infobip",
        delivery=_DELIVERY[status["groupName"]],
        at=aware(report.get("doneAt") or report["sentAt"]),
        reference=str(report["messageId"]),
        provider_ref=str(report["messageId"]),
        code=code,
        refusal=REFUSALS.get(code) or REFUSALS.get(str(status["name"])),
        call_outcome=_OUTCOMES.get(code),
        duration_s=int(call["duration"]) if call.get("duration") is not None else None,
        pressed="".join(key for key in pressed if key in "0123456789*#")[:32],
    )
