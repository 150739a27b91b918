"""The agreement a borrower signs: its terms, and the document's exact bytes."""

import hashlib
from datetime import date, datetime
from typing import Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, model_validator

from domain.plan.plan import Plan


class Component(BaseModel):
    """What a part of the debt is: `principal`, `interest`, `penalty`, or a name to be shown."""

    name: str
    amount_minor: int


class ScheduleRow(NamedTuple):
    """One part, and what is still to be paid after it."""

    number: int
    due_on: date
    amount_minor: int
    remaining_minor: int


class AgreementTerms(BaseModel):
    """Everything the document says. Amounts are minor units, times are shown in `time_zone`."""

    agreement_id: str
    loan_id: str
    lender: str
    lender_signatory: str | None  # who signs for the lender, as shown; None leaves it blank
    borrower_name: str
    language: Literal["zh", "en"]
    currency: str
    time_zone: str
    plan: Plan
    components: list[Component] = []
    offered_at: AwareDatetime
    expires_at: AwareDatetime
    limitation_years: int | None = None  # LA-01; None where no rule is known
    limitation_until: date | None = None  # if it is signed: three years after the last part
    time_barred_since: date | None = None  # LA-06: the day limitation ended before the offer
    grace_days: int | None = None  # after a due date, before the plan is broken
    next_instalment_on: date | None = None  # the first that the plan puts off
    hotline: str
    complaint_hotline: str
    pay_at: str

    @model_validator(mode="after")
    def _costs_nothing_beyond_the_arrears(self) -> Self:
        # The document says so under CN-27, with an annual rate of nothing.
        owed = self.plan.owed_minor - self.plan.waiver_minor
        if self.plan.total_minor != owed:
            raise ValueError(f"plan: its parts sum to {self.plan.total_minor}, owed is {owed}")
        return self

    @property
    def supersedes(self) -> str | None:
        """The agreement that this one replaces once it is signed."""
        return None if self.plan.before is None else self.plan.before.agreement_id

    @property
    def schedule(self) -> list[ScheduleRow]:
        """The parts in order."""
        return [
            ScheduleRow(
                number=part.number,
                due_on=part.due_on,
                amount_minor=part.amount_minor,
                remaining_minor=sum(later.amount_minor for later in self.plan.parts[index + 1 :]),
            )
            for index, part in enumerate(self.plan.parts)
        ]

    @property
    def can_be_kept(self) -> bool:
        """Whether no part fell due before the document was drawn up, where the borrower lives."""
        drawn_up_on = self.offered_at.astimezone(ZoneInfo(self.time_zone)).date()
        return min(part.due_on for part in self.plan.parts) >= drawn_up_on

    @property
    def last_due_on(self) -> date:
        """When the last part falls due."""
        return max(part.due_on for part in self.plan.parts)

    @property
    def expires(self) -> str:
        """The deadline of the signature, with the zone that its clock is of."""
        offset = f"{self.expires_at.astimezone(ZoneInfo(self.time_zone)):%z}"
        return f"{self.local(self.expires_at)} ({self.time_zone}, UTC{offset[:3]}:{offset[3:5]})"

    def local(self, moment: datetime) -> str:
        """A moment on the borrower's clock, as it is shown."""
        return f"{moment.astimezone(ZoneInfo(self.time_zone)):%Y-%m-%d %H:%M}"


class Document(BaseModel):
    """One agreement as bytes: the PDF is what is signed, the HTML is its reading copy."""

    html: bytes
    pdf: bytes

    @property
    def sha256(self) -> str:
        """The fingerprint that is offered and signed: the PDF's."""
        return hashlib.sha256(self.pdf).hexdigest()

    @property
    def html_sha256(self) -> str:
        """The fingerprint of the reading copy."""
        return hashlib.sha256(self.html).hexdigest()


class Offer(BaseModel):
    """An agreement to be drawn up."""

    agreement_id: str
    case_id: str
    visit_id: str
    plan_id: str
    plan: Plan
    waiver_approver_id: str | None
    counted_from: AwareDatetime  # when the plan was proposed: later payments count towards it
    # The last payment that the plan knew of; an earlier run kept the time only.
    counted_after: int | None = None
    expires_at: AwareDatetime
    lender_signatory: str | None = None  # an id: the crew's badge
    grace_days: int | None = None  # an earlier run did not say
