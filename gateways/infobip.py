"""Infobip: SMS, and calls that are spoken at once or led through by an IVR scenario.

A message has our reference as its id, by which it can be asked for during 48 hours.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, NoReturn
from urllib.parse import quote

from domain.contact.delivery import ProviderRefusal
from gateways.line import Answer, Line, objects_in, plain_number, refuse
from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
)

KEPT_FOR = timedelta(hours=48)
_BUSY = {"REJECTED_SYSTEM_ERROR", "TOO_MANY_REQUESTS"}
REFUSALS: Mapping[str, ProviderRefusal] = {
    "REJECTED_NOT_ENOUGH_CREDITS": ProviderRefusal.ACCOUNT,
    "REJECTED_ACCOUNT_INACTIVE": ProviderRefusal.ACCOUNT,
    "REJECTED_NETWORK": ProviderRefusal.OTHER,
    "REJECTED_SENDER": ProviderRefusal.ACCOUNT,
    "REJECTED_SOURCE": ProviderRefusal.ACCOUNT,
    "REJECTED_ROUTE_NOT_AVAILABLE": ProviderRefusal.OTHER,
    "REJECTED_INVALID_DESTINATION": ProviderRefusal.NUMBER_FOR_GOOD,
    "REJECTED_PREFIX_MISSING": ProviderRefusal.NUMBER_FOR_GOOD,
    "REJECTED_DESTINATION": ProviderRefusal.SAID_NO,  # the destination is blacklisted
    "REJECTED_DND": ProviderRefusal.SAID_NO,
    "REJECTED_FLOODING_FILTER": ProviderRefusal.NUMBER_TODAY,
    "REJECTED_BLOCKED_CONTENT": ProviderRefusal.CONTENT,
    "REJECTED_ANTI_SPAM": ProviderRefusal.CONTENT,
    "REJECTED_INVALID_TEMPLATE": ProviderRefusal.CONTENT,
    "UNAUTHORIZED": ProviderRefusal.ACCOUNT,
    "EC_UNKNOWN_SUBSCRIBER": ProviderRefusal.NUMBER_FOR_GOOD,
    "EC_ABSENT_SUBSCRIBER": ProviderRefusal.NUMBER_TODAY,
}


class InfobipAccount(NamedTuple):
    """Who sends, with what key, and where receipts go."""

    key: str
    sender: str
    receipts_url: str

    @property
    def headers(self) -> dict[str, str]:
        """Of each request."""
        return {
            "authorization": f"App {self.key}",
            "content-type": "application/json",
            "accept": "application/json",
        }


class _InfobipGateway:
    takes_once = False
    no_counts_after: timedelta | None = timedelta(minutes=10)
    reaches_people = True
    _logs: str

    def __init__(self, line: Line, account: InfobipAccount, now: Callable[[], datetime]) -> None:
        self._line = line
        self._account = account
        self._now = now

    async def close(self) -> None:
        """Give up the connections."""
        await self._line.close()

    async def find(self, sought: Sought) -> Sent | None:
        """By our reference, while Infobip keeps its log."""
        if self._now() - sought.reserved_at > KEPT_FOR - timedelta(hours=1):
            raise CannotTellError
        path = f"{self._logs}?messageId={quote(sought.reference, safe='')}"
        answer = await self._line.ask(path, self._account.headers)
        results = objects_in(answer.body.get("results"))
        if results is None:
            raise GatewayBusyError("an answer without results")
        ours = [each for each in results if each.get("messageId") == sought.reference]
        if any(_status(each)["groupName"] != "REJECTED" for each in ours):
            return Sent(sought.reference, sought.reserved_at)
        return None

    async def _post(self, path: str, message: Outbound, body: Mapping[str, object]) -> Sent:
        content = json.dumps({"messages": [body]}, ensure_ascii=False).encode()
        answer = await self._line.hand_over(path, content, self._account.headers)
        _see_taken(answer)
        return Sent(message.reference, message.at)

    def _destination(self, message: Outbound) -> dict[str, str]:
        number = plain_number(message.number).removeprefix("+")
        return {"to": number, "messageId": message.reference}


class InfobipSms(_InfobipGateway):
    """SMS by the API of version 3."""

    _logs = "/sms/3/logs"

    async def send(self, message: Outbound) -> Sent:
        """One message to one number."""
        body = {
            "sender": self._account.sender,
            "destinations": [self._destination(message)],
            "content": {"text": message.text},
            "webhooks": {
                "delivery": {"url": self._account.receipts_url},
                "contentType": "application/json",
            },
        }
        return await self._post("/sms/3/messages", message, body)


class InfobipCalls(_InfobipGateway):
    """A call of one text asks for one key; one in parts is led through by a scenario."""

    _logs = "/tts/3/logs"

    def __init__(
        self,
        line: Line,
        account: InfobipAccount,
        now: Callable[[], datetime],
        scenario: str,
    ) -> None:
        super().__init__(line, account, now)
        self._scenario = scenario

    async def send(self, message: Outbound) -> Sent:
        """One call. What is to be said only after an answer is said by the scenario."""
        body: dict[str, object] = {
            "from": self._account.sender,
            "destinations": [self._destination(message)],
            "notifyUrl": self._account.receipts_url,
            "notifyContentType": "application/json",
        }
        if not message.parts:
            spoken = {"text": message.text, "language": _language(message), "maxDtmf": 1}
            return await self._post("/tts/3/advanced", message, body | spoken)
        led = {
            "scenarioId": self._scenario,
            "parameters": message.parts._asdict(),
        }
        return await self._post("/voice/ivr/1/messages", message, body | led)


def _language(message: Outbound) -> str:
    return {"zh": "zh-cn"}.get(message.language, message.language or "en")


def _status(result: object) -> Mapping[str, str]:
    match result:
        case {"status": {"groupName": str(group), **more}}:
            return {"groupName": group, "name": str(more.get("name") or group)}
    return {"groupName": "", "name": ""}


def _see_taken(answer: Answer) -> None:
    """Refusals come with 200 and a status for each number, or with an error of the request."""
    if answer.status not in (200, 201, 202):
        match answer.body:
            case {"requestError": {"serviceException": {"messageId": str(code)}}}:
                _refuse(code, answer.status)
            case {"errorCode": str(code)}:
                _refuse(code, answer.status)
        _refuse("", answer.status)
    messages = answer.body.get("messages")
    if not isinstance(messages, list) or len(messages) != 1:
        raise MayHaveBeenTakenError("an answer without its message")
    status = _status(messages[0])
    if status["groupName"] == "REJECTED":
        _refuse(status["name"], answer.status)
    if not status["groupName"]:
        raise MayHaveBeenTakenError("a message without its status")


def _refuse(code: str, status: int) -> NoReturn:
    if code in _BUSY:
        raise GatewayBusyError(code)
    refuse(code, REFUSALS, status)
