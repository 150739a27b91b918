"""When, how often and whom we may contact: the part of a policy that the gate asks."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from domain.local_time import HoursOfDay
from domain.messages.templates import LADDER, WITHOUT_DEBT_DETAILS, Template
from domain.policy.right_party import RightPartyPolicy
from domain.policy.rule import Count, PolicyModel, Rule, later_rule, value_or

# Contacts of so many days, of 24 hours each, are read under any policy, as the table of policies
# asks: to read more of them than a rule counts changes no answer.
LEAST_DAYS_READ = 8


class Channel(StrEnum):
    """A way to reach the borrower."""

    SMS = "sms"
    CALL = "call"


class Purpose(StrEnum):
    """Why we contact: what is allowed depends on it."""

    COLLECTION = "collection"
    VISIT = "visit"  # invitation, appointment, reminder
    REPAYMENT = "repayment"  # what an agreement asks for next
    CLOSING = "closing"  # the one notice at the end
    LOCATE = "locate"  # asks a contact person to pass on a word, without any debt detail


class LadderStep(PolicyModel):
    """One contact at a number of days past due."""

    days_past_due: Annotated[int, Field(ge=1, le=3650)]
    channel: Channel
    template: Template

    @model_validator(mode="after")
    def _says_what_a_step_may_say(self) -> Self:
        templates = LADDER[self.channel]
        if self.template not in templates:
            raise ValueError(
                f"template: a step by {self.channel} says one of {sorted(map(str, templates))}"
            )
        return self

    @property
    def purpose(self) -> Purpose:
        """A step asks the borrower to pay, or a contact person to pass on a word."""
        return Purpose.LOCATE if self.template in WITHOUT_DEBT_DETAILS else Purpose.COLLECTION

    @property
    def key(self) -> str:
        """Names the step within one delinquency, for intent keys."""
        return f"dpd-{self.days_past_due}-{self.channel}"


class Scope(StrEnum):
    """What contacts are counted for: a counter's key."""

    BORROWER = "borrower"  # all loans and agencies together
    PHONE = "phone"  # one number
    LOAN = "loan"  # one debt


class Counted(StrEnum):
    """Which contacts are counted; one that is not reported back yet counts as any of them."""

    ATTEMPTS = "attempts"
    CONNECTED = "connected"
    UNANSWERED = "unanswered"


class Window(PolicyModel):
    """How long a contact counts: so many local days (1: today), or so much time after it."""

    calendar_days: Annotated[int, Field(ge=1, le=366)] | None = None
    rolling_days: Annotated[int, Field(ge=1, le=366)] | None = None
    rolling_hours: Annotated[int, Field(ge=1, le=366 * 24)] | None = None

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if sum(length is not None for length in self.__dict__.values()) != 1:
            raise ValueError("needs one of calendar_days, rolling_days, rolling_hours")
        return self

    @property
    def rolling(self) -> timedelta:
        """The length of a rolling window; a rolling day is 24 hours."""
        return timedelta(days=self.rolling_days or 0, hours=self.rolling_hours or 0)

    @property
    def longest_days(self) -> int:
        """Whole days of 24 hours that cover the window, clock changes included."""
        return (self.calendar_days or 0) + self.rolling.days + 1


class Counter(PolicyModel):
    """No contact while `limit` contacts of the same key lie in the window.

    `purposes` says both which contacts are counted and which are held back; empty means all. A
    limit of 1 on connected calls reads: none until the window after the last one has passed.
    Conversations that the borrower began are counted only where it says so (`inbound`).
    """

    scope: Scope
    channel: Channel | None = None  # None: all channels together
    counted: Counted = Counted.ATTEMPTS
    purposes: tuple[Purpose, ...] = ()
    window: Window
    limit: Count
    inbound: StrictBool = Field(default=False, exclude_if=lambda given: not given)

    @model_validator(mode="after")
    def _only_calls_are_answered(self) -> Self:
        if self.counted is not Counted.ATTEMPTS and self.channel is not Channel.CALL:
            raise ValueError(f"counted: only calls can be {self.counted}; channel must be 'call'")
        if self.inbound and (self.counted is Counted.UNANSWERED or self.scope is Scope.PHONE):
            raise ValueError("inbound: a conversation is answered, and may come from any number")
        return self

    def concerns(self, channel: Channel, purpose: Purpose) -> bool:
        """Whether contacts of a channel and a purpose are counted, and held back."""
        return self.channel in (None, channel) and (not self.purposes or purpose in self.purposes)


