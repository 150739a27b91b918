"""Everything behind the front door dies while events come in, and so does the door.

What was acknowledged has exactly one effect, in the order in which its loan's events were sent.
What was not, is sent again. The suite runs the short form; the full one, with a report, is

    DRILL_LOANS=100 DRILL_EVENTS_PER_SECOND=50 DRILL_SECONDS=120 \\
        python -m pytest -s tests/acceptance/test_door_drill.py
"""

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

import httpx2
import pytest
import typer

from runtime.clock_setting import ClockWish
from runtime.standard_webhooks import read_secret
from tests.support.door.system import System
from tests.support.processes.deaths import Victim
from tests.support.processes.patience import until
from tests.support.processes.plant import Plant
from tests.support.tapes.files import LENDER, write_tape

LOANS = int(os.environ.get("DRILL_LOANS", "8"))
EVENTS_PER_SECOND = float(os.environ.get("DRILL_EVENTS_PER_SECOND", "50"))
SECONDS = float(os.environ.get("DRILL_SECONDS", "15"))
IDS = [f"L-{number}" for number in range(1, LOANS + 1)]
OVERDUE = IDS[: LOANS * 3 // 4]
AT_REST = IDS[LOANS * 3 // 4 :]  # nothing is overdue: no case of theirs is open
EVERY_SECONDS = LOANS / EVENTS_PER_SECOND  # the events of a loan; what is late catches up
AGAIN_AFTER_SECONDS = 0.15
# Acknowledged events: a dead door's lease holds up its loans for a while, a slow machine all.
ENOUGH = 2 * SECONDS
SENDINGS: Counter[str] = Counter()  # by what came of them, of all loans
STRIKES = [
    {Victim.DOOR},
    {Victim.WORKER},
    {Victim.POSTGRES},
    {Victim.TEMPORAL},
    {Victim.DOOR, Victim.WORKER, Victim.POSTGRES, Victim.TEMPORAL},
]


@pytest.fixture
async def plant(repository: Path, tmp_path: Path) -> AsyncIterator[Plant]:
    """An installation with a worker and a door, on a clock on which little else happens."""
    origin = datetime(2026, 3, 1, tzinfo=UTC)
    wish = ClockWish({"origin": origin, "day_length": timedelta(hours=1)})
    async with Plant(repository, tmp_path, wish) as plant:
        days_past_due = dict.fromkeys(OVERDUE, 20) | dict.fromkeys(AT_REST, -20)
        tape = write_tape(tmp_path / "tape", plant.now.date(), days_past_due)
        await plant.command("starter.py", "import", str(tape), "--invent-people")
        await plant.start_worker()
        await plant.command("starter.py", "scan")
        await plant.start_door()
        yield plant


async def test_what_is_acknowledged_has_one_effect_in_its_order(plant: Plant) -> None:
    """Each dies by itself, then all of them together."""
    added = await plant.command(
        "ops.py", "credential", "add", "ledger", "--source", "ledger", "--lender", LENDER,
        "--event", "payment_received",
    )  # fmt: skip
    secret = read_secret(added.split()[0])
    sent: dict[str, list[str]] = {loan: [] for loan in IDS}
    enough = asyncio.Event()
    async with httpx2.AsyncClient(
        base_url=plant.door_address, timeout=10, limits=httpx2.Limits(max_connections=None)
    ) as http:
        ledger = System(http, "ledger", secret)
        async with asyncio.TaskGroup() as senders:
            for loan, done in sent.items():
                senders.create_task(_keep_paying(ledger, loan, done, enough))
            supervisor = senders.create_task(_supervise(plant))
            await _strike_in_turn(plant)
            await until(partial(_are_enough, sent), "the drill shows something")
            enough.set()
            ended_at = time.monotonic()
            await plant.reach("SELECT count(*) = 0 FROM inbox WHERE answer IS NULL")
            took = time.monotonic() - ended_at
            supervisor.cancel()
    acknowledged = _acknowledged(sent)
    typer.echo(
        f"{acknowledged} events of {LOANS} loans acknowledged in {SECONDS:.0f} s and the repairs,"
        f" {SENDINGS.total()} sendings {dict(SENDINGS)};"
        f" the last had its effect {took:.1f} s after the end"
    )
    await _see_each_once_in_order(plant, sent)
    assert "no guarantee is broken" in await plant.command("ops.py", "audit")


def _acknowledged(sent: dict[str, list[str]]) -> int:
    return sum(map(len, sent.values()))


async def _are_enough(sent: dict[str, list[str]]) -> bool:
    return _acknowledged(sent) >= ENOUGH


async def _strike_in_turn(plant: Plant) -> None:
    """As many strikes, evenly in the time there is."""
    between = SECONDS / (2 * len(STRIKES) + 1)
    for victims in STRIKES:
        await asyncio.sleep(between)
        await plant.kill(victims)
        await asyncio.sleep(min(between, 2.0))
        await plant.mend(victims)
        await asyncio.sleep(max(between - 2.0, 0))
    await asyncio.sleep(between)


async def _supervise(plant: Plant) -> None:
    while True:
        await plant.revive()
        await asyncio.sleep(0.5)


async def _see_each_once_in_order(plant: Plant, sent: dict[str, list[str]]) -> None:
    for loan, done in sent.items():
        rows = await plant.rows(
            "SELECT event_id FROM case_events WHERE loan_id = $1 AND accepted ORDER BY sequence",
            loan,
        )
        assert [row["event_id"] for row in rows] == done
        paid = "SELECT count(*) FROM payments WHERE loan_id = $1 AND kind = 'payment'"
        assert await plant.value(paid, loan) == len(done)


async def _keep_paying(
    ledger: System, loan: str, acknowledged: list[str], enough: asyncio.Event
) -> None:
    """One payment after the other, each sent until it is acknowledged."""
    due_at = time.monotonic()
    for event_id in _ids(loan):
        if enough.is_set():
            return
        await until(partial(_is_acknowledged, ledger, loan, event_id), f"{event_id} is taken")
        acknowledged.append(event_id)
        due_at += EVERY_SECONDS
        await asyncio.sleep(max(due_at - time.monotonic(), 0))


def _ids(loan: str) -> Iterator[str]:
    return (f"{loan}-{number}" for number in count(1))


async def _is_acknowledged(ledger: System, loan: str, event_id: str) -> bool:
    paid_at = datetime(2026, 3, 1, tzinfo=UTC).isoformat()
    try:
        answer = await ledger.send(
            loan, "payment_received", event_id,
            occurred_at=paid_at, payment_id=event_id, amount_minor=1,
        )  # fmt: skip
    except httpx2.TransportError:  # the door is dead
        SENDINGS["no answer"] += 1
        await asyncio.sleep(AGAIN_AFTER_SECONDS)
        return False
    SENDINGS[str(answer.status_code)] += 1
    assert answer.status_code in (200, 202, 429, 503), answer.text
    return answer.status_code in (200, 202)
