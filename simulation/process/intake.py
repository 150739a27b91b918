"""Events: judged by the domain's own table, put on record in memory, applied to the case."""

from domain import events
from domain.case.events.judge import judge
from domain.case.events.table import EVENT_TABLE
from domain.case.facts import Promise
from domain.case.judgement.fitting import EventRefusedError
from domain.contact.facts import Fate, PastAttempt
from domain.contact.hold import Hold
from simulation.process.desk import Desk
from simulation.process.plans import put_in_force

_FATES = {"connected": Fate.CONNECTED}


def take_in(desk: Desk, event: events.Event) -> bool:
    """Take an event in, if it fits the case; a refusal is written down. Answers whether it fits."""
    try:
        judge(event, desk.situation)
    except EventRefusedError as refused:
        desk.note("refused", refused.rule_id, f"event:{event.name}")
        return False
    _record(desk, event)
    EVENT_TABLE[event.name].apply(event, desk.situation)
    desk.learn()
    return True


def _record(desk: Desk, event: events.Event) -> None:
    """What the database would keep of it."""
    person = desk.person
    match event:
        case events.PaymentReceived():
            person.pay(event.amount_minor, event.occurred_at)
        case events.PromiseMade():
            person.last_act_at = event.occurred_at
            person.promises = [
                *person.promises,
                Promise(
                    promise_id=event.event_id,
                    amount_minor=event.amount_minor,
                    due_on=event.due_on,
                ),
            ]
        case events.HoldPlaced():
            hold = Hold(hold_id=event.hold_id, reason=event.reason, until=event.until)
            person.holds = [*person.holds, hold]
        case events.ContactPreferencesChanged():
            person.last_act_at = event.occurred_at
            if event.blocked_channels is not None:
                person.blocked_channels = list(event.blocked_channels)
            if event.agreed_hours is not None:
                person.agreed_hours = list(event.agreed_hours)
        case events.AgreementSigned():
            put_in_force(desk)
        case _:
            pass


def finish_call(desk: Desk, attempt: PastAttempt, outcome: str) -> None:
    """A call is reported back; a stranger's number is out of use, and a borrower's confirmed."""
    attempt.fate = _FATES.get(outcome, Fate.UNANSWERED)
    if outcome == "connected":
        desk.person.confirm_number(attempt.phone_id)
    elif outcome == "wrong_person":
        desk.person.retire_number(attempt.phone_id)
    desk.learn()
