"""Tencent Cloud: TC3 signatures by the SDK's own signer, errors inside of a 200, templates."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tencentcloud.common.abstract_client import AbstractClient

from tests.support.providers.stand_in import Asked, Reply, StandIn, Wrong

SECRET_ID, SECRET_KEY, APP = "AKIDexample", "the key of the account", "1400000000"
TEMPLATE, VALUES = "1234", 2
_CODES = {
    "number_for_good": "InvalidParameterValue.IncorrectPhoneNumber",
    "number_today": "LimitExceeded.PhoneNumberDailyLimit",
    "said_no": "FailedOperation.PhoneNumberInBlacklist",
    "content": "FailedOperation.ContainSensitiveWord",
    "account": "FailedOperation.InsufficientBalanceInSmsPackage",
    "other": "FailedOperation.Other",
}


def _error(code: str) -> Reply:
    return Reply(200, {"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": "r"}})


class Tencent(StandIn):
    """SMS and calls; what it takes it may or may not tell by the number."""

    busy = _error("RequestLimitExceeded")
    broken = _error("InternalError.Timeout")
    echoes = True  # support has switched the session context on

    def refused_as(self, refusal: str) -> Reply:
        if refusal == "account":
            return _error("FailedOperation.ServiceSuspendDueToArrears")
        status = {"SerialNo": "", "Code": _CODES[refusal], "Message": "m", "SessionContext": ""}
        return Reply(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def refuse(self, asked: Asked) -> Reply:
        """Of a call there is no status beside the error."""
        if asked.headers["x-tc-action"] == "SendSms" or "Error" in str(self.refusal.body):
            return self.refusal
        body: Any = self.refusal.body
        return _error(body["Response"]["SendStatusSet"][0]["Code"])

    def is_message(self, asked: Asked) -> bool:
        return asked.headers["x-tc-action"].startswith("Send")

    def check(self, asked: Asked) -> str:
        self._see_signed(asked)
        body = json.loads(asked.body)
        if not self.is_message(asked):
            return ""
        numbers = body.get("PhoneNumberSet") or [body["CalledNumber"]]
        if not all(re.fullmatch(r"\+\d{6,15}", number) for number in numbers):
            raise Wrong(self.refused_as("number_for_good"))
        if body["TemplateId"] != TEMPLATE or len(body["TemplateParamSet"]) != VALUES:
            raise Wrong(_error("FailedOperation.TemplateParamSetNotMatchApprovedTemplate"))
        if any("://" in value for value in body["TemplateParamSet"]):
            raise Wrong(_error("InvalidParameterValue.ProhibitedUseUrlInTemplateParameter"))
        if body.get("SignName", "sign") == "":
            raise Wrong(_error("FailedOperation.SignatureIncorrectOrUnapproved"))
        return str(body["SessionContext"])

    def _see_signed(self, asked: Asked) -> None:
        at = datetime.fromtimestamp(int(asked.headers["x-tc-timestamp"]), UTC)
        if abs(datetime.now(UTC) - at) > timedelta(minutes=5):
            raise Wrong(_error("AuthFailure.SignatureExpire"))
        host = asked.headers["host"]
        service, day = host.partition(".")[0], f"{at:%Y-%m-%d}"
        signature = signature_of_sdk(host, asked.body, day, asked.headers["x-tc-timestamp"])
        right = (
            f"TC3-HMAC-SHA256 Credential={SECRET_ID}/{day}/{service}/tc3_request,"
            f" SignedHeaders=content-type;host, Signature={signature}"
        )
        if asked.headers["authorization"] != right:
            raise Wrong(_error("AuthFailure.SignatureFailure"))

    def taken(self, asked: Asked, reference: str, provider_ref: str) -> Reply:
        if asked.headers["x-tc-action"] == "SendTtsVoice":
            status: Any = {"CallId": provider_ref, "SessionContext": reference}
            return Reply(200, {"Response": {"SendStatus": status, "RequestId": "r"}})
        status = {"SerialNo": provider_ref, "Code": "Ok", "SessionContext": reference}
        return Reply(200, {"Response": {"SendStatusSet": [status], "RequestId": "r"}})

    def found(self, asked: Asked, known: Mapping[str, str]) -> Reply:
        rows = [
            {"SerialNo": serial, "SessionContext": reference if self.echoes else ""}
            for reference, serial in known.items()
        ]
        return Reply(200, {"Response": {"PullSmsSendStatusSet": rows, "RequestId": "r"}})


def signature_of_sdk(host: str, body: bytes, day: str, timestamp: str) -> str:
    """What Tencent's own SDK signs such a request with."""
    request = SimpleNamespace(
        method="POST",
        uri="/",
        data=body.decode(),
        header={"Content-Type": "application/json", "Host": host, "X-TC-Timestamp": timestamp},
    )
    client: Any = SimpleNamespace(profile=SimpleNamespace(unsignedPayload=False))
    signer: Any = AbstractClient._get_tc3_signature
    service = host.partition(".")[0]
    return str(signer(client, {}, request, day, service, SECRET_KEY, {}))
