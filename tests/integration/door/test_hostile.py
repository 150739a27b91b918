"""Many hostile requests at once: none is an error of ours, what is accepted counts once.

The suite sends a few; HOSTILE_REQUESTS says how many, and `pytest -s` shows what came of them.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import typer

from database.audit import Audit
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.door.doors import a_door, now_in_utc
from tests.support.door.hostile import KINDS, LOANS, send
from tests.support.door.system import System
from tests.support.door.temporal import client_without_runs
from tests.support.world import Loan, insert_loan

REQUESTS = int(os.environ.get("HOSTILE_REQUESTS", "800"))
AT_ONCE = 50
LETS_GROW_MIB = 60  # the process is the test's and its libraries', too
_PAGE = os.sysconf("SC_PAGE_SIZE")


async def test_flood_breaks_nothing(pool: Pool, policy: Policy) -> None:
    """Shapes, headers, signatures, replays: of each kind as many; then the same once more."""
    for loan_id in LOANS:
        await insert_loan(pool, Loan(loan_id))
    answers: Counter[int] = Counter()
    opened = a_door(pool, client_without_runs(), policy, door_events_per_second=1e6)
    once = range(REQUESTS // 2)
    warm = once[: 10 * KINDS]
    async with opened as bank:
        await _flood(bank, [*warm, *warm], answers)
        before = _resident_mib()
        for part in (once[len(warm) :], once[len(warm) :]):
            await _flood(bank, part, answers)
        after = _resident_mib()
    typer.echo(f"{answers.total()} requests: {dict(answers)}")
    typer.echo(f"{before:.0f} MiB before, {after:.0f} MiB after")
    assert set(answers) <= {200, 202, 400, 401, 404, 409, 413}
    assert after < before + LETS_GROW_MIB
    assert await pool.fetchval("SELECT count(*) FROM inbox WHERE answer IS NULL") == 0
    kept = await pool.fetchval("SELECT count(*) FROM inbox")
    assert await pool.fetchval("SELECT count(*) FROM case_events") == kept > 0
    paid = await pool.fetchval("SELECT count(*) FROM payments")
    assert paid == await pool.fetchval("SELECT count(*) FROM case_events WHERE accepted")
    assert not await Audit(pool).broken(now_in_utc())


async def _flood(bank: System, numbers: Iterable[int], answers: Counter[int]) -> None:
    waiting = iter(numbers)

    async def ask() -> None:
        for number in waiting:
            answers[await send(bank, number)] += 1

    await asyncio.gather(*(ask() for _ in range(AT_ONCE)))


def _resident_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**20
