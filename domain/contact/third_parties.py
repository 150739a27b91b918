"""Contact persons: asked only when the borrower cannot be reached, and only to pass on a word.

CN-07 (GB/T 45251-2025): collect from the debtor only; a contact person is asked for a relayed
message, without debt details, and never again once they refuse. CN-08 (China Banking Association
guideline) says what unreachable means: it is the borrower who cannot be reached, so each number of
theirs that may be tried must have failed, and nothing they did may show that they can be.
"""

from datetime import date, datetime, timedelta
from itertools import takewhile

from domain.contact.facts import Fate, Phone, Relation
from domain.contact.question import Question, Refused, latest
from domain.policy.contact import Channel, Purpose, ThirdPartyPolicy


def refused_by_third_party_rule(asked: Question, moment: datetime) -> Refused | None:
    """Whether a contact person may not be asked now, under any of the policies in force."""
    if asked.purpose is not Purpose.LOCATE:
        return None
    policies = asked.in_force(asked.day(moment))
    refusals = [_refused_by(contact.third_parties, asked, moment) for contact in policies]
    return latest(refused for refused in refusals if refused is not None)


def _refused_by(rules: ThirdPartyPolicy, asked: Question, moment: datetime) -> Refused | None:
    today = asked.day(moment)
    if not (rules.permitted.binds(today) and rules.permitted.value):
        return Refused(rule_id=rules.permitted.id, reason="only the borrower is contacted")
    heard_of = _refused_by_act(rules, asked, moment)
    if heard_of is not None:
        return heard_of
    own = [phone for phone in asked.facts.phones if phone.relation is Relation.SELF]
    rule_id = rules.failed_calls.id
    if any(_is_unwanted(asked, phone) for phone in own) and not any(map(_may_be_tried, own)):
        return Refused(rule_id=rule_id, reason="the borrower wants no contact there: that is said")
    shown_on = _unreachable_since(rules, asked, own, moment)
    if shown_on is None:
        return Refused(rule_id=rule_id, reason="the borrower can still be reached")
    if shown_on < today:
        return None
    tomorrow = asked.begins(today + timedelta(days=1))
    reason = "the borrower cannot be reached: contact persons from the next day on"
    return Refused(rule_id=rule_id, reason=reason, retry_at=tomorrow)


def _refused_by_act(rules: ThirdPartyPolicy, asked: Question, moment: datetime) -> Refused | None:
    """Who has paid, promised, complained, wished, called or answered of late can be reached."""
    at = asked.facts.last_act_at
    if at is None or at <= moment - rules.look_back:
        return None
    return Refused(
        rule_id=rules.failed_calls.id,
        reason=f"the borrower was heard of on {asked.day(at)}",
        retry_at=at + rules.look_back,
    )


def _may_be_tried(phone: Phone) -> bool:
    return phone.usable and not phone.blocked


def _is_unwanted(asked: Question, phone: Phone) -> bool:
    """Whether it is their wish, and no fault of the number, that it is not used."""
    return (phone.usable and phone.blocked) or phone.phone_id in asked.facts.refused_phone_ids


def _unreachable_since(
    rules: ThirdPartyPolicy, asked: Question, own: list[Phone], moment: datetime
) -> date | None:
    """The day on which the last of their numbers had failed; None while one has not.

    A dead number shows it at once; of each other one enough calls must have failed.
    """
    if not own:
        return None
    today = asked.day(moment)
    shown = [asked.day(moment - timedelta(days=1))]
    for phone in filter(_may_be_tried, own):
        days = [asked.day(at) for at in _failed_calls(asked, phone, moment - rules.look_back)]
        failed_on = (*_day_by_calls(rules, days, today), *_day_by_days(rules, days, today))
        if not failed_on:
            return None
        shown.append(min(failed_on))
    return max(shown)


def _failed_calls(asked: Question, phone: Phone, since: datetime) -> list[datetime]:
    """The latest calls to a number, as long as all of them failed."""
    calls = sorted(
        (
            call
            for call in asked.facts.attempts
            if call.channel is Channel.CALL and call.phone_id == phone.phone_id
        ),
        key=lambda call: call.at,
        reverse=True,
    )
    failed = takewhile(lambda call: call.fate is Fate.UNANSWERED and call.at > since, calls)
    return [call.at for call in failed][::-1]


def _day_by_calls(rules: ThirdPartyPolicy, days: list[date], today: date) -> list[date]:
    """The day of the call that made enough failed ones in a row, if there was one."""
    enough = rules.failed_calls.value
    return days[enough - 1 : enough] if rules.failed_calls.binds(today) else []


def _day_by_days(rules: ThirdPartyPolicy, days: list[date], today: date) -> list[date]:
    """The last of enough days in a row on each of which calls failed, if there was one."""
    if not rules.failed_days.binds(today):
        return []
    before = [timedelta(days=back) for back in range(rules.failed_days.value)]
    return [day for day in days if all(day - back in days for back in before)][:1]