class ThirdPartyPolicy(PolicyModel):
    """When a contact person may be asked to pass on a word. Never about the debt.

    A rule that is disabled permits nothing: without permission nobody but the borrower is asked.
    """

    permitted: Rule[StrictBool]
    failed_calls: Rule[Annotated[int, Field(ge=1, le=100)]]
    failed_days: Rule[Annotated[int, Field(ge=1, le=100)]]
    look_back_days: Rule[Annotated[int, Field(ge=2, le=366)]] | None = later_rule()

    @property
    def look_back(self) -> timedelta:
        """How far back a call may lie that shows the borrower cannot be reached."""
        return timedelta(days=value_or(self.look_back_days, 7))

    @model_validator(mode="after")
    def _looks_back_far_enough(self) -> Self:
        if self.failed_days.value >= self.look_back.days:
            raise ValueError("failed_days must be below look_back_days")
        return self


def _sorted(rules: dict[Any, Any]) -> dict[Any, Any]:
    return dict(sorted(rules.items()))  # jsonb forgets the order; the fingerprint must not


InOrder = AfterValidator(_sorted)


class ContactPolicy(PolicyModel):
    """When and how often a person may be contacted."""

    permitted_hours: Rule[HoursOfDay]
    permitted_hours_by_channel: Annotated[dict[Channel, Rule[HoursOfDay]], InOrder] = Field(
        default_factory=dict
    )
    planned_hours: Rule[HoursOfDay]
    counters: Annotated[dict[str, Rule[Counter]], InOrder]
    third_parties: ThirdPartyPolicy
    ladder: Rule[Annotated[tuple[LadderStep, ...], Field(min_length=1)]]
    right_party: RightPartyPolicy | None = later_rule()  # without it any number is told anything
    calls_recorded: Rule[StrictBool] | None = later_rule()

    def hours_of(self, channel: Channel, day: date) -> Rule[HoursOfDay]:
        """The permitted hours of a channel: its own on the days on which it has some."""
        own = self.permitted_hours_by_channel.get(channel)
        return self.permitted_hours if own is None or not own.binds(day) else own

    def rules(self) -> Iterator[Rule[Any]]:
        """The rules that the gate asks."""
        yield self.permitted_hours
        yield from self.permitted_hours_by_channel.values()
        yield from self.counters.values()
        yield from (rule for _, rule in self.third_parties if rule is not None)
        if self.right_party is not None:
            yield from (rule for _, rule in self.right_party)

    def needed(self) -> Iterator[tuple[str, Rule[Any]]]:
        """The rules that cannot be disabled, by name: the process goes by them."""
        yield "planned_hours", self.planned_hours
        yield "ladder", self.ladder
        if self.third_parties.look_back_days is not None:
            yield "look_back_days", self.third_parties.look_back_days

    @property
    def longest_days(self) -> int:
        """How many days back, of 24 hours each, the gate must know the contacts."""
        windows = [rule.value.window.longest_days for rule in self.counters.values()]
        return max(LEAST_DAYS_READ, self.third_parties.look_back.days + 1, *windows)

    @model_validator(mode="after")
    def _plans_within_what_is_permitted(self) -> Self:
        for rule in (self.permitted_hours, *self.permitted_hours_by_channel.values()):
            if not rule.value.contains(self.planned_hours.value):
                raise ValueError("planned_hours must lie within permitted_hours")
        steps = [(step.days_past_due, step.channel) for step in self.ladder.value]
        if steps != sorted(set(steps)):
            raise ValueError("ladder steps must be in order of days past due, none twice")
        return self
