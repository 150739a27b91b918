"""A lender's message platform, by the contract of `docs/providers.md`.

Signatures are checked by another implementation than ours: the package `standardwebhooks`.
"""

import json
from collections.abc import Mapping

from standardwebhooks import Webhook, WebhookVerificationError

from tests.support.providers.stand_in import Asked, Reply, StandIn, Wrong

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


WHOLE = {
    *("reference", "channel", "number", "text", "template", "language", "facts", "values", "parts"),
}


class Platform(StandIn):
    """Takes a reference once."""

    takes_once = True

    def refused_as(self, refusal: str) -> Reply:
        return Reply(422, {"refusal": refusal, "code": f"code of {refusal}"})

    def check(self, asked: Asked) -> str:
        body = asked.body.decode()
        try:
            Webhook(SECRET).verify(body, asked.headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            raise Wrong(Reply(401, {"code": "signature"})) from None
        if asked.method == "GET":
            return asked.path.rpartition("/")[2]
        told = json.loads(body)
        wanted = [
            "reference",
            "channel",
            "number",
            "text",
            "template",
            "language",
            "facts",
            "values",
            "parts",
        ]
        is_whole = set(wanted) == told.keys()
        if not is_whole or told["reference"] != asked.headers["webhook-id"]:
            raise Wrong(Reply(400, {"code": "shape"}))
        if not told["number"].startswith("+") or not told["number"][1:].isdigit():
            raise Wrong(self.refused_as("number_for_good"))
        return str(told["reference"])

    def taken(self, asked: Asked, reference: str, provider_ref: str) -> Reply:
        return Reply(202, {"provider_ref": provider_ref})

    def found(self, asked: Asked, known: Mapping[str, str]) -> Reply:
        reference = asked.path.rpartition("/")[2]
        if reference not in known:
            return Reply(200, {"taken": False})
        return Reply(200, {"taken": True, "provider_ref": known[reference]})
