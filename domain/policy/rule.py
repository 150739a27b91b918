"""A rule of a policy: one value with its source, its force, and when it is in effect."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StrictBool, model_validator

Value = TypeVar("Value")
RULE_ID = r"^[A-Z]{2,4}-[A-Z0-9-]+$"
WHOLE = 10_000  # basis points
# The largest numbers are far beyond what anybody means: whoever writes one has mistyped it.
Count = Annotated[int, Field(ge=0, le=1000)]
Days = Annotated[int, Field(ge=0, le=3650)]
Hours = Annotated[int, Field(ge=0, le=24 * 366)]
BasisPoints = Annotated[int, Field(ge=0, le=WHOLE)]
# How long something may be said or tried: in no time it never would be.
NoticeDays = Annotated[int, Field(ge=1, le=60)]


class PolicyModel(BaseModel):
    """What policies are made of: never changed, and no field too many."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Force(StrEnum):
    """What binds us to a rule."""

    LAW = "law"
    STANDARD = "standard"  # recommended national standard
    SELF = "self"  # industry self-regulation
    BANK = "bank"  # our own choice, no outside rule found


class Verified(StrEnum):
    """How the number was checked."""

    TEXT = "text"  # the rule's own text was read
    TRANSLATION = "translation"  # text on a site that reproduces or translates it
    REPORT = "report"  # the number read in a press report
    MEMORY = "memory"  # nobody has looked it up: never shipped as anybody's rule
    OWN = "own"  # nothing to verify: our own choice


class InEffect(PolicyModel):
    """Something that binds from a day to a day, on the borrower's calendar, both included."""

    effective_from: date | None = None
    effective_until: date | None = None

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        first, last = self.effective_from, self.effective_until
        if first is not None and last is not None and first > last:
            raise ValueError("effective_from must not come after effective_until")
        return self

    def is_in_effect(self, day: date) -> bool:
        """Whether a day lies between the first and the last one."""
        first, last = self.effective_from, self.effective_until
        return (first is None or first <= day) and (last is None or day <= last)


class Rule(InEffect, Generic[Value]):
    """One value with where it comes from."""

    id: str = Field(pattern=RULE_ID)
    value: Value
    text: str
    source: str
    article: str | None = None
    force: Force
    verified: Verified
    enabled: StrictBool = True
    reason: str | None = None  # why it is disabled, or who should look it up

    @model_validator(mode="after")
    def _own_choices_say_so(self) -> Self:
        own = (Verified.OWN, Verified.MEMORY)
        if self.verified is Verified.OWN and self.force is not Force.BANK:
            raise ValueError("verified 'own' needs force 'bank': an own choice says so")
        if self.force is Force.BANK and self.verified not in own:
            raise ValueError("force 'bank' needs verified 'own': an own choice says so")
        return self

    @model_validator(mode="after")
    def _memory_binds_nobody(self) -> Self:
        from_memory = self.verified is Verified.MEMORY
        if from_memory and self.enabled and self.force is not Force.BANK:
            raise ValueError("a rule known from memory is 'enabled: false', or force 'bank'")
        if (from_memory or not self.enabled) and not self.reason:
            raise ValueError("a rule that is disabled or known from memory needs a reason")
        return self

    def binds(self, day: date) -> bool:
        """Whether the rule counts on a day of the borrower's calendar."""
        return self.enabled and self.is_in_effect(day)


def later_rule() -> Any:
    """The field of a rule that policies of before lack.

    Where there is none, nothing of it is written: such a policy keeps its fingerprint.
    """
    return Field(default=None, exclude_if=lambda rule: rule is None)


def later_list() -> Any:
    """The field of a list that policies of before lack; where it is empty, nothing is written."""
    return Field(default=(), exclude_if=lambda values: not values)


def value_or(rule: Rule[Value] | None, before: Value) -> Value:
    """The value of a later rule; of a policy that lacks it, the number by which all were worked."""
    return before if rule is None else rule.value


# A rule that the process keeps whatever a policy says: the policy gives its id, text and source.
Kept = Rule[Literal[True]]


def id_or(rule: Rule[Any] | None, before: str) -> str:
    """The id under which a later rule refuses; of a policy that lacks it, our own name for it."""
    return before if rule is None else rule.id


class RateLimit(PolicyModel):
    """So many, at most, within any so many minutes."""

    limit: int = Field(ge=1, le=10_000)
    minutes: int = Field(ge=1, le=60 * 24 * 31)
