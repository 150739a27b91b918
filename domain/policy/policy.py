"""The policy: the numbers of the process that a lender decides, each with its source and its force.

A policy file is data. It is validated into these models, hashed and stored; a case pins the
version it started with. Days are calendar days, hours are local to the borrower, shares of
money are basis points (1 % = 100).

Numbers that no lender would decide stay in the code, and say beside them what they are: how law and
contracts count, what a machine can bear, what keeps a wait from lasting for ever.

A rule that is added is a `later_rule`: policies that were stored before it still load, and go on by
the number that its property names.
"""

from datetime import date, timedelta
from typing import Annotated, Self
from weakref import WeakValueDictionary

from pydantic import Field, TypeAdapter, model_validator

from domain.messages.texts import LANGUAGES, Language, Texts
from domain.policy.channels import Channels
from domain.policy.contact import ContactPolicy
from domain.policy.kept import NotKept
from domain.policy.rule import (
    BasisPoints,
    Count,
    Days,
    Hours,
    InEffect,
    Kept,
    NoticeDays,
    PolicyModel,
    Rule,
    id_or,
    later_list,
    later_rule,
    value_or,
)
from domain.policy.visit import VisitPolicy

_TEXTS = TypeAdapter[Texts](Texts)
ReminderDays = Annotated[tuple[Annotated[int, Field(ge=-60, le=60)], ...], Field(max_length=5)]


RetentionYears = Annotated[int, Field(ge=1, le=30)]


class PromisePolicy(PolicyModel):
    """What counts as a promise to pay."""

    longest_days: Rule[Days]
    grace_days: Rule[Days]


class PlanPolicy(PolicyModel):
    """What a repayment plan may look like, and who may grant what."""

    longest_months: Rule[Annotated[int, Field(ge=1, le=60)]]
    first_due_days: Rule[Days]
    waiver_limit: Rule[BasisPoints]
    crew_waiver_limit: Rule[BasisPoints]
    # What policies of before did not have: no such limit, and no penalty.
    approver_waiver_limit: Rule[BasisPoints] | None = None
    first_payment_share: Rule[BasisPoints] | None = None
    rate_cap: Rule[BasisPoints] | None = None
    affordable_share: Rule[BasisPoints]
    approval_days: Rule[Days]
    negotiation_rounds: Rule[Count]
    signing_hours: Rule[Hours]
    reminder_days: Rule[Days]
    grace_days: Rule[Days]
    broken_plans: Rule[Count]
    # None where no such rule is known: an agreement then names no day.
    limitation_years: Rule[Annotated[int, Field(ge=1, le=20)]] | None = None
    # Counted from the due date of the first part; negative ones lie before it.
    guided_reminder_days: Rule[ReminderDays] | None = None
    renegotiations: Rule[Count] | None = None
    broken_notice_days: Rule[NoticeDays] | None = later_rule()
    paused_while_honoured: Kept | None = later_rule()
    costs_confirmed: Kept | None = later_rule()

    @property
    def pause_rule(self) -> str:
        """The id of the rule by which nothing is collected while a plan is honoured."""
        return id_or(self.paused_while_honoured, "LC-PLAN-PAUSE")

    @property
    def costs_rule(self) -> str:
        """The id of the rule by which a borrower confirms the costs before they sign."""
        return id_or(self.costs_confirmed, "LC-PLAN-COSTS")

    @property
    def broken_notice(self) -> timedelta:
        """How long a borrower may be told that a plan has ended."""
        return timedelta(days=value_or(self.broken_notice_days, 2))

    @model_validator(mode="after")
    def _helps_before_a_part_is_missed(self) -> Self:
        days = () if self.guided_reminder_days is None else self.guided_reminder_days.value
        if days and max(days) > self.grace_days.value:
            raise ValueError("guided_reminder_days must not go beyond grace_days")
        return self

    @model_validator(mode="after")
    def _authority_grows_with_the_level(self) -> Self:
        approver = self.approver_waiver_limit or self.waiver_limit
        if not self.crew_waiver_limit.value <= approver.value <= self.waiver_limit.value:
            raise ValueError(
                "crew_waiver_limit, approver_waiver_limit and waiver_limit must not fall"
            )
        return self


