"""May this person be contacted now, and if not, why and when again?

One pure rule, used twice: the workflow plans with it, and the send activity asks it again with
fresh facts at the moment of sending. Every refusal names the rule that refused.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from domain.calendar import is_within, next_within, opens
from domain.debt import Hold
from domain.events import AgreedHours
from domain.policy import Channel, HoursOfDay, Policy


class Purpose(StrEnum):
    """Why we contact: what is allowed depends on it."""

    COLLECTION = "collection"
    VISIT = "visit"  # invitation, appointment, reminder
    REPAYMENT = "repayment"  # what an agreement asks for next
    CLOSING = "closing"  # the one notice at the end


class Intent(BaseModel):
    """One contact that somebody wants to make; the same key is made at most once."""

    key: str  # from business state, never from a run or an activity
    case_id: str
    channel: Channel
    purpose: Purpose
    template: str


class Phone(BaseModel):
    """A number by its id, and what speaks against using it."""

    phone_id: str
    usable: bool
    blocked: bool
    unanswered_calls_today: int = 0


class ContactFacts(BaseModel):
    """What the database says about a borrower, across all loans, at the moment of sending."""

    time_zone: str
    case_open: bool
    arrears_minor: int
    holds: list[Hold] = []
    blocked_channels: list[str] = []
    agreed_hours: list[AgreedHours] = []
    promise_open: bool = False
    plan_honoured: bool = False
    messages_today: int = 0
    connected_calls_today: int = 0
    phones: list[Phone] = []


class Allowed(BaseModel):
    """Contact is allowed now, on this number."""

    phone_id: str


class Refused(BaseModel):
    """Contact is refused by a rule; `retry_at` is None when waiting does not help."""

    rule_id: str
    reason: str
    retry_at: datetime | None = None


Decision = Allowed | Refused


def may_contact(
    channel: Channel, purpose: Purpose, facts: ContactFacts, policies: list[Policy], now: datetime
) -> Decision:
    """The decision under several policies (the pinned and the current one): the strictest wins."""
    refusals: list[Refused] = []
    allowed: Allowed | None = None
    for policy in policies:
        decision = _decide(channel, purpose, facts, policy, now)
        if isinstance(decision, Refused):
            refusals.append(decision)
        else:
            allowed = decision
    if not refusals and allowed is not None:
        return allowed
    return max(refusals, key=lambda refused: _patience(refused, now))


def _patience(refused: Refused, now: datetime) -> timedelta:
    return timedelta.max if refused.retry_at is None else refused.retry_at - now


def _decide(
    channel: Channel, purpose: Purpose, facts: ContactFacts, policy: Policy, now: datetime
) -> Decision:
    """The first rule that refuses, from the weightiest on; or a number to use."""
    return (
        _refused_by_balance(purpose, facts)
        or _refused_by_hold(facts, now)
        or _refused_by_preference(channel, facts, now)
        or _refused_by_promise(purpose, facts)
        or _refused_by_hours(facts, policy, now)
        or _refused_by_counter(channel, purpose, facts, policy, now)
        or _choose_phone(channel, facts, policy, now)
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


def _refused_by_hold(facts: ContactFacts, now: datetime) -> Refused | None:
    held = [hold for hold in facts.holds if hold.is_in_force(now)]
    if not held:
        return None
    ends = [hold.until for hold in held if hold.until is not None]
    retry_at = max(ends) if len(ends) == len(held) else None
    reasons = ", ".join(sorted({hold.reason for hold in held}))
    return Refused(rule_id="LC-HOLD", reason=f"on hold: {reasons}", retry_at=retry_at)


def _refused_by_preference(channel: Channel, facts: ContactFacts, now: datetime) -> Refused | None:
    if channel in facts.blocked_channels:
        return Refused(rule_id="LC-PREFERENCE", reason=f"the borrower wants no {channel}")
    hours = [_hours(agreed) for agreed in facts.agreed_hours]
    if hours and not any(is_within(now, each, facts.time_zone) for each in hours):
        retry_at = min(next_within(now, each, facts.time_zone) for each in hours)
        return Refused(
            rule_id="LC-PREFERENCE",
            reason="outside the hours the borrower asked for",
            retry_at=retry_at,
        )
    return None


def _refused_by_promise(purpose: Purpose, facts: ContactFacts) -> Refused | None:
    if purpose is not Purpose.COLLECTION:
        return None
    if facts.promise_open:
        return Refused(rule_id="LC-PROMISE", reason="a promise to pay is open")
    if facts.plan_honoured:
        return Refused(rule_id="CN-17", reason="an agreed plan is being honoured")
    return None


def _refused_by_hours(facts: ContactFacts, policy: Policy, now: datetime) -> Refused | None:
    rule = policy.contact.permitted_hours
    if is_within(now, rule.value, facts.time_zone):
        return None
    return Refused(
        rule_id=rule.id,
        reason=f"outside {rule.value.start:%H:%M}–{rule.value.end:%H:%M} local time",
        retry_at=next_within(now, rule.value, facts.time_zone),
    )


def _refused_by_counter(
    channel: Channel, purpose: Purpose, facts: ContactFacts, policy: Policy, now: datetime
) -> Refused | None:
    if channel is Channel.SMS:
        rule, count, what = policy.contact.messages_per_day, facts.messages_today, "messages"
        if purpose is not Purpose.COLLECTION:
            return None
    else:
        rule, count = policy.contact.connected_calls_per_day, facts.connected_calls_today
        what = "connected calls"
    if count < rule.value:
        return None
    return Refused(
        rule_id=rule.id,
        reason=f"{count} {what} today, {rule.value} allowed",
        retry_at=_tomorrow(facts, policy, now),
    )


def _choose_phone(channel: Channel, facts: ContactFacts, policy: Policy, now: datetime) -> Decision:
    phones = [phone for phone in facts.phones if phone.usable and not phone.blocked]
    if not phones:
        return Refused(rule_id="LC-NO-PHONE", reason="no number may be used")
    if channel is Channel.SMS:
        return Allowed(phone_id=phones[0].phone_id)
    rule = policy.contact.unanswered_calls_per_number_per_day
    for phone in phones:
        if phone.unanswered_calls_today < rule.value:
            return Allowed(phone_id=phone.phone_id)
    return Refused(
        rule_id=rule.id,
        reason=f"{rule.value} unanswered calls to each number today",
        retry_at=_tomorrow(facts, policy, now),
    )


def _tomorrow(facts: ContactFacts, policy: Policy, now: datetime) -> datetime:
    today = now.astimezone(ZoneInfo(facts.time_zone)).date()
    return opens(today + timedelta(days=1), policy.contact.permitted_hours.value, facts.time_zone)


def _hours(agreed: AgreedHours) -> HoursOfDay:
    return HoursOfDay(start=agreed.start, end=agreed.end)
