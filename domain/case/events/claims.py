"""What an event says of itself before it is read: so that its refusal can be found."""

TICKET = "door_ticket"  # beside an event's own fields, as the front door delivers it


def claimed_source(body: object) -> str:
    """The system an unreadable event says it is from, so that somebody can be told."""
    return _claimed(body, "source") or "unreadable"


def claimed_id(body: object, receipt: str) -> str:
    """The id an unreadable event claims, if it is one; so that its refusal can be found."""
    return _claimed(body, "event_id") or f"unreadable:{receipt}"


def claimed_ticket(body: object) -> str | None:
    """Under which the front door says to have kept an event; the record looks whether it has."""
    return _claimed(body, TICKET)


def claimed_attempt(body: object) -> str | None:
    """The contact attempt an event says it is about."""
    return _claimed(body, "attempt_id")


def _claimed(body: object, field: str) -> str | None:
    """What a field says, if that could be an id."""
    claimed = body.get(field) if isinstance(body, dict) else None
    is_id = isinstance(claimed, str) and 0 < len(claimed) <= 120 and claimed.isprintable()
    return claimed if is_id else None
