"""What people in the demo can do: the vocabulary in which habits are written. Pure data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import TypeVar

from domain.debt import Outcome

Choice = TypeVar("Choice")


class Act(StrEnum):
    """Something a borrower, or a system about him, does by himself on a day."""

    PAY = auto()  # a share of the arrears
    PAY_OFF = auto()  # the whole loan
    REVERSE = auto()  # the bank takes the last payment back
    PROMISE = auto()  # to pay the arrears within some days
    COMPLAIN = auto()
    HOLD = auto()  # for some days, or until released
    RELEASE = auto()
    BLOCK_CALLS = auto()
    BLOCK_PHONE = auto()
    AFTERNOONS_ONLY = auto()
    APPLY = auto()  # a collector applies for a visit without being asked
    CLOSE = auto()  # another system ends the case
    REPEAT = auto()  # the last event once more, with the same id
    NOISE = auto()  # events that are no events


@dataclass(frozen=True)
class Move:
    """An act on a day. `share`, `days` and `text` say more about some acts."""

    day: int
    act: Act
    share: float = 1.0
    days: int | None = None
    text: str = ""


class Answer(StrEnum):
    """How an approver, a borrower or a signer answers."""

    YES = auto()
    NO = auto()
    SILENCE = auto()
    WRONG_THEN_YES = auto()  # first in a way that has to be refused


class AtTheDoor(StrEnum):
    """How a visit goes."""

    AGREED = auto()
    REFUSED = auto()
    NOT_PRESENT = auto()
    UNSAFE = auto()
    NO_IDENTITY = auto()  # nobody can show who he is
    PAYS_BEFORE = auto()  # while the crew is on the road
    PAYS_MEANWHILE = auto()  # once the crew has checked in


@dataclass(frozen=True)
class Visits:
    """What comes of visits: for each time it is asked; the last answer also counts for later."""

    applicant: str = "collector"  # or "borrower", or "nobody"
    approvals: tuple[Answer, ...] = (Answer.YES,)
    appointments: tuple[Answer, ...] = (Answer.YES,)
    doors: tuple[AtTheDoor, ...] = (AtTheDoor.AGREED,)
    waivers: tuple[float, ...] = (0.0,)  # share of the arrears, for each plan
    waiver_approvals: tuple[Answer, ...] = (Answer.YES,)
    signings: tuple[Answer, ...] = (Answer.YES,)
    parts: int = 2
    parts_paid: int = 99


@dataclass(frozen=True)
class Habit:
    """One borrower's story and the end it should come to."""

    name: str
    end: Outcome
    moves: tuple[Move, ...] = ()
    visits: Visits = field(default_factory=lambda: Visits(applicant="nobody"))
    call_outcome: str = "connected"
    legal_desk: Outcome | None = None  # what the legal desk decides otherwise


def nth(choices: Sequence[Choice], number: int) -> Choice:
    """The choice for the number-th time, counted from 1; the last one also counts for later."""
    return choices[min(number, len(choices)) - 1]


def pay(day: int, share: float = 1.0) -> Move:
    return Move(day, Act.PAY, share=share)


def close(day: int, outcome: Outcome) -> Move:
    return Move(day, Act.CLOSE, text=outcome)
