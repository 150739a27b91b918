"""Twilio: form posts under Basic authentication, no reference of ours but on the callback."""

import base64
import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

from tests.support.providers.stand_in import Asked, Reply, StandIn, Wrong

SID, TOKEN = "AC" + "0" * 32, "the token of the account"
FLOW = "FW" + "1" * 32
_CODES = {
    "number_for_good": (400, 21211),
    "said_no": (400, 21610),
    "content": (400, 21617),
    "account": (401, 20003),
    "other": (400, 21612),
}


class Twilio(StandIn):
    """Takes a message as often as it gets it, and cannot be asked."""

    busy = Reply(429, {"code": 20429})

    def refused_as(self, refusal: str) -> Reply:
        status, code = _CODES[refusal]
        return Reply(status, {"code": code, "message": "with the number in it", "status": status})

    def check(self, asked: Asked) -> str:
        basic = base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {basic}":
            raise Wrong(self.refused_as("account"))
        form = asked.form()
        if not re.fullmatch(r"\+\d{6,15}", form["To"]):
            raise Wrong(self.refused_as("number_for_good"))
        match asked.path.split("/"):
            case ["", "2010-04-01", "Accounts", sid, "Messages.json"] if sid == SID:
                is_whole = bool(form["Body"] and (form.get("From") or form["MessagingServiceSid"]))
            case ["", "2010-04-01", "Accounts", sid, "Calls.json"] if sid == SID:
                is_whole = ET.fromstring(form["Twiml"]).tag == "Response"  # noqa: S314 our own
            case ["", "v2", "Flows", flow, "Executions"] if flow == FLOW:
                is_whole = "receipts" in form["Parameters"]
            case _:
                raise Wrong(Reply(404, {"code": 20404}))
        if not is_whole:
            raise Wrong(Reply(400, {"code": 21602}))
        query = parse_qs(urlsplit(form.get("StatusCallback", "?ref=of-a-flow")).query)
        return query["ref"][0]

    def taken(self, asked: Asked, reference: str, provider_ref: str) -> Reply:
        return Reply(201, {"sid": provider_ref, "status": "queued"})

    def found(self, asked: Asked, known: Mapping[str, str]) -> Reply:
        raise NotImplementedError  # nobody can ask
