"""The demo's world around the drill's service: it waits for what is away, and stammers if asked.

    python -m drills.world ADMISSION LETTERS COPIES

Each event that was taken is a line of LETTERS: what the service has to have on record at the end.
"""

import asyncio
import json
import signal
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
from temporalio.client import Client
from temporalio.service import RPCError

from commands.command_line import run_command
from database.sql import Pool, open_pool
from demo.admission import Admission
from demo.stories.person import Person
from demo.systems.door_client import DoorClient
from demo.systems.news_receiver import NewsReceiver, listening
from demo.systems.post import Post, Reply
from demo.systems.signals import Signals
from demo.world import World, find_people
from domain.clock import BusinessClock
from drills.book import with_second_loans
from drills.modes import Mode, Modes
from drills.patience import patient
from embedded.processes import LOOPBACK
from runtime.logs import configure_logging
from runtime.settings import load_settings
from temporal.client import connect_temporal

_PAUSE_SECONDS = 0.5
_EARLIER = 3  # letters of a loan that come once more behind a later one
_AT_ONCE = httpx2.Limits(max_connections=200, keepalive_expiry=2)
_DOOR_ANSWERS_WITHIN_SECONDS = 15
_IS_OPEN = """
    SELECT EXISTS (SELECT FROM collection_cases
                   WHERE loan_id = $1 AND started_at IS NOT NULL AND closed_at IS NULL)
"""


class Letter(NamedTuple):
    """One event as it was sent."""

    loan_id: str
    event: str
    body: dict[str, Any]


class PatientSignals(Signals):
    """Waits for a Temporal that is away, and for the run of a case that is open."""

    def __init__(self, client: Client, pool: Pool) -> None:
        super().__init__(client, pool)
        self._record = pool

    async def send(self, loan_id: str, event: str, body: object) -> bool:
        """Send anything at all. False when no case of the loan is open."""
        while True:
            try:
                if await super().send(loan_id, event, body):
                    return True
            except RPCError:
                pass
            else:
                if not await self._record.fetchval(_IS_OPEN, loan_id):
                    return False
            await asyncio.sleep(_PAUSE_SECONDS)


class DrillPost(Post):
    """Writes down what was taken; while senders stammer, events come twice and out of order."""

    def __init__(
        self,
        clock: BusinessClock,
        doors: Mapping[str, DoorClient],
        signals: Signals,
        modes: Modes,
        letters: Path,
    ) -> None:
        super().__init__(clock, doors, signals)
        self._modes = modes
        self._letters = letters
        self._sent: dict[str, list[Letter]] = defaultdict(list)
        self._again: set[asyncio.Task[None]] = set()

    async def _send(self, loan_id: str, event: str, letter: dict[str, Any]) -> Reply:
        stammers = Mode.STAMMERS in self._modes.now()
        earlier = self._sent[loan_id]
        earlier.append(Letter(loan_id, event, letter))
        if stammers:
            await asyncio.sleep(len(earlier) % 3 * _PAUSE_SECONDS)  # others overtake it
        reply = await super()._send(loan_id, event, letter)
        self._write_down(loan_id, event, letter, reply)
        if stammers:
            again = asyncio.create_task(self._send_again(earlier[-_EARLIER:]))
            self._again.add(again)
            again.add_done_callback(self._again.discard)
        return reply

    async def _send_again(self, letters: list[Letter]) -> None:
        for letter in letters:
            await super()._send(letter.loan_id, letter.event, letter.body)

    def _write_down(self, loan_id: str, event: str, letter: dict[str, Any], reply: Reply) -> None:
        line = {
            "loan_id": loan_id,
            "event": event,
            "event_id": letter["event_id"],
            "by_door": letter["source"] in self._doors,
            **asdict(reply),
        }
        with self._letters.open("a", encoding="utf-8") as output:
            output.write(json.dumps(line, ensure_ascii=False) + "\n")


class DrillWorld(World):
    """Who has two loans answers no call: its number does not say which of them it is about."""

    def __init__(self, pool: Pool, post: Post, people: list[Person], first_day: datetime) -> None:
        super().__init__(pool, post, people, first_day)
        loans = Counter(person.number for person in people)
        for number in (number for number, count in loans.items() if count > 1):
            del self._by_number[number]


def _send_again_when_asked(signals: Signals) -> None:
    """What Temporal had taken before it lost its data; asked for by SIGUSR1."""
    sending: set[asyncio.Task[None]] = set()
    asyncio.get_running_loop().add_signal_handler(
        signal.SIGUSR1,
        lambda: sending.add(asyncio.ensure_future(signals.send_lately_again())),
    )


async def _live(admission: Admission, letters: Path, copies: int) -> int:
    settings = load_settings()
    configure_logging(settings.log_format)
    clock = settings.business_clock
    if clock.origin is None:
        sys.exit("BUSINESS_CLOCK is wrong: the drill's world needs an accelerated clock")
    client = await connect_temporal()
    pool = patient(await open_pool(settings.database_url, size=4))
    people = with_second_loans(await find_people(pool, clock.origin, copies))
    signals = PatientSignals(client, pool)
    _send_again_when_asked(signals)
    async with httpx2.AsyncClient(
        base_url=admission.door, timeout=_DOOR_ANSWERS_WITHIN_SECONDS, limits=_AT_ONCE
    ) as http:
        doors = {name: DoorClient(http, name, key) for name, key in admission.secrets.items()}
        post = DrillPost(clock, doors, signals, Modes.of_environment(), letters)
        world = DrillWorld(pool, post, people, clock.origin)
        receiver = NewsReceiver(admission.news_secrets, world.take)
        async with listening(receiver, LOOPBACK, admission.news_port):
            await world.turn()
    return 0


if __name__ == "__main__":
    admitted = Admission.model_validate_json(Path(sys.argv[1]).read_text())
    run_command(_live(admitted, Path(sys.argv[2]), int(sys.argv[3])))