class AftercarePolicy(PolicyModel):
    """Complaints, holds, the end of a case and the way to the legal desk."""

    complaint_answer_days: Rule[Days]
    complaint_complex_days: Rule[Days]
    complaint_special_days: Rule[Days]
    complaint_reminder_days: Rule[Days]
    complaint_overdue_days: Rule[Annotated[int, Field(ge=1, le=3650)]]
    legal_review_days: Rule[Days]
    # For 30 days after a hold the audit forgives what it put off: a case must have looked by then.
    hold_look_days: Rule[Annotated[int, Field(ge=1, le=14)]] | None = later_rule()
    closing_notice_days: Rule[NoticeDays] | None = later_rule()
    complaint_handler: Kept | None = later_rule()
    # How long after the end of a borrower's last case personal data are kept: what was said and
    # written; documents; names, numbers and addresses. None: for ever.
    contact_retention_years: Rule[RetentionYears] | None = later_rule()
    agreement_retention_years: Rule[RetentionYears] | None = later_rule()
    person_retention_years: Rule[RetentionYears] | None = later_rule()

    @property
    def hold_look(self) -> timedelta:
        """How often a case on hold looks whether it still is."""
        return timedelta(days=value_or(self.hold_look_days, 7))

    @property
    def closing_notice(self) -> timedelta:
        """How long a borrower may be told that a case has ended."""
        return timedelta(days=value_or(self.closing_notice_days, 3))

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if self.complaint_complex_days.value < self.complaint_answer_days.value:
            raise ValueError("complaint_complex_days must not be below complaint_answer_days")
        return self


class Policy(InEffect):
    """One version of one profile.

    Days of effect say when it binds as the current policy; a case that is pinned to it keeps it.
    """

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{2,60}$")
    profile: str = Field(pattern=r"^[a-z]{2}(-[a-z0-9-]+)?$")
    effective_from: date
    time_zone: str
    language: Language
    channels: Channels
    contact: ContactPolicy
    promise: PromisePolicy
    visit: VisitPolicy
    plan: PlanPolicy
    aftercare: AftercarePolicy
    # What the rules of this profile ask for and the software does not do, each with the reason.
    not_kept_here: tuple[NotKept, ...] = later_list()
    # What borrowers read and hear. Kept beside the numbers and never written with them: a policy
    # travels to each case, its texts do not. None in one that has travelled, and in one that names
    # none: it goes by those that were shipped while texts were no part of a policy.
    texts: Texts | None = Field(default=None, exclude=True)

    def texts_json(self) -> str | None:
        """The texts as they are kept; None in a policy without."""
        if self.texts is None:
            return None
        ordered = {each: self.texts[each] for each in LANGUAGES if each in self.texts}
        return _TEXTS.dump_json(ordered).decode()

    def with_texts(self, texts: str) -> Self:
        """The same policy with texts as they are kept."""
        return self.model_copy(update={"texts": _TEXTS.validate_json(texts)})

    @property
    def days_of_effect(self) -> str:
        """The first day, and the last if there is one, in words."""
        until = f" until {self.effective_until}" if self.effective_until else ""
        return f"{self.effective_from}{until}"

    @property
    def clock_tolerance(self) -> timedelta:
        """How far the clock of whoever sends an event may be ahead of ours.

        Written with the visits, whose devices it was first said of; it is one for all events.
        """
        return self.visit.clock_tolerance

    @model_validator(mode="after")
    def _numbers_of_the_process_are_needed(self) -> Self:
        sections = (self.promise, self.visit, self.plan, self.aftercare)
        rules = [(name, rule) for section in sections for name, rule in section if rule is not None]
        for name, rule in [*rules, *self.contact.needed()]:
            if not rule.enabled or rule.effective_from or rule.effective_until:
                raise ValueError(f"{name} cannot be disabled or lapse: the process needs it")
        return self


_in_memory: WeakValueDictionary[str, Policy] = WeakValueDictionary()


def interned(policy: Policy) -> Policy:
    """An equal policy that is in memory already, or this one: many cases are pinned to one."""
    known = _in_memory.setdefault(policy.version, policy)
    return known if known == policy else policy
