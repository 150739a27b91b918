"""A loan tape: what each row must say, and the loan, schedule and balance it stands for."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, field_validator

from domain.contact.hold import HoldReason
from domain.debt.amortisation import InstalmentParts, amortise
from domain.debt.status import LoanStatus
from domain.mistakes import reason
from domain.tape.fields import (
    Address,
    Amount,
    Currency,
    Day,
    Id,
    Key,
    Language,
    Months,
    Name,
    Paid,
    Phone,
    Rate,
    StatusWord,
    Text,
    TimeZone,
    wrong,
)
from domain.tape.status_words import Meaning, meaning_of

COLUMNS = (
    "loan_id",
    "borrower_id",
    "lender",
    "currency",
    "principal_minor",
    "annual_rate_percent",
    "term_months",
    "installment_minor",
    "first_due_on",
    "paid_minor",
    "as_of",
    "region",
    "annual_income_minor",
    "purpose",
    "reported_status",
)
# What a tape may add about the borrower; each is made up or defaulted when it is missing.
BORROWER_COLUMNS = (
    "borrower_name",
    "phone",
    "phone_confirmed_on",
    "contact_person_phone",
    "address",
    "time_zone",
    "language",
)
# What a tape may add about the contract.
CONTRACT_COLUMNS = ("penalty_rate_percent",)
# What may be empty in a row.
_OPTIONAL = frozenset(
    (
        "region",
        "annual_income_minor",
        "purpose",
        "reported_status",
        *BORROWER_COLUMNS,
        *CONTRACT_COLUMNS,
    )
)

_WRITTEN = {
    "phone": "written_phone",
    "contact_person_phone": "written_contact_person_phone",
}
_LONGEST_WAIT = timedelta(days=366)


class Problem(NamedTuple):
    """What is wrong with one field of a row."""

    field: str
    reason: str


class TapeRow(BaseModel):
    """One row that can be believed. Amounts in minor units of `currency`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    loan_id: Id
    borrower_id: Id
    lender: Key
    currency: Currency
    principal_minor: Amount
    annual_rate_percent: Rate
    term_months: Months
    installment_minor: Amount
    as_of: Day  # before first_due_on, whose check needs it
    first_due_on: Day
    paid_minor: Paid
    region: Text | None = None
    annual_income_minor: Paid | None = None
    purpose: Text | None = None
    reported_status: StatusWord | None = None
    penalty_rate_percent: Rate | None = None
    borrower_name: Name | None = None
    phone: Phone | None = None
    phone_confirmed_on: Day | None = None  # as the borrower's own, by the lender's own check
    contact_person_phone: Phone | None = None
    address: Address | None = None
    # As the tape has them, beside the one form that numbers are kept in.
    written_phone: str | None = None
    written_contact_person_phone: str | None = None
    time_zone: TimeZone | None = None
    language: Language | None = None

    @field_validator("first_due_on")
    @classmethod
    def _is_near_the_tape(cls, day: date, info: ValidationInfo) -> date:
        as_of = info.data.get("as_of")
        if as_of is not None and day - as_of > _LONGEST_WAIT:
            raise wrong(f"{day} lies more than a year after as_of {as_of}")
        return day

    @field_validator("phone_confirmed_on")
    @classmethod
    def _is_over(cls, day: date | None, info: ValidationInfo) -> date | None:
        as_of = info.data.get("as_of")
        if day is not None and as_of is not None and day > as_of:
            raise wrong(f"{day} lies after as_of {as_of}")
        return day

    @field_validator("paid_minor")
    @classmethod
    def _is_no_more_than_owed(cls, paid: int, info: ValidationInfo) -> int:
        term, part = info.data.get("term_months"), info.data.get("installment_minor")
        if term is not None and part is not None and paid > term * part:
            raise wrong(f"{paid} is more than all instalments, {term} of {part} = {term * part}")
        return paid

    @cached_property
    def tolerance_minor(self) -> int:
        """The largest cumulative shortfall that is rounding: under 5 % of one instalment.

        A reading of the tape's amounts, which are rounded; kept with the loan, where a lender that
        writes loans itself says its own.
        """
        return (self.installment_minor - 1) // 20

    @property
    def status(self) -> LoanStatus:
        """The loan's status in the database, by what the lender reports."""
        return self._meaning.status if self._meaning else LoanStatus.ACTIVE

    @property
    def hold(self) -> HoldReason | None:
        """Why the borrower is left in peace from the first day, by what the lender reports."""
        return self._meaning.hold if self._meaning else None

    @cached_property
    def _meaning(self) -> Meaning | None:
        return meaning_of(self.reported_status) if self.reported_status else None

    def due_dates(self, shift: timedelta = timedelta(0)) -> list[date]:
        """The due dates, first to last; each month's end is cut from the original day."""
        return [due_date(self.first_due_on, number) + shift for number in range(self.term_months)]

    def parts(self) -> list[InstalmentParts]:
        """Principal and interest of each instalment, first to last."""
        amounts = [self.installment_minor] * self.term_months
        return amortise(self.principal_minor, self.annual_rate_percent, amounts)

    def oldest_unpaid_due_on(self) -> date | None:
        """The original due date of the first instalment that payments do not cover."""
        covered = (self.paid_minor + self.tolerance_minor) // self.installment_minor
        return due_date(self.first_due_on, covered) if covered < self.term_months else None

    def days_past_due(self, later: timedelta = timedelta(0)) -> int:
        """Days past due as of the tape's day, or so much later; 0 when nothing is overdue."""
        oldest = self.oldest_unpaid_due_on()
        return max((self.as_of + later - oldest).days, 0) if oldest else 0

    def shift_to(self, as_of: date | None) -> timedelta:
        """By how much every date moves, so that the tape's day becomes `as_of`."""
        return as_of - self.as_of if as_of else timedelta(0)

    def disagreement(self) -> str | None:
        """How the reported status contradicts the schedule, if it does. The schedule decides."""
        days = self.days_past_due()
        if days and self._meaning in (Meaning.CURRENT, Meaning.SETTLED):
            return f"reported {self.reported_status}, but {days} days past due by the schedule"
        if not days and self._meaning is Meaning.LATE:
            return f"reported {self.reported_status}, but nothing is overdue by the schedule"
        return None


def due_date(first: date, months_later: int) -> date:
    """The day of a monthly schedule that began on `first`; 31 January is followed by 28 February.

    Later months return to the original day.
    """
    years, month = divmod(first.month - 1 + months_later, 12)
    year, month = first.year + years, month + 1
    # Most days exist in every month; asking the calendar for the others only is twice as fast.
    day = first.day if first.day <= 28 else min(first.day, monthrange(year, month)[1])
    return date(year, month, day)


def midnight(day: date, time_zone: str) -> datetime:
    """When a tape's day begins for the borrower: what it tells of the day counts from then."""
    return datetime.combine(day, time.min, ZoneInfo(time_zone))


def parse_row(fields: Mapping[str, Any], country: str = "CN") -> TapeRow | list[Problem]:
    """The row that the fields stand for, or everything that is wrong with them.

    A telephone number without a country's code belongs to `country`.
    """
    given = {
        name: value
        for name, value in fields.items()
        if name not in _WRITTEN.values() and not (name in _OPTIONAL and _is_empty(value))
    }
    written = {_WRITTEN[name]: str(given[name]) for name in _WRITTEN if name in given}
    try:
        return TapeRow.model_validate(given | written, context={"country": country})
    except ValidationError as error:
        return [
            Problem(field=str(mistake["loc"][0]), reason=reason(mistake))
            for mistake in error.errors(include_url=False, include_input=False)
        ]


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())
