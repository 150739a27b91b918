"""The rows that a case's state follows from. Ids, dates and amounts; nothing about the person.

Keys of contacts and notices are as the workflow names them: within the case.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from domain.case.facts import Outcome
from domain.case.notices import Audience, NoticeKind
from domain.case.state import KeptMoments, PlanState, Slot, Stage
from domain.contact.intent import LATER_WINDOW, Intent
from domain.events import Event, read_event_on_record
from domain.plan.progress import Part
from domain.plan.status import AgreementStatus
from domain.visit.status import VisitStatus


class ContactFate(StrEnum):
    """What came of a contact, as far as the case goes on from it."""

    SENT = "sent"
    UNKNOWN = "unknown"  # counted, and never sent again
    REFUSED = "refused"  # for good
    RESERVED = "reserved"  # nobody has written down what came of it
    FAILED = "failed"  # certainly not sent: the next window tries again
    PUT_OFF = "put_off"  # refused until a moment


_DONE = {ContactFate.SENT, ContactFate.UNKNOWN, ContactFate.REFUSED}


class RecordedContact(BaseModel):
    """One try at a contact, or its refusal."""

    key: str
    at: AwareDatetime
    fate: ContactFate

    @property
    def is_done(self) -> bool:
        """Whether the case has gone on from it."""
        return self.fate in _DONE


class RecordedEvent(BaseModel):
    """An accepted event, in the order of the record."""

    sequence: int
    event_id: str
    name: str
    judged_at: AwareDatetime
    body: dict[str, Any]

    def read(self) -> Event:
        """The event itself, also one that a contract of before has let in."""
        return read_event_on_record(self.name, self.body)


class RecordedNotice(BaseModel):
    """Something the lender's own people were told."""

    key: str
    audience: Audience
    kind: NoticeKind
    at: AwareDatetime


class RecordedVisit(BaseModel):
    """A visit as it stands on record."""

    visit_id: str
    address_id: str
    applicant_id: str
    status: VisitStatus
    asked_at: AwareDatetime | None = None  # anew
    is_approved: bool
    approver_id: str | None = None
    approval_expires_at: AwareDatetime | None = None
    approved_arrears_minor: int | None = None
    approvals_voided: int = 0
    ended_at: AwareDatetime | None = None


class RecordedAppointment(BaseModel):
    """A crew's time that was booked for a visit."""

    visit_id: str
    slot: Slot
    given_up_at: AwareDatetime | None = None
    borrower_to_tell: bool = False

    @property
    def number(self) -> int:
        """Within the visit, from 1."""
        return int(self.slot.slot_id.rpartition("-")[2])


class RecordedPlan(BaseModel):
    """A plan as it was proposed."""

    event_id: str
    proposed: PlanState
    given_up_at: AwareDatetime | None = None


class RecordedAgreement(BaseModel):
    """A document that was offered."""

    agreement_id: str
    plan_id: str
    visit_id: str
    status: AgreementStatus
    supersedes: str | None = None
    document_sha256: str
    counted_from: AwareDatetime
    counted_after: int | None = None
    expires_at: AwareDatetime
    signed_at: AwareDatetime | None = None
    ended_at: AwareDatetime | None = None
    grace_days: int | None = None
    missed_at: AwareDatetime | None = None
    reinstated: int = 0
    # What a plan is made of that was proposed before plans were kept.
    as_of: str
    total_minor: int
    waiver_minor: int
    penalty_minor: int
    parts: list[Part]


class RecordedEnd(BaseModel):
    """How and when the case was closed."""

    outcome: Outcome
    closed_at: AwareDatetime


class CaseRecord(BaseModel):
    """Everything on record that the state of one case follows from."""

    case_id: str
    loan_id: str
    number: int
    time_zone: str
    policy_version: str
    end: RecordedEnd | None = None
    is_finished: bool = False  # nothing that follows from its end is left to be done
    opened_at: AwareDatetime
    stage: Stage | None = None
    stage_entered_at: AwareDatetime | None = None
    moments: KeptMoments
    keeps_moments: bool
    events: list[RecordedEvent] = []
    event_ids: list[str] = []  # the last ones, refused or not
    contacts: list[RecordedContact] = []
    reserved: list[Intent] = []  # contacts of which nobody has written down what came
    notices: list[RecordedNotice] = []
    visits: list[RecordedVisit] = []
    appointments: list[RecordedAppointment] = []
    plans: list[RecordedPlan] = []
    agreements: list[RecordedAgreement] = []

    def day_of(self, moment: datetime) -> date:
        """The date of a moment on the borrower's own calendar."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()

    def named(self, *names: str) -> list[RecordedEvent]:
        """The accepted events of some names, oldest first."""
        return [event for event in self.events if event.name in names]

    def tries(self, key: str) -> Iterator[RecordedContact]:
        """The contacts of a key, in whatever window."""
        wanted = re.compile(f"{re.escape(key)}({LATER_WINDOW})?")
        return (contact for contact in self.contacts if wanted.fullmatch(contact.key))

    def is_done(self, key: str) -> bool:
        """Whether the case has gone on from a contact: it was made, or refused for good."""
        return any(contact.is_done for contact in self.tries(key))

    def contacts_below(self, prefix: str) -> list[tuple[str, RecordedContact]]:
        """The contacts under keys that begin so: the rest of each key, oldest first."""
        return [
            (re.sub(f"{LATER_WINDOW}$", "", contact.key.removeprefix(prefix)), contact)
            for contact in self.contacts
            if contact.key.startswith(prefix)
        ]

    def done_below(self, prefix: str) -> list[tuple[str, RecordedContact]]:
        """Those of them from which the case has gone on."""
        return [(name, each) for name, each in self.contacts_below(prefix) if each.is_done]

    def notices_below(self, prefix: str, kind: NoticeKind) -> list[tuple[str, RecordedNotice]]:
        """Notices of a kind under keys that begin so: the rest of each key, oldest first."""
        return [
            (notice.key.removeprefix(prefix), notice)
            for notice in self.notices
            if notice.kind is kind and notice.key.startswith(prefix)
        ]
