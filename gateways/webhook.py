"""The lender's own message platform, by the contract of `docs/providers.md`: signed JSON."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from domain.contact.delivery import ProviderRefusal, Receipt
from gateways.line import Answer, Line, plain_number
from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
)
from gateways.receipts.reading import (
    ReceiptRefusedError,
    ReceiptRequest,
    UnreadableReceiptError,
    read_each,
    read_json,
)
from gateways.standard_webhooks import SignatureError, sign, verify

NAME = "webhook"
MOST_RECEIPTS = 1000


class WebhookGateway:
    """Takes a reference once: the contract says so, and what a repeated one is answered."""

    takes_once = True
    no_counts_after: timedelta | None = timedelta(0)
    reaches_people = True

    def __init__(
        self, channel: str, line: Line, key: bytes, real_time: Callable[[], datetime]
    ) -> None:
        self._channel = channel
        self._line = line
        self._key = key
        self._real_time = real_time

    async def send(self, message: Outbound) -> Sent:
        """Post the message with its reference."""
        body = json.dumps(self._body(message), ensure_ascii=False).encode()
        headers = self._headers(message.reference, body)
        answer = await self._line.hand_over("/messages", body, headers)
        if answer.status not in (200, 201, 202):
            raise _refusal(answer)
        provider_ref = answer.body.get("provider_ref")
        if not isinstance(provider_ref, str) or not provider_ref:
            raise MayHaveBeenTakenError("an answer without provider_ref")
        return Sent(provider_ref, message.at)

    async def find(self, sought: Sought) -> Sent | None:
        """Ask for the reference; only an explicit no is one."""
        path = f"/messages/{quote(sought.reference, safe='')}"
        answer = await self._line.ask(path, self._headers(sought.reference, b""))
        match answer.body:
            case {"taken": True, "provider_ref": str(provider_ref)}:
                return Sent(provider_ref, sought.reserved_at)
            case {"taken": False}:
                return None
            case {"taken": None}:
                raise CannotTellError
        raise GatewayBusyError("an answer without taken")

    async def close(self) -> None:
        """Give up the connections."""
        await self._line.close()

    def _body(self, message: Outbound) -> dict[str, object]:
        return {
            "reference": message.reference,
            "channel": self._channel,
            "number": plain_number(message.number),
            "text": message.text,
            "template": message.template,
            "language": message.language,
            "facts": list(message.facts),
            "values": dict(message.values),
            "parts": message.parts._asdict() if message.parts else None,
        }

    def _headers(self, reference: str, body: bytes) -> Mapping[str, str]:
        return {
            "content-type": "application/json",
            **sign(self._key, reference, self._real_time(), body),
        }


def _refusal(answer: Answer) -> Exception:
    """By the class that the platform names; our credentials are our account.

    What names none may be of a proxy on the way, as while the platform is put up anew.
    """
    code = str(answer.body.get("code") or answer.status)[:80]
    if answer.status in (401, 403):
        return GatewayRefusedError(code, ProviderRefusal.ACCOUNT)
    named: Any = answer.body.get("refusal") if 400 <= answer.status < 500 else None
    if named == "busy":
        return GatewayBusyError(code)
    if named in list(ProviderRefusal):
        return GatewayRefusedError(code, ProviderRefusal(named), _retry_after(answer.body))
    return MayHaveBeenTakenError(f"{answer.status} without a refusal that is known")


def _retry_after(body: Mapping[str, Any]) -> timedelta:
    seconds = body.get("retry_after_s")
    if isinstance(seconds, int) and 0 < seconds <= 30 * 86_400:
        return timedelta(seconds=seconds)
    return timedelta(days=1)


class _Told(Receipt):
    model_config = ConfigDict(extra="ignore")

    provider: str = NAME
    reference: str = Field(min_length=1, max_length=64)


class _Batch(BaseModel):
    receipts: list[object] = Field(max_length=MOST_RECEIPTS)


class WebhookReceipts:
    """Receipts that the platform signs with the same secret."""

    thanks = ("{}", "application/json")

    def __init__(self, key: bytes, real_time: Callable[[], datetime]) -> None:
        self._key = key
        self._real_time = real_time

    def read(self, request: ReceiptRequest) -> list[Receipt]:
        """Up to 1000 at a time, in any order."""
        try:
            verify(self._key, request.headers, request.body, self._real_time())
        except SignatureError as error:
            raise ReceiptRefusedError(str(error)) from None
        try:
            told = _Batch.model_validate(read_json(request.body)).receipts
        except ValidationError:
            raise UnreadableReceiptError("no list of receipts") from None
        return read_each(NAME, told, _receipt)


def _receipt(told: object) -> Receipt:
    """The provider's name is not believed but known."""
    return _Told.model_validate(told).model_copy(update={"provider": NAME})
