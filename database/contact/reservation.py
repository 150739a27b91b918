"""What the gate decided of a contact, and what is on record of it: a reservation, an attempt."""

import json
from datetime import datetime
from typing import NamedTuple

import asyncpg

from database.contact.closed_gateways import Closure
from domain.contact.question import Allowed, Decision
from domain.contact.recipient import Recipient
from domain.contact.status import AttemptStatus
from domain.contact.wording import Unsayable, Words
from domain.policy.policy import Policy

UNASKED = Unsayable("nothing is to be said")


class Attempt(NamedTuple):
    """An attempt that is on record."""

    attempt_id: str
    status: AttemptStatus
    number: str
    template: str  # what is said: it may be another than was meant
    reserved_at: datetime
    is_not_taken: bool  # the provider said so: nothing has to be asked


class Reservation(NamedTuple):
    """The right, and the duty, to make one contact; or the attempt that exists already."""

    attempt_id: str
    status: AttemptStatus  # reserved now; or what the record says of the earlier attempt
    is_new: bool
    number: str
    template: str
    recipient: Recipient
    lawful_until: datetime | None  # the end of the hours it was reserved in, if any limit it
    reserved_at: datetime
    words: Words | Unsayable  # what is said of it now; of a reservation they are on record
    is_not_taken: bool = False
    probes: int | None = None  # the closure that ends if the provider takes it


class Ruling(NamedTuple):
    """What the gate decided, and on what: both are kept, so that a decision can be explained."""

    recipient: Recipient
    facts: str  # as they were read: kept with the attempt or the refusal
    decision: Decision
    closed: Closure | None  # the way to the provider
    policies: list[Policy]  # that were asked
    words: Words | Unsayable = UNASKED

    @property
    def said(self) -> str | None:
        """The words as they are kept, in JSON; nothing is on record of what cannot be said."""
        if isinstance(self.words, Unsayable):
            return None
        return json.dumps(self.words.on_record, ensure_ascii=False)

    @property
    def template_version(self) -> str | None:
        """The version of the text the words are of."""
        return None if isinstance(self.words, Unsayable) else self.words.template_version

    def reserved(self, attempt: Attempt, *, is_new: bool) -> Reservation:
        """The attempt as it was decided on."""
        return Reservation(
            attempt_id=attempt.attempt_id,
            status=attempt.status,
            is_new=is_new,
            number=attempt.number,
            template=attempt.template,
            recipient=self.recipient,
            lawful_until=self.decision.until if isinstance(self.decision, Allowed) else None,
            reserved_at=attempt.reserved_at,
            words=self.words,
            is_not_taken=attempt.is_not_taken,
            probes=None if self.closed is None else self.closed.closure_id,
        )


def attempt_of(row: asyncpg.Record | None) -> Attempt | None:
    """The attempt of a row, if there is one."""
    if row is None:
        return None
    return Attempt(
        row["attempt_id"],
        AttemptStatus(row["status"]),
        row["number"],
        row["template"],
        row["reserved_at"],
        row["is_not_taken"],
    )
