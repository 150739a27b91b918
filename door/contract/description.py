"""The OpenAPI document of the door: what FastAPI draws of its routes, and the schemas of events."""

from collections.abc import Sequence
from typing import Any

from fastapi.openapi.utils import get_openapi
from starlette.routing import BaseRoute

from domain.events import EVENTS
from door.contract.examples import example_of
from door.contract.schemas import schema_of
from door.problems import MEDIA_TYPE, Kind
from runtime.release import RELEASE

_SCHEMAS = "#/components/schemas/"
_SECURITY: list[dict[str, list[str]]] = [{"key_id": [], "id": [], "timestamp": [], "signature": []}]
_HEADERS = {
    "key_id": ("key-id", "Which credential; no secret"),
    "id": ("webhook-id", "The event's id; of a batch or a question any id without a dot"),
    "timestamp": ("webhook-timestamp", "Seconds since 1970, about now"),
    "signature": ("webhook-signature", "v1, and HMAC-SHA256 of id.timestamp.body, or .target"),
}  # fmt: skip
_ANSWER: dict[str, Any] = {
    "type": "object",
    "required": ["accepted", "reason", "stage"],
    "properties": {
        "accepted": {"type": "boolean"},
        "reason": {"type": ["string", "null"], "description": "RULE: why it is refused"},
        "stage": {"type": "string", "description": "Of the case; no_case where none is open"},
        "instruction": {"type": "string", "description": "To a crew at the door"},
        "may_come_again": {"type": "boolean", "description": "Under its id, after its other half"},
    },
}
_KEPT = {"type": "object", "required": ["event_id"], "properties": {"event_id": {"type": "string"}}}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_PART = {
    "type": "object",
    "required": ["status"],
    "properties": {
        "status": {"type": "integer"},
        "loan_id": {"type": "string", "description": "As the event says it, where it says one"},
        "event_id": {"type": "string", "description": "The same of its id"},
        "answer": {"$ref": _SCHEMAS + "Answer"},
        "problem": {"$ref": _SCHEMAS + "Problem"},
    },
}
_SENDING = (400, 401, 403, 404, 408, 409, 413, 415, 429, 503)
_ASKING = (400, 401, 404, 429, 503)


def _says(description: str, schema: str | dict[str, Any]) -> dict[str, Any]:
    refers = {"$ref": _SCHEMAS + schema} if isinstance(schema, str) else schema
    return {"description": description, "content": {"application/json": {"schema": refers}}}


def _problems(statuses: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    problem = {MEDIA_TYPE: {"schema": {"$ref": _SCHEMAS + "Problem"}}}
    titles = {each: [kind.slug for kind in Kind if kind.status == each] for each in statuses}
    return {
        status: {"description": " or ".join(slugs), "content": problem}
        for status, slugs in titles.items()
    }


def one_event(name: str) -> dict[str, Any]:
    """How an event's address is described."""
    body = {"schema": {"$ref": _SCHEMAS + name}, "example": example_of(name)}
    return {
        "operation_id": f"send_{name}",
        "responses": {200: _says("What became of it", "Answer"),
                      202: _says("Kept; its answer is at Location", "Kept")} | _problems(_SENDING),
        "openapi_extra": {
            "security": _SECURITY,
            "requestBody": {"required": True, "content": {"application/json": body}},
        },
    }  # fmt: skip


BATCH: dict[str, Any] = {
    "operation_id": "send_batch",
    "responses": {200: _says("Each by itself", {"type": "array", "items": _PART})}
    | _problems([status for status in _SENDING if status not in (403, 404, 409)]),
    "openapi_extra": {
        "security": _SECURITY,
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 100,
                        "items": {"oneOf": [{"$ref": _SCHEMAS + name} for name in EVENTS]},
                    },
                    "example": [example_of("payment_received"), example_of("hold_placed")],
                }
            },
        },
    },
}
FOUND_EVENT: dict[str, Any] = {
    "operation_id": "find_event",
    "responses": {
        200: _says("What became of it", "Answer"),
        202: _says("It is kept, and waits", "Kept"),
    }
    | _problems(_ASKING),
    "openapi_extra": {"security": _SECURITY},
}
LOAN_STATUS: dict[str, Any] = {
    "operation_id": "loan_status",
    "responses": {200: _says("Where the loan stands", {"type": "object"})} | _problems(_ASKING),
    "openapi_extra": {"security": _SECURITY},
}
NEWS_FEED: dict[str, Any] = {
    "operation_id": "read_news",
    "responses": {
        200: _says(
            "What was told, in order; ask for what comes after `next`",
            {
                "type": "object",
                "required": ["news", "next"],
                "properties": {
                    "news": {"type": "array", "items": {"$ref": _SCHEMAS + "News"}},
                    "next": {"type": "string"},
                },
            },
        )
    }
    | _problems([status for status in _ASKING if status != 404]),
    "openapi_extra": {
        "security": _SECURITY,
        "parameters": [
            {
                "name": name,
                "in": "query",
                "description": text,
                "schema": {"type": "string", "pattern": pattern},
            }
            for name, text, pattern in (
                ("after", "The `next` of the answer before; none: from the first", "^[0-9]{1,18}$"),
                ("most", "So many at a time, at most 500; none: 100", "^[1-9][0-9]{0,2}$"),
            )
        ],
    },
}
_NEWS = {
    "type": "object",
    "required": ["id", "type", "timestamp", "loan_id", "sequence", "data"],
    "properties": {
        "id": {"type": "string", "description": "The `webhook-id` of its deliveries"},
        "type": {"type": "string"},
        "timestamp": {"type": "string", "format": "date-time"},
        "loan_id": {"type": "string"},
        "sequence": {"type": "integer", "description": "Of the loan, without a gap"},
        "data": {"type": "object"},
    },
}


def describe(routes: Sequence[BaseRoute]) -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    document = get_openapi(title="Loan collections: the front door", version=RELEASE, routes=routes)
    schemas = {"Answer": _ANSWER, "Kept": _KEPT, "News": _NEWS, "Problem": _PROBLEM}
    for name in EVENTS:
        schema = schema_of(name, _SCHEMAS + "{model}")
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    document["components"] = {
        "schemas": schemas,
        "securitySchemes": {
            key: {"type": "apiKey", "in": "header", "name": header, "description": text}
            for key, (header, text) in _HEADERS.items()
        },
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            operation["responses"].pop("422", None)  # FastAPI's own; the door has other words
    return document
