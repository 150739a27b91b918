"""The right person: which number is used, and what may be said there.

CN-07 and CN-29, PIPL 6; CONC 7.9.2 R; 12 CFR 1006.6(d): a debt is nobody's business but the
debtor's. A message tells of it only where the number is known to be the borrower's. In a call that
is asked before anything is said, so a call may go to any number of theirs.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

from domain.contact.counters import choose_phone
from domain.contact.facts import Fate, Phone
from domain.contact.question import Allowed, Decision, Question, Refused, earliest, latest
from domain.messages.templates import FIRST_MESSAGE_INSTEAD, Template
from domain.policy.contact import Channel, Purpose
from domain.policy.right_party import RightPartyPolicy


def choose_number(asked: Question, phones: list[Phone], moment: datetime) -> Decision:
    """The number that is to be told, or to be asked first, or why there is none."""
    if asked.channel is Channel.CALL:
        return choose_phone(asked, in_turn(asked, phones), moment)
    rules = list(_asking(asked, moment))
    if asked.purpose is Purpose.LOCATE or not rules:
        return choose_phone(asked, phones, moment)
    if confirmed := [phone for phone in phones if _is_confirmed(asked, phone, rules)]:
        return choose_phone(asked, confirmed, moment)
    if asked.template not in FIRST_MESSAGE_INSTEAD:
        return Refused(
            rule_id=rules[0].confirmed_only.id,
            reason="no number is confirmed to be the borrower's",
        )
    return _introduce(asked, phones, rules, moment)


def in_turn(asked: Question, phones: list[Phone]) -> list[Phone]:
    """Numbers for a call, first the one whose latest calls in a row failed least often."""
    return sorted(phones, key=lambda phone: _failed_in_a_row(asked, phone))


def _failed_in_a_row(asked: Question, phone: Phone) -> int:
    calls = [
        call
        for call in asked.facts.attempts
        if call.channel is Channel.CALL and call.phone_id == phone.phone_id
    ]
    latest_first = sorted(calls, key=lambda call: call.at, reverse=True)
    return len(list(takewhile(lambda call: call.fate is Fate.UNANSWERED, latest_first)))


def _asking(asked: Question, moment: datetime) -> Iterator[RightPartyPolicy]:
    """What the policies in force ask of a number, where they do."""
    today = asked.day(moment)
    for contact in asked.in_force(today):
        rules = contact.right_party
        if rules is not None and rules.confirmed_only.binds(today) and rules.confirmed_only.value:
            yield rules


def _is_confirmed(asked: Question, phone: Phone, rules: list[RightPartyPolicy]) -> bool:
    shown = set(asked.facts.confirmed.get(phone.phone_id, ()))
    return all(shown.intersection(each.confirmed_by.value) for each in rules)


def _introduce(
    asked: Question, phones: list[Phone], rules: list[RightPartyPolicy], moment: datetime
) -> Decision:
    """A first message, which tells nothing, to a number that has not had one lately."""
    waiting = {
        phone.phone_id: _first_message_stands(asked, phone, rules, moment) for phone in phones
    }
    fresh = [phone for phone in phones if waiting[phone.phone_id] is None]
    if not fresh:
        refused = earliest(each for each in waiting.values() if each is not None)
        if refused is not None:
            return refused
    decision = choose_phone(asked, fresh, moment)
    if isinstance(decision, Refused):
        return decision
    return Allowed(phone_id=decision.phone_id, instead=Template.FIRST_MESSAGE)


def _first_message_stands(
    asked: Question, phone: Phone, rules: list[RightPartyPolicy], moment: datetime
) -> Refused | None:
    """Until when the number has had enough of first messages."""
    sent = [one.at for one in asked.facts.first_messages if one.phone_id == phone.phone_id]
    return latest(
        Refused(
            rule_id=each.neutral_days.id,
            reason="a first message went to each number that nobody has confirmed",
            retry_at=max(sent) + each.neutral_interval,
        )
        for each in rules
        if sent and max(sent) + each.neutral_interval > moment
    )
