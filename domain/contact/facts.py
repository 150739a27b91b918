"""What the gate knows about a borrower at the moment of sending, across all loans."""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from domain.contact.hold import Hold
from domain.events import AgreedHours
from domain.policy.contact import Channel, Counted, Purpose
from domain.policy.right_party import Confirmation


class Relation(StrEnum):
    """Whose number it is."""

    SELF = "self"
    CONTACT_PERSON = "contact_person"


class Phone(BaseModel):
    """A number by its id, and what speaks against using it."""

    phone_id: str
    usable: bool  # neither invalid, nor somebody else's, nor of one who refused
    blocked: bool  # by the borrower's wish
    relation: Relation = Relation.SELF


class Fate(StrEnum):
    """What became of a call, as far as anybody knows."""

    CONNECTED = "connected"
    UNANSWERED = "unanswered"
    PENDING = "pending"  # not reported back, or unclear


class PastAttempt(BaseModel):
    """A contact that was made, or reserved, before."""

    at: AwareDatetime
    channel: Channel
    purpose: Purpose
    phone_id: str
    loan_id: str
    fate: Fate = Fate.PENDING

    def counts_as(self, counted: Counted) -> bool:
        """Whether a counter counts it; what is pending may have been anything, so it does."""
        return counted is Counted.ATTEMPTS or self.fate in (Fate.PENDING, counted.value)


class FirstMessage(BaseModel):
    """One that told nothing, to a number that nobody had confirmed."""

    at: AwareDatetime
    phone_id: str


class Conversation(BaseModel):
    """One that the borrower began."""

    at: AwareDatetime
    loan_id: str


class ContactFacts(BaseModel):
    """What the database says about a borrower, across all loans, at the moment of sending."""

    time_zone: str
    case_open: bool
    arrears_minor: int
    loan_id: str = ""  # the debt that this contact is about
    holds: list[Hold] = []
    blocked_channels: list[str] = []
    agreed_hours: list[AgreedHours] = []
    promise_open: bool = False
    plan_honoured: bool = False
    attempts: list[PastAttempt] = []  # of the longest window of any policy, this one not among them
    phones: list[Phone] = []
    other_entries: dict[str, str] = {}  # of a number: the entry among `phones` that stands for it
    confirmed: dict[str, list[Confirmation]] = {}  # own numbers by id, and all that shows it
    # Own numbers at which the borrower wants no contact, for good.
    refused_phone_ids: list[str] = []
    first_messages: list[FirstMessage] = []
    conversations: list[Conversation] = []
    last_act_at: AwareDatetime | None = None  # of the borrower; read where a contact person is
