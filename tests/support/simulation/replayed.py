"""A case that has run on the servers, once more in memory, with the same events."""

import json
from datetime import datetime
from typing import Any

from domain.calendar import add_months
from domain.case.state import CaseState
from domain.contact.facts import PastAttempt
from domain.events import EVENTS
from policies.public_holidays import public_holidays
from simulation.process.alone import Known, run_alone
from simulation.process.desk import Action, Desk
from simulation.process.intake import finish_call, take_in
from simulation.world.ledger import Ledger
from simulation.world.person import Person
from tests.support.lives.life import Life
from tests.support.world import INSTALMENT, Loan


async def contacts_on_record(life: Life) -> list[tuple[str, str, datetime]]:
    """What was sent: its key, what it said, and when."""
    rows = await life.fetch(
        "SELECT intent_key, template, reserved_at FROM contact_attempts"
        " WHERE facts::text NOT LIKE '%earlier%' ORDER BY reserved_at"
    )
    return [(row["intent_key"], row["template"], row["reserved_at"]) for row in rows]


async def refusals_on_record(life: Life) -> set[tuple[str, str]]:
    """What the gate refused, and by which rule."""
    rows = await life.fetch("SELECT intent_key, rule_id FROM contact_refusals")
    return {(row["intent_key"], row["rule_id"]) for row in rows}


async def replay(life: Life, began_at: datetime) -> list[Action]:
    """The same case in memory, until now: every contact and refusal, in order."""
    number = await life.value("SELECT place FROM collection_cases WHERE case_id = $1", life.case_id)
    actions: list[Action] = []
    attempts: dict[str, PastAttempt] = {}

    def told(action: Action, attempt: PastAttempt | None) -> None:
        actions.append(action)
        if attempt is not None:
            attempts[action.key] = attempt

    case = CaseState(loan_id=life.loan.loan_id, case_id=life.case_id, number=number)
    holidays = public_holidays("CN", range(began_at.year, began_at.year + 2))
    person = person_of(life.loan)
    await _count_earlier(life, person)
    desk = Desk(person, [life.policy], case, told, holidays, began_at)
    run_alone(desk, await life.now(), await _events(life, attempts))
    return actions


def person_of(loan: Loan) -> Person:
    """The borrower of a test's loan, as the record has them."""
    dues = [add_months(loan.first_due_on, number) for number in range(loan.instalments)]
    ledger = Ledger(dues, INSTALMENT, loan.paid_minor, 0)
    person = Person(loan.loan_id, ledger, time_zone=loan.zone, currency="CNY")
    person.borrower_id, person.address_ids = loan.borrower_id, [loan.address_id]
    for _ in range(loan.phones):
        person.add_own_number(confirmed=loan.confirmed)
    return person


async def _count_earlier(life: Life, person: Person) -> None:
    rows = await life.fetch(
        "SELECT channel, purpose, phone_id, loan_id, reserved_at AS at FROM contact_attempts"
        " WHERE facts::text LIKE '%earlier%'"
    )
    person.attempts = [PastAttempt.model_validate(row) for row in rows]
    person.messages_sent = sum(row["channel"] == "sms" for row in rows)
    person.calls_made = sum(row["channel"] == "call" for row in rows)


async def _events(life: Life, attempts: dict[str, PastAttempt]) -> list[Known]:
    rows = await life.fetch(
        "SELECT e.name, e.event_id, e.occurred_at, e.source, e.judged_at, e.body, a.intent_key"
        " FROM case_events e LEFT JOIN contact_attempts a ON a.attempt_id = e.body ->> 'attempt_id'"
        " WHERE e.accepted ORDER BY e.sequence"
    )
    return [_known(row, attempts) for row in rows]


def _known(row: dict[str, Any], attempts: dict[str, PastAttempt]) -> Known:
    body = row["body"] if isinstance(row["body"], dict) else json.loads(row["body"])

    def happens(desk: Desk) -> None:
        if row["name"] == "call_finished":
            finish_call(desk, attempts[row["intent_key"]], body["outcome"])
            return
        given = {**body, "event_id": row["event_id"], "source": row["source"]}
        given |= {"occurred_at": row["occurred_at"].isoformat(), **_as_in_memory(desk, body)}
        assert take_in(desk, EVENTS[row["name"]].model_validate(given)), row["name"]

    return Known(row["judged_at"], happens)


def _as_in_memory(desk: Desk, body: dict[str, Any]) -> dict[str, Any]:
    """Nobody draws up a document in memory, and the crew has other names."""
    plan, visit = desk.case.plan, desk.case.visit
    changed: dict[str, Any] = {}
    if "document_sha256" in body and plan is not None:
        changed["document_sha256"] = plan.document_sha256
    if "badge_ids" in body and visit is not None and visit.slot is not None:
        changed["badge_ids"] = visit.slot.badge_ids
    return changed
