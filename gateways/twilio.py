"""Twilio: SMS, and calls that are spoken at once or led through by a flow of Twilio Studio.

It takes a message as often as it gets it and has no query by our reference: after a lost answer an
attempt stays `unknown` until a receipt settles it. Our reference rides on the callback's address.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple, NoReturn
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from domain.contact.delivery import ProviderRefusal
from domain.messages.calls import CallParts
from gateways.line import Answer, Line, plain_number, refuse
from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
)

_BUSY = {"20429", "21611"}
REFUSALS: Mapping[str, ProviderRefusal] = {
    "13224": ProviderRefusal.NUMBER_FOR_GOOD,
    "21211": ProviderRefusal.NUMBER_FOR_GOOD,
    "21214": ProviderRefusal.NUMBER_FOR_GOOD,
    "21217": ProviderRefusal.NUMBER_FOR_GOOD,
    "21610": ProviderRefusal.SAID_NO,
    "21614": ProviderRefusal.NUMBER_FOR_GOOD,
    "30005": ProviderRefusal.NUMBER_FOR_GOOD,
    "30006": ProviderRefusal.NUMBER_FOR_GOOD,
    "30007": ProviderRefusal.CONTENT,
    "21617": ProviderRefusal.CONTENT,
    "20003": ProviderRefusal.ACCOUNT,
    "20005": ProviderRefusal.ACCOUNT,
    "21606": ProviderRefusal.ACCOUNT,  # the sender is not ours
    "30002": ProviderRefusal.ACCOUNT,
    "30038": ProviderRefusal.ACCOUNT,
    "63038": ProviderRefusal.ACCOUNT,  # the account's own limit of a day
}
_VOICES = {"zh": "zh-CN", "en": "en-GB"}
_FORM = {"content-type": "application/x-www-form-urlencoded"}


class TwilioAccount(NamedTuple):
    """Whose account, and where its receipts go: a public address without a query."""

    sid: str
    receipts_url: str

    def callback(self, reference: str) -> str:
        """Where the receipts of one message go."""
        return f"{self.receipts_url}?{urlencode({'ref': reference})}"


class _TwilioGateway:
    takes_once = False
    no_counts_after: timedelta | None = None
    reaches_people = True

    def __init__(self, line: Line, account: TwilioAccount, sender: str) -> None:
        self._line = line
        self._account = account
        self._sender = sender

    async def close(self) -> None:
        """Give up the connections."""
        await self._line.close()

    async def find(self, sought: Sought) -> Sent | None:
        """Never known.

        Raises:
            CannotTellError: always.
        """
        raise CannotTellError

    async def _post(self, path: str, form: list[tuple[str, str]], message: Outbound) -> Sent:
        answer = await self._line.hand_over(path, urlencode(form).encode(), _FORM)
        return _taken(answer, message)


class TwilioSms(_TwilioGateway):
    """The sender is a number, or a messaging service (`MG…`)."""

    async def send(self, message: Outbound) -> Sent:
        """One message, with the callback that carries our reference."""
        sender = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = [
            ("To", plain_number(message.number)),
            (sender, self._sender),
            ("Body", message.text),
            ("StatusCallback", self._account.callback(message.reference)),
        ]
        path = f"/2010-04-01/Accounts/{self._account.sid}/Messages.json"
        return await self._post(path, form, message)


class TwilioCalls(_TwilioGateway):
    """A call of one text is spoken by TwiML; one in parts is led through by a Studio flow."""

    def __init__(
        self, line: Line, studio: Line, account: TwilioAccount, sender: str, flow: str
    ) -> None:
        super().__init__(line, account, sender)
        self._studio = studio
        self._flow = flow

    async def close(self) -> None:
        """Give up the connections."""
        await self._studio.close()
        await super().close()

    async def send(self, message: Outbound) -> Sent:
        """One call. What is to be said only after an answer is said by the flow."""
        if message.parts:
            return await self._lead_through(message, message.parts)
        language = quoteattr(_VOICES.get(message.language, "en-GB"))
        spoken = f"<Say language={language}>{escape(message.text)}</Say>"
        form = [
            ("To", plain_number(message.number)),
            ("From", self._sender),
            ("Twiml", f"<Response>{spoken}</Response>"),
            ("StatusCallback", self._account.callback(message.reference)),
        ]
        path = f"/2010-04-01/Accounts/{self._account.sid}/Calls.json"
        return await self._post(path, form, message)

    async def _lead_through(self, message: Outbound, parts: CallParts) -> Sent:
        parameters = {
            "language": _VOICES.get(message.language, "en-GB"),
            "receipts": self._account.callback(message.reference),
            **parts._asdict(),
        }
        form = [
            ("To", plain_number(message.number)),
            ("From", self._sender),
            ("Parameters", json.dumps(parameters, ensure_ascii=False)),
        ]
        content = urlencode(form).encode()
        path = f"/v2/Flows/{self._flow}/Executions"
        answer = await self._studio.hand_over(path, content, _FORM)
        return _taken(answer, message)


def _taken(answer: Answer, message: Outbound) -> Sent:
    if answer.status not in (200, 201):
        _refuse(answer)
    sid = answer.body.get("sid")
    if not isinstance(sid, str) or not sid:
        raise MayHaveBeenTakenError("an answer without sid")
    return Sent(sid, message.at)


def _refuse(answer: Answer) -> NoReturn:
    code = str(answer.body.get("code") or "")
    if code in _BUSY:
        raise GatewayBusyError(code)
    refuse(code, REFUSALS, answer.status)
