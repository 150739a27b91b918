"""How often: counters over past contacts, by borrower, by number or by debt."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from domain.contact.facts import PastAttempt, Phone
from domain.contact.question import Allowed, Decision, Question, Refused, earliest, latest
from domain.policy.contact import EVER_DAYS, Counted, Counter, Scope, Window
from domain.policy.rule import Rule


def choose_phone(asked: Question, phones: list[Phone], moment: datetime) -> Decision:
    """The first number that no counter of any policy in force holds back.

    When all are held back: the rule that holds back the one that is free first, until then.
    """
    refusals = []
    for phone in phones:
        refused = latest(_refusals(asked, phone, moment))
        if refused is None:
            return Allowed(phone_id=phone.phone_id)
        refusals.append(refused)
    first_to_end = earliest(refusals)
    if first_to_end is None:
        raise ValueError("no number to choose from")
    return first_to_end


def _refusals(asked: Question, phone: Phone, moment: datetime) -> Iterator[Refused]:
    today = asked.day(moment)
    for contact in asked.in_force(today):
        for rule in contact.counters.values():
            if rule.binds(today) and rule.value.concerns(asked.channel, asked.purpose):
                refused = _refused_by(rule, asked, phone, moment)
                if refused is not None:
                    yield refused


def _refused_by(
    rule: Rule[Counter], asked: Question, phone: Phone, moment: datetime
) -> Refused | None:
    counter = rule.value
    gone_by = _gone_by(counter.window, asked, moment)
    counted = [at for at in _counted(counter, asked, phone) if at > gone_by]
    if len(counted) < counter.limit:
        return None
    # It is free again when so many of them have left that fewer than the limit are there.
    surplus = len(counted) - counter.limit
    leave_at = sorted(_leaves_at(at, counter.window, asked) for at in counted)
    return Refused(
        rule_id=rule.id,
        reason=_says(counter, len(counted)),
        retry_at=leave_at[surplus] if counter.limit else None,
    )


def _counted(counter: Counter, asked: Question, phone: Phone) -> Iterator[datetime]:
    """When what a counter counts took place: our contacts, and conversations that they began."""
    for attempt in asked.facts.attempts:
        if _is_counted(attempt, counter, asked, phone):
            yield attempt.at
    for conversation in asked.facts.conversations if counter.inbound else ():
        if counter.scope is not Scope.LOAN or conversation.loan_id == asked.facts.loan_id:
            yield conversation.at


def _is_counted(attempt: PastAttempt, counter: Counter, asked: Question, phone: Phone) -> bool:
    return (
        counter.concerns(attempt.channel, attempt.purpose)
        and attempt.counts_as(counter.counted)
        and (counter.scope is not Scope.PHONE or _is_to(phone, attempt, asked))
        and (counter.scope is not Scope.LOAN or attempt.loan_id == asked.facts.loan_id)
    )


def _is_to(phone: Phone, attempt: PastAttempt, asked: Question) -> bool:
    """A number is one number, whichever of its entries was called."""
    entry = attempt.phone_id
    return asked.facts.other_entries.get(entry, entry) == phone.phone_id


def _gone_by(window: Window, asked: Question, moment: datetime) -> datetime:
    """The last instant of which a contact counts no more."""
    if window.calendar_days is None:
        return moment - window.rolling
    first_day = asked.day(moment) - timedelta(days=window.calendar_days - 1)
    return asked.begins(first_day) - timedelta.resolution


def _leaves_at(at: datetime, window: Window, asked: Question) -> datetime:
    """The first instant at which a contact no longer counts."""
    if window.calendar_days is None:
        return at.astimezone(UTC) + window.rolling  # not by the clock on the borrower's wall
    return asked.begins(asked.day(at) + timedelta(days=window.calendar_days))


def _says(counter: Counter, count: int) -> str:
    noun = {"sms": "messages", "call": "calls", None: "contacts"}[counter.channel]
    kind = "" if counter.counted is Counted.ATTEMPTS else f"{counter.counted} "
    key = {
        Scope.BORROWER: "",
        Scope.PHONE: " to each number",
        Scope.LOAN: " about this loan",
    }[counter.scope]
    return f"{count} {kind}{noun}{key} {_period(counter.window)}, {counter.limit} allowed"


def _period(window: Window) -> str:
    if window.calendar_days == 1:
        return "today"
    if window.calendar_days == EVER_DAYS:
        return "ever"
    if window.calendar_days is not None:
        return f"in {window.calendar_days} calendar days"
    if window.rolling_days is not None:
        return f"in {window.rolling_days} days"
    return f"in {window.rolling_hours} hours"
