"""What the process will do with a case that is under way, if nobody does anything.

Nobody pays, answers, applies or decides: what a forecast says is what the rules ask for, and the
most that is to be expected of contacts.
"""

from datetime import datetime, timedelta

from domain.case.facts import CaseFacts
from domain.case.rebuilt.record import CaseRecord, RecordedContact
from domain.case.state import CaseState, Stage
from domain.contact.facts import ContactFacts, PastAttempt
from domain.policy.policy import Policy
from domain.visit.appointments import Holidays
from simulation.process.alone import run_alone
from simulation.process.desk import Action, Desk
from simulation.world.ledger import FixedDebt
from simulation.world.person import Person


def forecast_case(
    case: CaseState,
    facts: CaseFacts,
    contact_facts: ContactFacts,
    policies: list[Policy],
    holidays: Holidays,
    time: tuple[datetime, datetime],
) -> list[Action]:
    """Every action of a case from a moment to another.

    `policies`: the pinned one, and the current one if it is another.
    """
    actions: list[Action] = []
    now, ends_at = time

    def told(action: Action, attempt: PastAttempt | None) -> None:
        actions.append(action)

    person = person_on_record(facts, contact_facts)
    desk = Desk(person, policies, _with_one_plan(case), told, holidays, now)
    run_alone(desk, ends_at)
    return actions


def _with_one_plan(case: CaseState) -> CaseState:
    """A copy in which a plan in force goes on: nobody signs the one that is to replace it."""
    case = case.model_copy(deep=True)
    if case.next_plan is not None:
        case.next_plan = None
        case.enter(Stage.REPAYMENT if case.visit is None else Stage.GUIDED_REPAYMENT)
    return case


def person_on_record(facts: CaseFacts, contact_facts: ContactFacts) -> Person:
    """The borrower as the record has them; what is done in memory changes no facts."""
    facts, contact_facts = facts.model_copy(deep=True), contact_facts.model_copy(deep=True)
    debt = FixedDebt(facts.overdue_since, facts.arrears_minor, facts.outstanding_minor)
    person = Person(contact_facts.loan_id, debt, time_zone=facts.time_zone, currency=facts.currency)
    person.borrower_id, person.lender = facts.borrower_id, facts.lender
    for name in ("promises", "address_ids", "barred_badge_ids", "messages_sent", "calls_made",
                 "plan_paid_minor", "plan_total_minor", "part_open_since", "last_payment_at",
                 "last_hold_ended_at"):  # fmt: skip
        setattr(person, name, getattr(facts, name))
    for name in ("phones", "confirmed", "attempts", "first_messages", "conversations", "holds",
                 "blocked_channels", "agreed_hours", "last_act_at", "refused_phone_ids",
                 ):  # fmt: skip
        setattr(person, name, getattr(contact_facts, name))
    return person


class NotAsItWasError(Exception):
    """What a case was at an earlier moment cannot be told from its record; the text says why."""


def as_of(record: CaseRecord, opened_at: datetime, then: datetime) -> CaseRecord:
    """The record as it was at a moment since which only contacts were made.

    Raises:
        NotAsItWasError: when the case has been opened, has moved on or has taken an event since.
    """
    entered_at = record.stage_entered_at
    if opened_at > then:
        raise NotAsItWasError("opened since")
    if any(event.judged_at > then for event in record.events):
        raise NotAsItWasError("an event has come in since")
    if entered_at is not None and entered_at > then:
        raise NotAsItWasError("it has gone on to another stage since")
    contacts = [contact for contact in record.contacts if contact.at <= then]
    notices = [notice for notice in record.notices if notice.at <= then]
    return record.model_copy(update={"contacts": contacts, "notices": notices, "reserved": []})


def facts_as_of(
    facts: CaseFacts, contact_facts: ContactFacts, record: CaseRecord, then: datetime
) -> tuple[CaseFacts, ContactFacts]:
    """Both kinds of facts without the contacts that were made since.

    Raises:
        NotAsItWasError: when something else has changed that no event of the case tells.
    """
    if (held_until := facts.last_hold_ended_at) is not None and held_until > then:
        raise NotAsItWasError("a hold has ended since")
    if (paid_at := facts.last_payment_at) is not None and paid_at > then:
        raise NotAsItWasError("a payment was made since")
    since = [each for each in record.contacts if each.at > then and each.is_done]
    earlier = facts.model_copy(
        update={
            "messages_sent": facts.messages_sent - _of_channel(since, "sms"),
            "calls_made": facts.calls_made - _of_channel(since, "call"),
        }
    )
    attempts = [each for each in contact_facts.attempts if each.at <= then]
    firsts = [each for each in contact_facts.first_messages if each.at <= then]
    return earlier, contact_facts.model_copy(
        update={"attempts": attempts, "first_messages": firsts}
    )


def _of_channel(contacts: list[RecordedContact], channel: str) -> int:
    """Steps of the ladder by a channel: their keys end with it."""
    return sum(each.fate != "refused" and each.key.endswith(f"-{channel}") for each in contacts)


def years_of(now: datetime, ends_at: datetime) -> range:
    """The years whose holidays a forecast may need."""
    return range(now.year, (ends_at + timedelta(days=60)).year + 1)
