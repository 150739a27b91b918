"""Tencent Cloud: SMS and calls of registered templates.

The shape of a templated provider: Tencent's own terms forbid messages about loans to mainland
numbers. It answers 200 with an error for each number, and its query is no proof of a no.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple, NoReturn

from domain.contact.delivery import ProviderRefusal
from domain.messages.templates import CALL_OPENING, NEEDS, PARAMETERS, Template
from gateways.line import Line, objects_in, plain_number, refuse
from gateways.protocol import (
    CannotTellError,
    GatewayBusyError,
    GatewayRefusedError,
    MayHaveBeenTakenError,
    Outbound,
    Sent,
    Sought,
)
from gateways.tencent_signature import CONTENT_TYPE, authorization

_LOOKED_UP_FOR = timedelta(hours=2)
# Timeouts behind the provider: it may have gone out.
_IN_DOUBT = ("InternalError", "FailedOperation.ServiceUnavailable")
_BUSY = ("RequestLimitExceeded", "LimitExceeded.DeliveryFrequencyLimit")
_R = ProviderRefusal
REFUSALS: Mapping[str, ProviderRefusal] = {  # by the beginning of a code
    "LimitExceeded.PhoneNumber": _R.NUMBER_TODAY,
    "LimitExceeded.AppDailyLimit": _R.ACCOUNT,
    "LimitExceeded.AppMainlandChinaDailyLimit": _R.ACCOUNT,
    "LimitExceeded.AppGlobalDailyLimit": _R.ACCOUNT,
    "InvalidParameterValue.IncorrectPhoneNumber": _R.NUMBER_FOR_GOOD,
    "InvalidParameterValue.CalledNumberVerifyFail": _R.NUMBER_FOR_GOOD,
    "FailedOperation.PhoneNumberParseFail": _R.NUMBER_FOR_GOOD,
    "FailedOperation.PhoneNumberInBlacklist": _R.SAID_NO,
    "FailedOperation.ContainSensitiveWord": _R.CONTENT,
    "FailedOperation.FailResolvePacket": _R.CONTENT,
    "FailedOperation.Template": _R.CONTENT,
    "FailedOperation.SignatureIncorrectOrUnapproved": _R.CONTENT,
    "InvalidParameterValue.DirtyWordFound": _R.CONTENT,
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": _R.CONTENT,
    "InvalidParameterValue.Template": _R.CONTENT,
    "FailedOperation.InsufficientBalanceInSmsPackage": _R.ACCOUNT,
    "FailedOperation.ServiceSuspendDueToArrears": _R.ACCOUNT,
    "UnauthorizedOperation": _R.ACCOUNT,
    "AuthFailure": _R.ACCOUNT,
}


class RegisteredTemplate(NamedTuple):
    """What one of our templates is called there, and the order of its values."""

    template_id: str
    values: tuple[str, ...]


def never_said(name: str, values: Iterable[str]) -> list[str]:
    """Values that no text of a registered name has: one that names them is never taken.

    Older words, `@…`, may have had any parameter. Nothing is known of another release's templates.
    """
    text, _, version = name.partition("@")
    which, _, _ = text.rpartition(".")
    template = which.removesuffix(".opening").partition("+")[0]
    if template not in list(Template):
        return []
    offered = PARAMETERS.keys() if version else NEEDS[Template(template)]
    if which.endswith(".opening"):
        offered = CALL_OPENING  # whatever the version: nothing of a debt
    return [value for value in values if value not in offered]


class TencentAccount(NamedTuple):
    """Credentials, the application, and the templates by `template+facts.language`."""

    secret_id: str
    secret_key: str
    app_id: str
    region: str
    templates: Mapping[str, RegisteredTemplate]
    sign_name: str = ""


class _TencentGateway:
    takes_once = False
    no_counts_after: timedelta | None = None
    reaches_people = True
    _host: str
    _version: str

    def __init__(
        self, line: Line, account: TencentAccount, real_time: Callable[[], datetime]
    ) -> None:
        self._line = line
        self._account = account
        self._real_time = real_time

    async def close(self) -> None:
        """Give up the connections."""
        await self._line.close()

    def _template(self, message: Outbound) -> tuple[str, list[str]]:
        # Of a call nothing of a debt before it is known who answers; else the parts that are so.
        which = ".opening" if message.parts else "".join(f"+{fact}" for fact in message.facts)
        name = f"{message.template}{which}.{message.language}"
        # Of a text that is registered twice, while cases are pinned to different words of it.
        by_version = f"{name}@{message.template_version}"
        templates = self._account.templates
        registered = templates.get(by_version) or templates.get(name)
        if registered is None:
            raise GatewayRefusedError("TemplateNotRegistered", ProviderRefusal.CONTENT)
        for each in registered.values:
            if each not in message.values:  # of words that say less than what is registered
                raise GatewayRefusedError(f"TemplateValueMissing: {each}", ProviderRefusal.CONTENT)
        return registered.template_id, [message.values[each] for each in registered.values]

    def _request(self, action: str, body: Mapping[str, object]) -> tuple[bytes, dict[str, str]]:
        content = json.dumps(body, ensure_ascii=False).encode()
        now = self._real_time()
        account = self._account
        return content, {
            "host": self._host,
            "content-type": CONTENT_TYPE,
            "x-tc-action": action,
            "x-tc-version": self._version,
            "x-tc-timestamp": str(int(now.timestamp())),
            "x-tc-region": account.region,
            "authorization": authorization(
                account.secret_id, account.secret_key, self._host, content, now
            ),
        }

    async def _hand_over(self, action: str, body: Mapping[str, object]) -> Mapping[str, Any]:
        content, headers = self._request(action, body)
        answer = await self._line.hand_over("/", content, headers)
        response = answer.body.get("Response")
        if not isinstance(response, dict):
            raise MayHaveBeenTakenError("an answer without Response")
        if "Error" in response:
            _refuse(response["Error"])
        return response


class TencentSms(_TencentGateway):
    """SMS; the provider puts the sign 【…】 before the template's text by itself."""

    _host, _version = "sms.tencentcloudapi.com", "2021-01-11"

    async def send(self, message: Outbound) -> Sent:
        """One number a request, so that its status is that of the request."""
        template_id, values = self._template(message)
        body = {
            "PhoneNumberSet": [plain_number(message.number)],
            "SmsSdkAppId": self._account.app_id,
            "SignName": self._account.sign_name,
            "TemplateId": template_id,
            "TemplateParamSet": values,
            "SessionContext": message.reference,
        }
        response = await self._hand_over("SendSms", body)
        statuses = response.get("SendStatusSet")
        match statuses:
            case [{"Code": "Ok", **taken}]:
                return Sent(str(taken.get("SerialNo", "")), message.at)
            case [refused]:
                _refuse(refused)
        raise MayHaveBeenTakenError("an answer without its number's status")

    async def find(self, sought: Sought) -> Sent | None:
        """By number and time; a yes is one where the session context is returned at all."""
        body = {
            "BeginTime": int((sought.reserved_at - timedelta(minutes=1)).timestamp()),
            "EndTime": int((sought.reserved_at + _LOOKED_UP_FOR).timestamp()),
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": plain_number(sought.number),
            "SmsSdkAppId": self._account.app_id,
        }
        content, headers = self._request("PullSmsSendStatusByPhoneNumber", body)
        answer = await self._line.ask("/", headers, content)
        response = answer.body.get("Response")
        if not isinstance(response, dict) or "Error" in response:
            raise GatewayBusyError("no answer to the query")
        rows = objects_in(response.get("PullSmsSendStatusSet") or [])
        if rows is None:
            raise GatewayBusyError("an answer without rows")
        for row in rows:
            if row.get("SessionContext") == sought.reference:
                return Sent(str(row.get("SerialNo", "")), sought.reserved_at)
        return None


