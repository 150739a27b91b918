"""Contacts reserved one after the other, as the gate does it."""

import time
from collections.abc import Iterator
from datetime import datetime
from itertools import count

from database.contact.contacts import Contacts, Reservation
from database.policy.pinned_policies import PinnedPolicies
from database.sql import Pool
from domain.contact.intent import Intent
from domain.policy.contact import Channel, Purpose
from policies.reader import read_policy
from runtime.settings import CHINA_POLICY

_numbers = count()  # no intent comes twice


async def reserve_each(pool: Pool, cases: Iterator[tuple[str, datetime]], many: int) -> float:
    """Reserve a message of so many cases, each at its moment; the milliseconds of one.

    Raises:
        TypeError: when the rules do not allow it.
    """
    contacts = Contacts(pool, PinnedPolicies(read_policy(CHINA_POLICY)))
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
    began_at = time.perf_counter()
    for intent, at in wanted:
        reservation = await contacts.reserve_contact(intent, at)
        if not isinstance(reservation, Reservation):
            raise TypeError(str(reservation))
    return (time.perf_counter() - began_at) / many * 1000
