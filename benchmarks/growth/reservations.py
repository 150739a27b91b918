"""Contacts reserved one after the other, as the gate does it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from benchmarks.means.databases import Database
from database.contact.contacts import Contacts
from database.contact.reservation import Reservation
from database.policy.pinned_policies import PinnedPolicies
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

_numbers = count()  # no intent comes twice


async def reserve_each(
    database: Database, cases: Iterator[tuple[str, datetime]], many: int
) -> float:
    """Reserve a message of so many cases, each at its moment; the processor's milliseconds of one.

    Of this process, which asks the rules, and of Postgres.

    Raises:
        TypeError: when the rules do not allow it.
    """
    contacts = Contacts(database.pool, PinnedPolicies(read_policy(CHINA_POLICY)))
    wanted = [
        (
            Intent(
                key=f"growth-{next(_numbers)}",
                case_id=case_id,
                channel=Channel.SMS,
                purpose=Purpose.COLLECTION,
                template="overdue_notice",
            ),
            at,
        )
        for _, (case_id, at) in zip(range(many), cases, strict=False)
    ]
    taken = database.processor_seconds()
    for intent, at in wanted:
        reservation = await contacts.reserve_contact(intent, at)
        if not isinstance(reservation, Reservation):
            raise TypeError(str(reservation))
    return (database.processor_seconds() - taken) / many * 1000
