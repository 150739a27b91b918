"""The person behind a case, as the gate sees them, and what a message may say to them."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel

from domain.contact.facts import ContactFacts
from domain.contact.intent import Intent
from domain.debt.money import money_in_words
from domain.plan.progress import OpenPart, PlanProgress
from domain.policy.channels import Channels


class VisitDetails(BaseModel):
    """What a message may say about the open visit."""

    visit_code: str
    starts_at: AwareDatetime | None
    crew: list[str] | None


class ReceivedDetails(BaseModel):
    """What a closing message may say was received, under the plan or the case."""

    amount_minor: int
    last_on: date  # in the borrower's time zone


class LoanDetails(BaseModel):
    """What a message may say the loan costs, and what ended with its last plan."""

    annual_rate_percent: Decimal = Decimal(0)
    penalty_rate_percent: Decimal | None = None  # of the contract: a policy may cap it
    waiver_lost: bool = False  # the agreement that was broken last waived something


class Recipient(BaseModel):
    """The person behind a case, as the gate sees it. Stays within the activity."""

    at: AwareDatetime  # now, or the borrower's last event if that was written as later
    borrower_id: str
    revision: int  # of the borrower's row: what the reservation relies on
    loan_id: str
    lender: str
    currency: str
    full_name: str
    language: str
    policy_version: str
    policy_sha256: str
    overdue_since: date | None
    visit: VisitDetails | None
    plan: PlanProgress | None  # the signed one
    received: ReceivedDetails | None = None
    loan: LoanDetails = LoanDetails()
    is_tried: bool  # an attempt for this intent is on record
    facts: ContactFacts

    @property
    def part(self) -> OpenPart | None:
        """The next part of the signed plan."""
        return None if self.plan is None else self.plan.next_part


def speaks_of_next_part(intent: Intent, recipient: Recipient) -> bool:
    """Whether what an intent says of a part is still so; true of what speaks of none."""
    if intent.part_number is None:
        return True
    return recipient.part is not None and recipient.part.number == intent.part_number


def message_values(
    recipient: Recipient,
    channels: Channels,
    now: datetime,
    slot_start: datetime | None = None,
    answer_by: datetime | None = None,
) -> dict[str, str]:
    """What the templates may say; `slot_start` of an appointment that is off already.

    `answer_by` is when a document that is offered cannot be signed any more.
    """
    local = now.astimezone(ZoneInfo(recipient.facts.time_zone))

    def money(amount_minor: int) -> str:
        return money_in_words(amount_minor, recipient.currency, recipient.language)

    values = {
        "lender": recipient.lender,
        "name": recipient.full_name,
        "amount": money(recipient.facts.arrears_minor),
        "days": "0",
        **channels.of(recipient.lender, recipient.language),
    }
    if recipient.overdue_since is not None:
        values["days"] = str(max((local.date() - recipient.overdue_since).days, 0))
    if recipient.visit is not None and recipient.visit.starts_at is not None:
        starts_at = recipient.visit.starts_at.astimezone(local.tzinfo)
        values["slot"] = _hour_in_words(starts_at, recipient.language)
        # One full-width comma would double the price of an English message.
        between = "、" if recipient.language == "zh" else ", "
        values["crew"] = between.join(recipient.visit.crew or [])
        values["visit_code"] = recipient.visit.visit_code
    if slot_start is not None:
        values["slot"] = _hour_in_words(slot_start.astimezone(local.tzinfo), recipient.language)
    if answer_by is not None:
        values["sign_by"] = _hour_in_words(answer_by.astimezone(local.tzinfo), recipient.language)
    if recipient.part is not None:
        values["part_amount"] = money(recipient.part.rest_minor)
        values["part_due"] = day_in_words(recipient.part.due_on, recipient.language)
        values["part_rest"] = money(recipient.part.later_minor)
    if recipient.received is not None:
        values["received_amount"] = money(recipient.received.amount_minor)
        values["received_on"] = day_in_words(recipient.received.last_on, recipient.language)
    return values


def day_in_words(day: date, language: str) -> str:
    """A day as it is written where the language is spoken."""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else f"{day}"


def _hour_in_words(local: datetime, language: str) -> str:
    if language == "zh":
        return f"{local.month}月{local.day}日{local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"