class TencentCalls(_TencentGateway):
    """Calls of a voice template, which says itself which keys it asks for; no query exists."""

    _host, _version = "vms.tencentcloudapi.com", "2020-09-02"

    async def send(self, message: Outbound) -> Sent:
        """One call. Of a call in parts only the opening, which is a template of its own."""
        template_id, values = self._template(message)
        body = {
            "TemplateId": template_id,
            "CalledNumber": plain_number(message.number),
            "VoiceSdkAppid": self._account.app_id,
            "TemplateParamSet": values,
            "PlayTimes": 1,
            "SessionContext": message.reference,
        }
        response = await self._hand_over("SendTtsVoice", body)
        status = response.get("SendStatus")
        if not isinstance(status, dict) or not status.get("CallId"):
            raise MayHaveBeenTakenError("an answer without CallId")
        return Sent(str(status["CallId"]), message.at)

    async def find(self, sought: Sought) -> Sent | None:
        """Never known.

        Raises:
            CannotTellError: always.
        """
        raise CannotTellError


def _refuse(told: object) -> NoReturn:
    """By the longest beginning of its code that is known."""
    code = told.get("Code") if isinstance(told, dict) else None
    if not isinstance(code, str) or not code:
        raise MayHaveBeenTakenError("a status without a code")
    if code.startswith(_IN_DOUBT):
        raise MayHaveBeenTakenError(code)
    if code.startswith(_BUSY):
        raise GatewayBusyError(code)
    known = [begins for begins in REFUSALS if code.startswith(begins)]
    classes = {code: REFUSALS[max(known, key=len)]} if known else {}
    refuse(code, classes, 200)
