"""What people do, as data: kinds of borrowers, each with its share of the book."""

from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from domain.mistakes import describe_mistakes
from policies.yaml12 import Yaml12Loader

SHIPPED = Path(__file__).with_name("behaviours.yaml")

Likelihood = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Days = tuple[Annotated[int, Field(ge=0, le=366)], Annotated[int, Field(ge=0, le=366)]]


class BehaviourError(ValueError):
    """A file of behaviours that cannot be used; the text says where and why."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="after")
    def _spans_go_forward(self) -> Self:
        for name, value in self:
            if isinstance(value, tuple) and len(value) == 2 and value[0] > value[1]:
                raise ValueError(f"{name}: {list(value)} ends before it begins")
        return self


class Unasked(_Model):
    """A payment of all arrears that no contact has brought about, once a delinquency."""

    likelihood: Likelihood
    days: Days  # after the loan became overdue


class Reactions(_Model):
    """What follows a contact that reached the borrower: one of these, or nothing."""

    pays: Likelihood = 0
    pays_part: Likelihood = 0
    promises: Likelihood = 0
    hardship: Likelihood = 0  # a hold
    disputes: Likelihood = 0  # a hold
    wants_no_calls: Likelihood = 0

    @cached_property
    def by_name(self) -> dict[str, float]:
        return {name: value for name, value in self if value}

    @model_validator(mode="after")
    def _are_one_thing(self) -> Self:
        total = sum(value for _, value in self)
        if total > 1 + 1e-9:
            raise ValueError(f"add up to {total:g}, more than 1")
        return self


class CallOutcomes(_Model):
    """How a call ends; what is left over is unanswered."""

    connected: Likelihood
    wrong_person: Likelihood = 0

    @model_validator(mode="after")
    def _are_one_thing(self) -> Self:
        if self.connected + self.wrong_person > 1 + 1e-9:
            raise ValueError("connected and wrong_person add up to more than 1")
        return self


class Visits(_Model):
    """What becomes of visits: of applications, approvals, appointments, at the door, afterwards."""

    applied_for: Likelihood  # by a collector, once a visit is possible
    approved: Likelihood
    confirms: Likelihood  # the appointment
    opens: Likelihood  # the door
    agrees: Likelihood  # on a plan
    signs: Likelihood
    instalments: Annotated[int, Field(ge=1, le=60)]
    keeps_part: Likelihood  # of a plan, each


class Kind(_Model):
    """One kind of borrower."""

    share: Annotated[float, Field(gt=0, le=1)]
    misses_instalment: Likelihood
    pays_unasked: Unasked
    number_confirmed: Likelihood = 1
    contact_person: Likelihood = 0
    calls: CallOutcomes
    after_message: Reactions
    after_call: Reactions
    pays_within_days: Days = (0, 5)
    part_percent: tuple[Annotated[int, Field(ge=1, le=99)], Annotated[int, Field(ge=1, le=99)]] = (
        20,
        60,
    )
    promise_days: Days = (2, 10)
    keeps_promise: Likelihood = 0.5
    hold_days: Days = (15, 40)
    visits: Visits


class Behaviours(_Model):
    """Every kind of borrower, by name. The shares add up to 1."""

    about: str = ""
    borrowers: Annotated[dict[str, Kind], Field(min_length=1)]

    @model_validator(mode="after")
    def _share_everybody(self) -> Self:
        total = sum(kind.share for kind in self.borrowers.values())
        if abs(total - 1) > 1e-6:
            raise ValueError(f"borrowers: the shares add up to {total:g}, not to 1")
        return self

    @cached_property
    def shares(self) -> dict[str, float]:
        return {name: kind.share for name, kind in self.borrowers.items()}

    def kind_of(self, drawn: float) -> Kind:
        """The kind that a number from 0 to 1 falls into."""
        for kind in self.borrowers.values():
            if drawn < kind.share:
                return kind
            drawn -= kind.share
        return next(reversed(self.borrowers.values()))


def read_behaviours(path: Path = SHIPPED) -> Behaviours:
    """The behaviours in a YAML file.

    Raises:
        BehaviourError: naming the file, and every field that is wrong, with the reason.
    """
    try:
        # A safe loader: it makes plain values only.
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=Yaml12Loader)  # noqa: S506
        return Behaviours.model_validate(content)
    except OSError as error:
        raise BehaviourError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BehaviourError(f"{path}: not YAML: {error}") from error
    except ValidationError as error:
        wrong = describe_mistakes(error.errors())
        raise BehaviourError(f"{path}: {wrong}") from error
