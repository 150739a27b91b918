"""Twilio's status callbacks: signed over the public address and the sorted fields of the form."""

import base64
import hmac
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import parse_qsl

from domain.contact.delivery import CallOutcome, Delivery, Receipt
from gateways.receipts.reading import (
    ReceiptRefusedError,
    ReceiptRequest,
    UnreadableReceiptError,
    read_each,
)
from gateways.twilio import REFUSALS

_DELIVERY: Mapping[str, Delivery] = {
    "accepted": Delivery.ACCEPTED, "scheduled": Delivery.ACCEPTED, "queued": Delivery.ACCEPTED,
    "initiated": Delivery.ACCEPTED, "sending": Delivery.UNDERWAY, "sent": Delivery.UNDERWAY,
    "ringing": Delivery.UNDERWAY, "in-progress": Delivery.DELIVERED,
    "delivered": Delivery.DELIVERED, "read": Delivery.DELIVERED, "completed": Delivery.DELIVERED,
    "undelivered": Delivery.UNDELIVERED, "failed": Delivery.UNDELIVERED,
    "busy": Delivery.UNDELIVERED, "no-answer": Delivery.UNDELIVERED,
    "canceled": Delivery.UNDELIVERED,
}  # fmt: skip
_OUTCOMES: Mapping[str, CallOutcome] = {
    "completed": "connected", "busy": "busy", "no-answer": "no_answer", "failed": "no_answer",
}  # fmt: skip


class TwilioReceipts:
    """`receipts_url` is the public address that Twilio was given, without its query."""

    thanks = ("", "text/plain")

    def __init__(self, token: str, receipts_url: str, real_time: Callable[[], datetime]) -> None:
        self._token = token.encode()
        self._receipts_url = receipts_url
        self._real_time = real_time

    def read(self, request: ReceiptRequest) -> list[Receipt]:
        """One callback, which is one receipt. Twilio dates none of them: now counts."""
        try:
            fields = parse_qsl(request.body.decode(), keep_blank_values=True)
        except (UnicodeDecodeError, ValueError):
            raise ReceiptRefusedError("no form") from None
        query = f"?{request.raw_query}" if request.raw_query else ""
        right = signature(self._token, f"{self._receipts_url}{query}", fields)
        given = request.headers.get("x-twilio-signature", "")
        if not hmac.compare_digest(right.encode(), given.encode("utf-8", "replace")):
            raise ReceiptRefusedError("x-twilio-signature is wrong")
        reference = request.query.get("ref", "")
        return read_each("twilio", [dict(fields)], lambda form: self._receipt(form, reference))

    def _receipt(self, form: Mapping[str, str], reference: str) -> Receipt:
        status = form.get("CallStatus") or form.get("MessageStatus") or form.get("SmsStatus", "")
        sid = form.get("CallSid") or form.get("MessageSid") or form.get("SmsSid", "")
        if status not in _DELIVERY or not (reference or sid):
            raise UnreadableReceiptError("no status, or of no message")
        code = form.get("ErrorCode", "")
        return Receipt(
            provider="twilio",
            delivery=_DELIVERY[status],
            at=self._real_time(),
            reference=reference,
            provider_ref=sid,
            code=code,
            refusal=REFUSALS.get(code),
            call_outcome=_OUTCOMES.get(status) if "CallStatus" in form else None,
            duration_s=_seconds(form.get("CallDuration", "")),
            pressed="".join(key for key in form.get("Digits", "") if key in "0123456789*#"),
        )


def signature(token: bytes, url: str, fields: list[tuple[str, str]]) -> str:
    """HMAC-SHA1 over the address and each field with its value, sorted, none twice."""
    signed = url + "".join(f"{name}{value}" for name, value in sorted(set(fields)))
    return base64.b64encode(hmac.digest(token, signed.encode(), "sha1")).decode()


def _seconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None
