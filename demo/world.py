"""The world around the service: its own process, which sees what such parties see and no more.

Borrowers read messages and act; the ledger, the desks, the crews and the e-sign platform come in by
the front door and are told the news, each with secrets of its own. The telephone (call platform,
call centre, hotline) speaks by plain signals.

    python -m demo.world ADMISSION    the file that `demo.admission` has made
"""

import asyncio
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import asyncpg
import httpx2

from commands.command_line import run_command
from database.sql import Pool, open_pool
from demo.actors.approvers import Approvers
from demo.actors.borrowers import Borrower
from demo.actors.complaint_desk import ComplaintDesk
from demo.actors.crews import Crews
from demo.actors.desks import Colleagues, Desks
from demo.actors.e_sign import ESign
from demo.actors.roster import Roster
from demo.admission import Admission
from demo.stories.habits import assign
from demo.stories.person import Person
from demo.systems.door_client import DoorClient
from demo.systems.feed import subject, watch
from demo.systems.ledger import Ledger
from demo.systems.news_receiver import NewsReceiver, Take, listening
from demo.systems.post import Post
from demo.systems.signals import Signals
from domain.messages.templates import Template
from embedded.processes import LOOPBACK
from runtime.logs import configure_logging
from runtime.settings import load_settings
from temporal.client import connect_temporal

# The loans that are overdue on the first day, and how their people are reached.
_OVERDUE = """
    SELECT l.loan_id, l.borrower_id, p.phone_id, p.number, a.address_id,
           coalesce(l.annual_income_minor, 0) / 12 AS monthly_income_minor,
           $1::date - d.oldest_unpaid_due_on AS days_past_due
    FROM loans l CROSS JOIN LATERAL loan_debt(l, $1::date) d
    JOIN phones p USING (borrower_id) JOIN addresses a USING (borrower_id)
    WHERE l.status = 'active' AND d.arrears_minor > 0 AND p.relation = 'self'
"""

DOOR_ANSWERS_WITHIN_SECONDS = 15
_AT_ONCE = httpx2.Limits(max_connections=200, keepalive_expiry=2)
_CASES_TAKEN_UP = "SELECT count(*) FROM collection_cases WHERE started_at IS NOT NULL"


async def find_people(pool: Pool, first_day: datetime, copies: int = 1) -> list[Person]:
    """The borrowers who are overdue on the first day, each with their habit.

    `copies`: how many there are of each in the book.
    """
    rows = await pool.fetch(_OVERDUE, Ledger.local(first_day).date())
    habits = assign([(row["loan_id"], row["days_past_due"]) for row in rows], copies)
    return [
        Person(
            **{name: value for name, value in row.items() if name != "days_past_due"},
            habit=habits[row["loan_id"]],
        )
        for row in rows
    ]


class World:
    """Everybody, on one clock."""

    def __init__(self, pool: Pool, post: Post, people: list[Person], first_day: datetime) -> None:
        self._pool = pool
        self._post = post
        self._first_day = first_day
        self._ledger = Ledger(pool, post)
        self._people = {person.loan_id: person for person in people}
        self._by_number = {person.number: person for person in people}
        self._borrowers = {
            person.loan_id: Borrower(person, pool, post, self._ledger) for person in people
        }
        self._by_contact_number = {person.contact_number: person for person in people}
        self._tasks = asyncio.TaskGroup()
        spawn = self._tasks.create_task
        crews = Crews(self._borrowers, post, self._ledger, spawn)
        roster = Roster(pool, crews, post)
        colleagues = Colleagues(
            approvers=Approvers(post),
            complaint_desk=ComplaintDesk(roster, post),
            crews=crews,
            roster=roster,
            e_sign=ESign(self._borrowers, post),
        )
        self._desks = Desks(self._people, self._borrowers, colleagues, post, spawn)

    @property
    def take(self) -> Mapping[str, Take]:
        """What takes the news of each system that is told any; while the world turns."""
        return self._desks.take

    async def turn(self) -> None:
        """Live until ended."""
        async with self._tasks as tasks:
            for person in self._people.values():
                await self._ledger.write_contract(person)
            first_day = self._ledger.local(self._first_day).date()
            tasks.create_task(self._ledger.run_standing_orders(first_day))
            tasks.create_task(self._follow_habits())
            await watch(self._pool, self._read_message)

    async def _follow_habits(self) -> None:
        """Once the scan has found every loan: who paid before that would have no case."""
        while await self._pool.fetchval(_CASES_TAKEN_UP) < len(self._people):
            await self._post.wait(hours=6)
        for borrower in self._borrowers.values():
            self._tasks.create_task(borrower.follow_habit(self._first_day))

    async def _read_message(self, message: asyncpg.Record) -> None:
        number, key = message["number"], message["key"]
        if contact_of := self._by_contact_number.get(number):
            self._tasks.create_task(self._desks.report_call_to_contact_person(contact_of, key))
            return
        person = self._by_number.get(number)
        if person is None:
            return
        if message["channel"] == "call":
            self._tasks.create_task(self._desks.report_call(person, key))
            return
        host = self._borrowers[person.loan_id].host
        match subject(message["text"]):
            case Template.VISIT_INVITATION:
                self._tasks.create_task(host.read_invitation())
            case Template.VISIT_APPOINTMENT:
                host.read_appointment(message["text"])


def _send_again_when_asked(signals: Signals) -> None:
    """Who has lost what was sent a moment ago asks for it; here by SIGUSR1."""
    sending: set[asyncio.Task[None]] = set()

    def begin() -> None:
        sending.add(asyncio.ensure_future(signals.send_lately_again()))

    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, begin)


async def _live(admission: Admission) -> int:
    settings = load_settings()
    configure_logging(settings.log_format)
    clock = settings.business_clock
    if clock.origin is None:
        sys.exit("BUSINESS_CLOCK is wrong: the demo's world needs an accelerated clock")
    client = await connect_temporal()
    pool = await open_pool(settings.database_url, size=4)
    people = await find_people(pool, clock.origin)
    signals = Signals(client, pool)
    _send_again_when_asked(signals)
    async with httpx2.AsyncClient(
        base_url=admission.door, timeout=DOOR_ANSWERS_WITHIN_SECONDS, limits=_AT_ONCE
    ) as http:
        doors = {name: DoorClient(http, name, key) for name, key in admission.secrets.items()}
        world = World(pool, Post(clock, doors, signals), people, clock.origin)
        receiver = NewsReceiver(admission.news_secrets, world.take)
        async with listening(receiver, LOOPBACK, admission.news_port):
            await world.turn()
    return 0


if __name__ == "__main__":
    run_command(_live(Admission.model_validate_json(Path(sys.argv[1]).read_text())))
