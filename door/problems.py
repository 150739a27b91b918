"""What goes wrong at the door, as application/problem+json: why, and never the value."""

from enum import Enum
from typing import Any

from starlette.responses import JSONResponse


class Kind(Enum):
    """Each kind of refusal: its name, its status, and what it is called."""

    NOT_AN_OBJECT = ("not-an-object", 400, "The body is not one JSON object of an event")
    NOT_THIS_ADDRESS = ("not-this-address", 400, "The body and the address name different things")
    UNKNOWN_EVENT = ("unknown-event", 400, "No event has this name")
    NO_EVENT_ID = ("no-event-id", 400, "The event has no id, or none of the right form")
    NOT_THIS_ID = ("not-this-id", 400, "The event and the header name different ids")
    UNKNOWN_PARAMETER = ("unknown-parameter", 400, "There is no such parameter")
    NOT_AUTHENTICATED = ("not-authenticated", 401, "The request is not signed as it has to be")
    NOT_ALLOWED = ("not-allowed", 403, "The credential does not allow this")
    NOT_FOUND = ("not-found", 404, "There is no such thing here")
    NO_SUCH_LOAN = ("no-such-loan", 404, "There is no such loan")
    NO_SUCH_EVENT = ("no-such-event", 404, "No such event was sent")
    NO_CASE = ("no-case", 404, "No case of the loan is open")
    NO_SUCH_METHOD = ("no-such-method", 405, "There is no such method here")
    TOO_SLOW = ("too-slow", 408, "The body did not come in time")
    ID_REUSED = ("id-reused", 409, "The event id was used for another event")
    TOO_LARGE = ("too-large", 413, "The body is too large")
    NOT_JSON = ("not-json", 415, "The media type must be application/json")
    TOO_MANY = ("too-many", 429, "Too many requests")
    BROKEN = ("broken", 500, "The request could not be worked on")
    NOT_KEPT = ("not-kept", 503, "Nothing was taken: send it again")
    NOT_NOW = ("not-now", 503, "There is no answer now")

    @property
    def slug(self) -> str:
        return self.value[0]

    @property
    def status(self) -> int:
        return self.value[1]

    @property
    def title(self) -> str:
        return self.value[2]


_COMES_AGAIN = {Kind.TOO_MANY: "1", Kind.NOT_KEPT: "5", Kind.NOT_NOW: "5"}
MEDIA_TYPE = "application/problem+json"


class ProblemError(Exception):
    """A request that is refused; `pointer` says where in the body, as RFC 6901 has it."""

    def __init__(self, kind: Kind, detail: str = "", pointer: str | None = None) -> None:
        super().__init__(kind.slug)
        self.kind = kind
        self.detail = detail or kind.title
        self.pointer = pointer

    @property
    def document(self) -> dict[str, Any]:
        """The problem as JSON."""
        document: dict[str, Any] = {
            "type": f"/problems/{self.kind.slug}",
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": self.detail,
        }
        if self.pointer is not None:
            document["errors"] = [{"pointer": self.pointer, "detail": self.detail}]
        return document

    @property
    def headers(self) -> dict[str, str]:
        """When to come again, where that helps."""
        after = _COMES_AGAIN.get(self.kind)
        return {} if after is None else {"Retry-After": after}

    def response(self) -> JSONResponse:
        """The problem as an answer."""
        return JSONResponse(
            self.document, self.kind.status, headers=self.headers, media_type=MEDIA_TYPE
        )
