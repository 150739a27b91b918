"""What a message may say of this loan, under these policies, on this day: its values, its facts."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.contact.recipient import Recipient, day_in_words, message_values
from domain.debt.statement import penalty_rate
from domain.messages.facts import Fact
from domain.policy.channels import Channels
from domain.policy.contact import ContactPolicy
from domain.policy.policy import Policy
from domain.policy.rule import Rule


class Said(NamedTuple):
    """What a text may be filled with, and which of its parts stand."""

    values: dict[str, str]
    facts: frozenset[Fact]


def may_be_said(
    recipient: Recipient,
    channels: Channels,
    policies: Sequence[Policy],
    now: datetime,
    slot_start: datetime | None = None,
    answer_by: datetime | None = None,
) -> Said:
    """Only what is so; `policies` are the pinned one first, and the current one last.

    What the loan costs follows from the pinned one; what the lender does today, such as reporting
    to a credit bureau, from the current one. What either asks to be said is said.
    """
    today = now.astimezone(ZoneInfo(recipient.facts.time_zone)).date()
    values = {
        **message_values(recipient, channels, now, slot_start, answer_by),
        **_of_the_loan(recipient, policies[0], today, answer_by),
        **_of_the_lender(recipient, policies, today),
    }
    found = {
        Fact.PENALTY: "penalty_rate" in values,
        Fact.SUPERVISOR: "supervisor_hotline" in values,
        Fact.NOT_ME: "not_me" in values,
        Fact.STOP: "stop" in values,
        Fact.COLLECTOR: bool(_asked(policies, today, lambda each: each.collector_disclosure)),
        Fact.PART_OVERDUE: recipient.part is not None and recipient.part.due_on < today,
        Fact.IN_GRACE: "grace_until" in values,
        Fact.WAIVER_LOST: recipient.loan.waiver_lost,
    }
    return Said(values, frozenset(fact for fact, is_so in found.items() if is_so))


def _of_the_loan(
    recipient: Recipient, pinned: Policy, today: date, answer_by: datetime | None
) -> dict[str, str]:
    """A rate where there is one, and until when a part that is late may still be paid.

    That is the last whole day before `answer_by`: the grace of the document, begun anew by a hold
    or a reversal, of which the policy knows nothing. Earlier releases planned without it.
    """
    values, cap = {}, pinned.plan.rate_cap
    rate = penalty_rate(
        recipient.loan.annual_rate_percent,
        recipient.loan.penalty_rate_percent,
        None if cap is None else cap.value,
    )
    if rate:
        values["penalty_rate"] = rate_in_words(rate)
    if recipient.part is not None:
        until = recipient.part.due_on + timedelta(days=pinned.plan.grace_days.value)
        if answer_by is not None:
            zone = ZoneInfo(recipient.facts.time_zone)
            until = answer_by.astimezone(zone).date() - timedelta(days=1)
        if recipient.part.due_on < today <= until:
            values["grace_until"] = day_in_words(until, recipient.language)
    return values


def rate_in_words(percent: Decimal) -> str:
    """Without the noughts that a column adds: `12.5` of `12.5000`."""
    return f"{percent.normalize():f}"


def _of_the_lender(recipient: Recipient, policies: Sequence[Policy], today: date) -> dict[str, str]:
    values = {
        "not_me": _asked(policies, today, lambda contact: contact.reply_not_me),
        "stop": _asked(policies, today, lambda contact: contact.reply_stop),
        "report_on": _report_on(recipient, policies[-1], today),
    }
    return {name: value for name, value in values.items() if value is not None}


def _report_on(recipient: Recipient, current: Policy, today: date) -> str | None:
    """The day from which the lender reports what is overdue; None where it is no day to come."""
    days = _asked([current], today, lambda contact: contact.credit_report_days)
    if days is None or recipient.overdue_since is None:
        return None
    report_on = recipient.overdue_since + timedelta(days=days)
    return day_in_words(report_on, recipient.language) if report_on > today else None


def _asked(
    policies: Sequence[Policy],
    today: date,
    rule_of: Callable[[ContactPolicy], Rule[Any] | None],
) -> Any:
    """The value of a rule that binds today, of the current policy or else of the pinned one."""
    for policy in reversed(policies):
        if (rule := rule_of(policy.contact)) is not None and rule.binds(today):
            return rule.value
    return None
