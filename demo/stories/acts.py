"""What people in the demo can do: the vocabulary in which habits are written. Pure data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum, auto
from typing import TypeVar

from domain.case.facts import Outcome

Choice = TypeVar("Choice")


class Act(StrEnum):
    """Something a borrower, or a system about them, does unasked on a day."""

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
    REPLY = auto()  # to a message; what is no word is read by somebody, who hears a dispute in it
    CALL = auto()  # the hotline, and say who they are
    FRIEND_REFUSES = auto()  # their contact person calls the hotline: no more of this
    APPLY = auto()  # a collector applies for a visit without being asked
    CLOSE = auto()  # another system ends the case
    REPEAT = auto()  # the last event once more, with the same id
    NOISE = auto()  # events that are no events


@dataclass(frozen=True)
class Move:
    """An act on a day. `share`, `days`, `text` and `upheld` say more about some acts."""

    day: int
    act: Act
    share: float = 1.0
    days: int | None = None
    text: str = ""
    upheld: bool = True  # what becomes of a complaint


class Answer(StrEnum):
    """How an approver or a signer answers."""

    YES = auto()
    NO = auto()
    SILENCE = auto()
    WRONG_THEN_YES = auto()  # first in a way that has to be refused
    SENIOR = auto()  # only the second level answers, with yes
    TAKEN_BACK = auto()  # yes, and withdrawn while the appointment stands


class AtProposal(StrEnum):
    """What a borrower does who reads that an appointment is proposed."""

    CONFIRMS = auto()
    DECLINES = auto()
    IGNORES = auto()
    WITHDRAWS = auto()  # their application
    PAYS_PART = auto()  # so much that another debt is left than was approved
    COMPLAINS = auto()  # about the crew


class AtTheDoor(StrEnum):
    """How a visit goes."""

    AGREED = auto()
    REFUSED = auto()
    NOT_PRESENT = auto()
    UNSAFE = auto()
    NO_IDENTITY = auto()  # nobody can show who they are
    CARD_FOUND_LATER = auto()  # identity at the second try
    COLLEAGUE_LATE = auto()  # one of the crew is missing at first
    NO_CONSENT = auto()  # to enter: all is said at the door
    OUT_OF_REACH = auto()  # of the network: the report arrives hours later
    PAYS_BEFORE = auto()  # while the crew is on the road
    PAYS_MEANWHILE = auto()  # once the crew has checked in


class AfterFirstPart(StrEnum):
    """What a borrower does once the first part of their plan is paid."""

    KEEPS_PLAN = auto()
    SETTLES = auto()  # asks what completes the plan today, and pays it
    RENEGOTIATES = auto()  # asks for other dates for the rest


@dataclass(frozen=True)
class Visits:
    """What comes of visits: for each time it is asked; the last answer also counts for later."""

    applicant: str = "collector"  # or "borrower", or "nobody"
    approvals: tuple[Answer, ...] = (Answer.YES,)
    appointments: tuple[AtProposal, ...] = (AtProposal.CONFIRMS,)
    collector_ill: int = 0  # the first so many appointments are withdrawn by the roster
    asks_hotline: bool = False  # whether who rings is ours
    doors: tuple[AtTheDoor, ...] = (AtTheDoor.AGREED,)
    waivers: tuple[float, ...] = (0.0,)  # share of the arrears, for each plan
    waiver_approvals: tuple[Answer, ...] = (Answer.YES,)
    signings: tuple[Answer, ...] = (Answer.YES,)
    parts: int = 2
    parts_paid: int = 99
    after_first_part: AfterFirstPart = AfterFirstPart.KEEPS_PLAN


@dataclass(frozen=True)
class Habit:
    """One borrower's story and the end it should come to."""

    name: str
    end: Outcome
    moves: tuple[Move, ...] = ()
    visits: Visits = field(default_factory=lambda: Visits(applicant="nobody"))
    call_outcome: str = "connected"
    has_contact_person: bool = False
    penalty_rate_percent: str | None = None  # of the contract
    legal_desk: Outcome | None = None  # what the legal desk decides otherwise


def nth(choices: Sequence[Choice], number: int) -> Choice:
    """The choice for the number-th time, counted from 1; the last one also counts for later."""
    return choices[min(number, len(choices)) - 1]


def pay(day: int, share: float = 1.0) -> Move:
    return Move(day, Act.PAY, share=share)


def close(day: int, outcome: Outcome) -> Move:
    return Move(day, Act.CLOSE, text=outcome)
