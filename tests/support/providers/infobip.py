"""Infobip: an API key, our own message ids, refusals inside of a 200, and a log that lags."""

import json
from collections.abc import Mapping

from tests.support.providers.stand_in import Asked, Reply, StandIn, Wrong

KEY = "the-key-of-the-account"
_NAMES = {
    "number_for_good": "REJECTED_INVALID_DESTINATION",
    "number_today": "REJECTED_FLOODING_FILTER",
    "said_no": "REJECTED_DND",
    "content": "REJECTED_ANTI_SPAM",
    "account": "REJECTED_NOT_ENOUGH_CREDITS",
    "other": "REJECTED_NETWORK",
}
_PENDING = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}


class Infobip(StandIn):
    """Takes a message id as often as it gets it."""

    busy = Reply(429, {"requestError": {"serviceException": {"messageId": "TOO_MANY_REQUESTS"}}})

    def refused_as(self, refusal: str) -> Reply:
        status = {"groupId": 5, "groupName": "REJECTED", "name": _NAMES[refusal]}
        return Reply(200, {"messages": [{"messageId": "m", "status": status}]})

    def check(self, asked: Asked) -> str:
        if asked.headers.get("authorization") != f"App {KEY}":
            error = {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid login"}}
            raise Wrong(Reply(401, {"requestError": error}))
        if asked.method == "GET":
            return asked.query["messageId"]
        [message] = json.loads(asked.body)["messages"]
        [destination] = message["destinations"]
        if not destination["to"].isdigit():
            raise Wrong(self.refused_as("number_for_good"))
        said = {
            "/sms/3/messages": lambda: message["content"]["text"] and message["webhooks"],
            "/tts/3/advanced": lambda: message["text"] and message["notifyUrl"],
            "/voice/ivr/1/messages": lambda: message["scenarioId"] and message["parameters"],
        }
        if asked.path not in said or not said[asked.path]():
            raise Wrong(Reply(400, {"errorCode": "E400", "description": "Bad request"}))
        return str(destination["messageId"])

    def taken(self, asked: Asked, reference: str, provider_ref: str) -> Reply:
        return Reply(200, {"messages": [{"messageId": reference, "status": _PENDING}]})

    def found(self, asked: Asked, known: Mapping[str, str]) -> Reply:
        reference = asked.query["messageId"]
        row = {"messageId": reference, "status": {"groupName": "DELIVERED", "name": "x"}}
        return Reply(200, {"results": [row] if reference in known else []})
