"""What an event says of itself before it is read: so that its refusal can be found."""

from typing import TypeGuard

TICKET = "door_ticket"  # beside an event's own fields, as the front door delivers it


def claimed_source(body: object) -> str:
    """The system an unreadable event says it is from, so that somebody can be told."""
    claimed = body.get("source") if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else "unreadable"


def claimed_id(body: object, receipt: str) -> str:
    """The id an unreadable event claims, if it is one; so that its refusal can be found."""
    claimed = body.get("event_id") if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else f"unreadable:{receipt}"


def claimed_ticket(body: object) -> str | None:
    """Under which the front door says to have kept an event; the record looks whether it has."""
    claimed = body.get(TICKET) if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else None


def claimed_attempt(body: object) -> str | None:
    """The contact attempt an event says it is about."""
    claimed = body.get("attempt_id") if isinstance(body, dict) else None
    return claimed if _is_id(claimed) else None


def _is_id(claimed: object) -> TypeGuard[str]:
    return isinstance(claimed, str) and 0 < len(claimed) <= 120 and claimed.isprintable()
