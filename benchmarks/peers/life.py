"""The reduced life that every side lives, as data; no side's package is needed to read it.

A case waits for its windows and makes three contacts. Then a visit is offered, applied for,
approved, appointed, confirmed; the borrower is reminded, the crew departs, and with the crew on
the road the borrower pays: the crew is told not to go on, and one closing notice says that the debt
is paid and nobody comes. A business day lasts as long as PEERS_DAY says, in seconds.
"""

import math
import os
import zlib
from collections import Counter
from typing import NamedTuple

# What a worker of another side is told by its environment.
VARIABLES = {name: f"PEERS_{name}" for name in ("DAY", "PLANNED_HOURS", "PROVIDER", "GATE")}
DAY = float(os.environ.get(VARIABLES["DAY"], "5"))
HOUR = DAY / 24
# Of a day; contacts are begun in them, and permitted until the day ends.
PLANNED_HOURS = int(os.environ.get(VARIABLES["PLANNED_HOURS"], "20"))
OFFER_DAY = 4  # days after the case was opened
NOTICE_HOURS, REMINDER_HOURS, DEPARTURE_HOURS = 36, 12, 2  # before the visit
ANSWER_DAYS, REPORT_DAYS = 10, 2
CREW = 2


class Contact(NamedTuple):
    """One message or call: `step` names it within its case."""

    step: str
    channel: str
    template: str
    collects: bool = False  # and so is not made once the debt is paid


class Rung(NamedTuple):
    """A contact of the ladder, and on which day after the case was opened it is made."""

    day: int
    contact: Contact


LADDER = (
    Rung(1, Contact("ladder-1", "sms", "overdue_notice", collects=True)),
    Rung(2, Contact("ladder-2", "call", "overdue_call", collects=True)),
    Rung(3, Contact("ladder-3", "sms", "overdue_notice", collects=True)),
)
INVITATION = Contact("invitation", "sms", "visit_invitation", collects=True)
APPOINTMENT = Contact("appointment", "sms", "visit_appointment", collects=True)
REMINDER = Contact("reminder", "sms", "visit_reminder", collects=True)
CLOSING = Contact("closing", "sms", "paid_notice")
EXPECTED = Counter(
    each.template
    for each in (
        *(rung.contact for rung in LADDER),
        INVITATION,
        APPOINTMENT,
        REMINDER,
        CLOSING,
    )
)

# What a case waits for, as its visit's record says, and what is then heard from outside.
ANSWERS = {
    "offered": "requested",
    "requested": "approved",
    "proposed": "confirmed",
    "on_the_road": "paid",
}


def number_of(case_id: str) -> int:
    """Cases are `case-7` or `loan-7`."""
    return int(case_id.rpartition("-")[2])


def telephone(number: int) -> str:
    """The borrower's number, by which the provider's ledger tells cases apart."""
    return f"+86138{number:08d}"


def moment(opened_at: float, case_id: str, day: int) -> float:
    """The case's own moment of a day: spread over the planned hours, the same at each call."""
    midnight = (math.floor(opened_at / DAY) + day) * DAY
    return midnight + zlib.crc32(f"{case_id}:{day}".encode()) / 2**32 * PLANNED_HOURS * HOUR


def day_ends(at: float) -> float:
    """The end of the day of a moment: a contact is made before, or not at all."""
    return (math.floor(at / DAY) + 1) * DAY


def on_the_hour(at: float) -> float:
    """The next full hour: visits begin then."""
    return math.ceil(at / HOUR) * HOUR
