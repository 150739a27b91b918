"""May this person be contacted now, and if not, why and when again?

One pure rule, used twice: the workflow plans with it, and the send activity asks it again with
fresh facts at the moment of sending. Every refusal names the rule that refused.
"""

from datetime import UTC, datetime

from domain.contact.facts import ContactFacts, Phone, Relation
from domain.contact.hours import lawful_until, refused_by_hours
from domain.contact.question import Allowed, Decision, Question, Refused
from domain.contact.right_party import choose_number
from domain.contact.third_parties import refused_by_third_party_rule
from domain.messages.templates import TOWARDS_A_VISIT, Template
from domain.policy.contact import Channel, Purpose
from domain.policy.policy import Policy


def may_contact(
    channel: Channel,
    purpose: Purpose,
    facts: ContactFacts,
    policies: list[Policy],
    now: datetime,
    template: Template | None = None,
) -> Decision:
    """The decision under all policies in force: the pinned one comes first and always binds.

    A refusal names the weightiest rule that refuses now. Its `retry_at` is the first moment at
    which no rule refuses if nothing happens until then; None if there is none.
    """
    now = now.astimezone(UTC)  # local times add and compare by the clock on the wall
    asked = Question(channel, purpose, facts, policies, template)
    answer = _answer(asked, now)
    if isinstance(answer, Allowed):
        return answer.model_copy(update={"until": lawful_until(asked, now)})
    return answer.model_copy(update={"retry_at": _first_allowed(asked, answer, now)})


def _first_allowed(asked: Question, answer: Decision, moment: datetime) -> datetime | None:
    """Go from one moment at which the answer may change to the next, until it is yes."""
    while isinstance(answer, Refused):
        changes = (answer.retry_at, asked.next_change(moment))
        upcoming = [change for change in changes if change is not None]
        if not upcoming:
            return None
        moment = min(upcoming).astimezone(UTC)
        answer = _answer(asked, moment)
    return moment


def _answer(asked: Question, moment: datetime) -> Decision:
    """The first rule that refuses, from the weightiest on; or a number to use.

    Here `retry_at` is when this one rule stops refusing, or a moment before that.
    """
    return (
        _refused_by_balance(asked.purpose, asked.facts)
        or _refused_by_hold(asked, moment)
        or _refused_by_wish(asked)
        or _refused_by_promise(asked)
        or _refused_without_phone(asked)
        or refused_by_third_party_rule(asked, moment)
        or refused_by_hours(asked, moment)
        or choose_number(asked, _phones(asked), moment)
    )


def _refused_by_balance(purpose: Purpose, facts: ContactFacts) -> Refused | None:
    if purpose is Purpose.CLOSING:
        if facts.arrears_minor == 0:
            return None
        return Refused(rule_id="LC-OWED", reason="something is overdue again")
    if not facts.case_open:
        return Refused(rule_id="LC-CASE-CLOSED", reason="the case is closed")
    if facts.arrears_minor == 0:
        return Refused(rule_id="LC-PAID", reason="nothing is overdue any more")
    return None


def _refused_by_hold(asked: Question, now: datetime) -> Refused | None:
    held = [hold for hold in asked.facts.holds if hold.is_in_force(now)]
    if not held:
        return None
    ends = [hold.until for hold in held if hold.until is not None]
    retry_at = max(ends) if len(ends) == len(held) else None
    reasons = ", ".join(sorted({hold.reason for hold in held}))
    rules = (asked.policies[0].contact.holds.get(hold.reason) for hold in held)
    rule_id = next((rule.id for rule in rules if rule is not None), "LC-HOLD")
    return Refused(rule_id=rule_id, reason=f"on hold: {reasons}", retry_at=retry_at)


def _refused_by_wish(asked: Question) -> Refused | None:
    unwanted = asked.facts.blocked_channels
    if asked.channel in unwanted:
        return Refused(rule_id="LC-PREFERENCE", reason=f"the borrower wants no {asked.channel}")
    if "visit" in unwanted and asked.template in TOWARDS_A_VISIT:
        return Refused(rule_id="LC-PREFERENCE", reason="the borrower wants no visit")
    return None


def _refused_by_promise(asked: Question) -> Refused | None:
    facts = asked.facts
    if asked.purpose not in (Purpose.COLLECTION, Purpose.LOCATE):
        return None
    if facts.promise_open:
        return Refused(rule_id="LC-PROMISE", reason="a promise to pay is open")
    if facts.plan_honoured:
        return Refused(
            rule_id=asked.policies[0].plan.pause_rule, reason="an agreed plan is being honoured"
        )
    return None


def _refused_without_phone(asked: Question) -> Refused | None:
    if _phones(asked):
        return None
    return Refused(rule_id="LC-NO-PHONE", reason="no number may be used")


def _phones(asked: Question) -> list[Phone]:
    """The numbers that fit: a contact person's to locate the borrower, else the borrower's own."""
    wanted = Relation.CONTACT_PERSON if asked.purpose is Purpose.LOCATE else Relation.SELF
    return [
        phone
        for phone in asked.facts.phones
        if phone.usable and not phone.blocked and phone.relation is wanted
    ]
