"""From a signed body to an event in the inbox: what it says, whether its sender may say so."""

import hashlib
import json
import re
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeGuard

from database.door.inbox import Arrival, Inbox
from database.errors import DatabaseAwayError, DatabaseFailedError
from domain.case.events.claims import TICKET
from domain.events import EVENTS, UnreadableEventError, in_utf8, which_event
from door.bodies import LARGEST_EVENT
from door.dispatcher import Dispatcher
from door.problems import Kind, ProblemError
from door.senders import Sender

# Whoever withdraws an application is not among them: the borrower may, and it only stops a visit.
NAMES_STAFF = ("approver_id", "handler_id", "badge_ids", "barred_badge_ids", "applicant_id")
_ID = re.compile(r"[\x21-\x7e]{1,120}")
_LOAN_ID = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,120}")


class Place(NamedTuple):
    """Where an accepted event stands, and the answer that it had before, if it had one."""

    loan_id: str
    event_id: str
    sequence: int
    answer: dict[str, Any] | None = None


def is_loan_id(loan_id: object) -> TypeGuard[str]:
    """Whether a loan could have such an id: the database takes no other text."""
    return isinstance(loan_id, str) and bool(_LOAN_ID.fullmatch(loan_id))


def is_event_id(event_id: object) -> TypeGuard[str]:
    """Whether an event could have such an id."""
    return isinstance(event_id, str) and bool(_ID.fullmatch(event_id))


class Acceptance:
    """Takes events in; `now` gives business time."""

    def __init__(self, inbox: Inbox, dispatcher: Dispatcher, now: Callable[[], datetime]) -> None:
        self._inbox = inbox
        self._dispatcher = dispatcher
        self._now = now

    async def take(self, sender: Sender, value: object, message_id: str | None = None) -> Place:
        """Keep one event, which says its loan and its name, and have it delivered.

        `message_id` becomes its id where it has none. Once this returns, it is not lost.

        Raises:
            ProblemError: when it is not taken.
        """
        event = _as_object(value)
        _require_deliverable(event)
        loan_id, name, event_id = _address(event, message_id)
        _require_scope(sender, event, name)
        sha256 = _fingerprint(event | {"event_id": event_id})
        ticket = secrets.token_hex(16)
        arrival = Arrival(
            loan_id=loan_id,
            event_id=event_id,
            name=name,
            body=json.dumps(
                event | {"event_id": event_id, "source": sender.credential.source, TICKET: ticket}
            ),
            sha256=sha256,
            key_id=sender.key_id,
            ticket=ticket,
        )
        try:
            return await self._keep(sender, arrival)
        except (DatabaseAwayError, DatabaseFailedError) as error:
            raise ProblemError(Kind.NOT_KEPT) from error

    async def _keep(self, sender: Sender, arrival: Arrival) -> Place:
        kept = await self._inbox.keep(
            arrival, sender.credential.lenders, self._now(), self._dispatcher.lease_until()
        )
        if kept is None:
            return await self._kept_before(sender, arrival)
        event, is_leased = kept
        self._dispatcher.take(event.loan_id, event if is_leased else None)
        return Place(event.loan_id, event.event_id, event.sequence)

    async def _kept_before(self, sender: Sender, arrival: Arrival) -> Place:
        """The same event again, or another under its id."""
        loan_id, event_id = arrival.loan_id, arrival.event_id
        entry = await self._inbox.find(loan_id, event_id, sender.credential.lenders)
        if entry is None:
            raise ProblemError(Kind.NO_SUCH_LOAN)
        if (entry.sha256, entry.key_id) != (arrival.sha256, arrival.key_id):
            raise ProblemError(Kind.ID_REUSED)
        if entry.answer is None or not entry.answer.get("may_come_again"):
            return Place(loan_id, event_id, entry.sequence, entry.answer)
        sequence = await self._inbox.keep_again(loan_id, event_id, arrival, self._now())
        if sequence is not None:
            self._dispatcher.take(loan_id)
        return Place(loan_id, event_id, sequence or entry.sequence)


def _as_object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ProblemError(Kind.NOT_AN_OBJECT, "An event is one JSON object")
    return value


def _require_deliverable(event: dict[str, Any]) -> None:
    """A part of a batch is no larger than an event that comes alone; and it can be sent on."""
    try:
        size = len(in_utf8(event))
    except UnreadableEventError as error:
        raise ProblemError(Kind.NOT_AN_OBJECT, f"No JSON: {error}") from error
    if size > LARGEST_EVENT:
        raise ProblemError(Kind.TOO_LARGE, f"At most {LARGEST_EVENT} bytes for one event")


def _address(event: dict[str, Any], message_id: str | None) -> tuple[str, str, str]:
    """The loan, the name and the id of an event: what is signed has to say them."""
    loan_id, name = event.get("loan_id"), event.get("name")
    if not is_loan_id(loan_id):
        raise ProblemError(Kind.NOT_AN_OBJECT, "The event must say its loan", "/loan_id")
    if not isinstance(name, str):
        raise ProblemError(Kind.NOT_AN_OBJECT, "The event must say its name", "/name")
    if name not in EVENTS:
        detail = f"{Kind.UNKNOWN_EVENT.title}; {which_event(name)}"
        raise ProblemError(Kind.UNKNOWN_EVENT, detail, "/name")
    event_id = event.get("event_id", message_id)
    if not is_event_id(event_id):
        raise ProblemError(Kind.NO_EVENT_ID, "1 to 120 visible ASCII characters", "/event_id")
    if message_id is not None and event_id != message_id:
        raise ProblemError(Kind.NOT_THIS_ID, "It must be the webhook-id", "/event_id")
    return loan_id, name, event_id


def _require_scope(sender: Sender, event: dict[str, Any], name: str) -> None:
    credential = sender.credential
    if name not in credential.events:
        raise ProblemError(Kind.NOT_ALLOWED, "Not an event of this credential", "/name")
    if event.get("source", credential.source) != credential.source:
        raise ProblemError(Kind.NOT_ALLOWED, "The credential has another source", "/source")
    if credential.may_name_staff:
        return
    named = next((field for field in NAMES_STAFF if event.get(field)), None)
    if named == "applicant_id" and event.get("applicant") == "borrower":
        return  # they name themselves; with another's id it is refused where it is judged
    if named is not None:
        raise ProblemError(Kind.NOT_ALLOWED, "The credential may not name staff", f"/{named}")


def _fingerprint(event: dict[str, Any]) -> str:
    """Of what an event says, however its JSON is written."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()
