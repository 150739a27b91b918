"""What is owed and since when, as the workflow sees it: ids, dates and amounts, no person."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from domain.case.complaints import OpenComplaint
from domain.contact.hold import Hold
from domain.debt.statement import Amounts, DebtStatement
from domain.events.contact import AgreedHours


class Outcome(StrEnum):
    """How a case ends."""

    CURED = "cured"  # arrears paid, the loan goes on
    SETTLED = "settled"  # nothing is owed any more
    PLAN_COMPLETED = "plan_completed"
    HANDED_TO_LEGAL = "handed_to_legal"
    WRITTEN_OFF = "written_off"
    TRANSFERRED = "transferred"
    WITHDRAWN = "withdrawn"

    @property
    def is_paid(self) -> bool:
        """Whether the borrower paid: such an end has a closing notice, and can be reversed."""
        return self in (Outcome.CURED, Outcome.SETTLED, Outcome.PLAN_COMPLETED)


class PromiseStatus(StrEnum):
    """What became of a promise, as it is on record."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    REPLACED = "replaced"  # by a signed plan, or by an end of the case before its day


class Promise(BaseModel):
    """A promise to pay an amount by a day."""

    promise_id: str
    amount_minor: int
    due_on: date
    paid_minor: int = 0  # since the promise was made


class CaseFacts(BaseModel):
    """What the database says about one case at one moment."""

    as_of: AwareDatetime | None = None  # that moment
    borrower_id: str
    lender: str
    currency: str
    time_zone: str
    overdue_since: date | None  # due date of the oldest unpaid instalment
    arrears_minor: int
    outstanding_minor: int
    statement_as_of: date | None = None  # of the next three, where a statement was drawn
    overdue: Amounts = Amounts()  # the arrears by component
    outstanding: Amounts = Amounts()
    penalty_minor: int = 0  # accrued, and not yet charged or waived
    last_payment_at: AwareDatetime | None = None
    payments_seen: int | None = None  # the last payment on record, by the record's own order
    holds: list[Hold] = []
    last_hold_ended_at: AwareDatetime | None = None  # of any loan; the case may not have seen it
    promises: list[Promise] = []
    agreed_hours: list[AgreedHours] = []  # none: the borrower has asked for no hours of their own
    complaints: list[OpenComplaint] = []  # of this loan, not yet answered
    messages_sent: int = 0  # in this case
    calls_made: int = 0
    address_ids: list[str] = []
    has_contact_person: bool = False  # one who has not refused
    barred_badge_ids: list[str] = []  # collectors who may not visit the borrower any more
    visit_blocked: bool = False  # the borrower wants no visits
    plan_paid_minor: int = 0  # since the live agreement was offered
    plan_total_minor: int | None = None  # of the signed agreement
    plan_settles_loan: bool = False  # nothing would be owed once its waiver is granted
    # When the part before the next one was covered, or a payment that was counted taken back.
    part_open_since: AwareDatetime | None = None

    def with_statement(self, statement: DebtStatement) -> "CaseFacts":
        """These facts, with what is owed by component."""
        return self.model_copy(
            update={
                "statement_as_of": statement.as_of,
                "overdue": statement.overdue,
                "outstanding": statement.outstanding,
                "penalty_minor": statement.penalty_minor,
            }
        )

    def with_statement_of(self, earlier: "CaseFacts") -> "CaseFacts":
        """These facts, with the statement of earlier ones, if as much is still owed."""
        if (self.arrears_minor, self.outstanding_minor) != (
            earlier.arrears_minor,
            earlier.outstanding_minor,
        ):
            return self
        names = ("statement_as_of", "overdue", "outstanding", "penalty_minor")
        return self.model_copy(update={name: getattr(earlier, name) for name in names})

    def local(self, now: datetime) -> datetime:
        """An instant on the borrower's own clock."""
        return now.astimezone(ZoneInfo(self.time_zone))

    def days_past_due(self, now: datetime) -> int:
        """Days since the due date of the oldest unpaid instalment; 0 when none is overdue."""
        if self.overdue_since is None:
            return 0
        return max((self.local(now).date() - self.overdue_since).days, 0)

    def outcome_if_paid(self) -> Outcome | None:
        """The end that payments have brought about, if they have."""
        if self.outstanding_minor == 0:
            return Outcome.SETTLED
        if self.plan_total_minor is not None and self.plan_paid_minor >= self.plan_total_minor:
            return Outcome.SETTLED if self.plan_settles_loan else Outcome.PLAN_COMPLETED
        if self.arrears_minor == 0:
            return Outcome.PLAN_COMPLETED if self.plan_total_minor is not None else Outcome.CURED
        return None
