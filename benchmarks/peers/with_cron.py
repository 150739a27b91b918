"""Cron with a state column: rows that are due are taken one by one, and say what comes next.

As one writes it in plain Postgres: the row is locked while its step is made, others skip it, and a
worker that dies gives it back; a state, and when it is to be looked at again. (`FOR NO KEY UPDATE`:
under `FOR UPDATE` the step's own rows, in a transaction of their own, would wait for ever.)

    python -m benchmarks.peers.with_cron
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import asyncpg

from benchmarks.peers.life import (
    ANSWER_DAYS,
    APPOINTMENT,
    CLOSING,
    DAY,
    DEPARTURE_HOURS,
    HOUR,
    INVITATION,
    LADDER,
    NOTICE_HOURS,
    OFFER_DAY,
    REMINDER,
    REMINDER_HOURS,
    REPORT_DAYS,
    day_ends,
    moment,
    on_the_hour,
)
from benchmarks.peers.record import NoCrewError, Record, open_record

POLLERS = 12
POLL_SECONDS = 0.1
NEVER = float("inf")
OPEN = "INSERT INTO cases (case_id, opened_at, next_at) SELECT unnest($1::text[]), $2, $2"
_CLAIM = """
    SELECT case_id, opened_at, state, answers, slot,
           EXISTS (SELECT FROM payments p WHERE p.case_id = c.case_id) AS is_paid
    FROM cases c WHERE next_at <= $1
    ORDER BY next_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
"""
_MOVE = "UPDATE cases SET state = $2, next_at = $3, slot = $4 WHERE case_id = $1"
# Each is kept: one may come while the step that asked for it is repeated after a crash.
ANSWER = """
    UPDATE cases SET answers = answers || $2::text, next_at = $3
    WHERE case_id = $1 AND state <> 'ended'
"""
# region: call-off, the payment comes in and wakes the case, whatever it waits for
PAYMENT = """
    WITH paid AS (INSERT INTO payments VALUES ($2, $1) ON CONFLICT DO NOTHING)
    UPDATE cases SET next_at = $3 WHERE case_id = $1 AND state <> 'ended'
"""
# endregion


class Case(NamedTuple):
    """A row that is due."""

    case_id: str
    opened_at: float
    state: str
    answers: list[str]
    slot: float | None
    is_paid: bool


class Next(NamedTuple):
    """What a step answers: the state that follows, and when it is looked at."""

    state: str
    at: float
    slot: float | None = None


def _rung(index: int) -> Callable[[Record, Case], Awaitable[Next]]:
    rung = LADDER[index]
    is_last = index + 1 == len(LADDER)
    following = "offer" if is_last else LADDER[index + 1].contact.step

    async def take(record: Record, case: Case) -> Next:
        at = moment(case.opened_at, case.case_id, rung.day)
        if time.time() < at:
            return Next(case.state, at)
        await record.contact(case.case_id, rung.contact, day_ends(at))
        day = OFFER_DAY if is_last else LADDER[index + 1].day
        return Next(following, moment(case.opened_at, case.case_id, day))

    return take


async def _offer(record: Record, case: Case) -> Next:
    await record.contact(case.case_id, INVITATION, time.time() + ANSWER_DAYS * DAY)
    await record.note_visit(case.case_id, "offered")
    return Next("offered", time.time() + ANSWER_DAYS * DAY)


async def _offered(record: Record, case: Case) -> Next:
    if "requested" not in case.answers:
        return await _give_up(record, case)
    await record.note_visit(case.case_id, "requested")
    return Next("requested", time.time() + ANSWER_DAYS * DAY)


async def _requested(record: Record, case: Case) -> Next:
    if "approved" not in case.answers:
        return await _give_up(record, case)
    return Next("approved", time.time(), on_the_hour(time.time() + NOTICE_HOURS * HOUR))


async def _approved(record: Record, case: Case) -> Next:
    slot = case.slot or 0
    try:
        await record.book_crew(case.case_id, slot)
    except NoCrewError:
        return Next("approved", time.time() + HOUR, slot + HOUR)
    await record.contact(case.case_id, APPOINTMENT, slot - REMINDER_HOURS * HOUR)
    await record.note_visit(case.case_id, "proposed")
    return Next("proposed", slot - REMINDER_HOURS * HOUR, slot)


async def _proposed(record: Record, case: Case) -> Next:
    if "confirmed" not in case.answers:
        return await _give_up(record, case)
    await record.note_visit(case.case_id, "confirmed")
    return Next("confirmed", (case.slot or 0) - REMINDER_HOURS * HOUR, case.slot)


async def _confirmed(record: Record, case: Case) -> Next:
    departs_at = (case.slot or 0) - DEPARTURE_HOURS * HOUR
    await record.contact(case.case_id, REMINDER, departs_at)
    return Next("prepared", departs_at, case.slot)


async def _prepared(record: Record, case: Case) -> Next:
    await record.note_visit(case.case_id, "on_the_road")
    return Next("on_the_road", (case.slot or 0) + REPORT_DAYS * DAY, case.slot)


async def _give_up(record: Record, case: Case) -> Next:
    """The reduced life knows nothing of what comes after a no; the crew's time is free again."""
    await record.release_crew(case.case_id)
    await record.note_visit(case.case_id, "given_up")
    return Next("ended", NEVER)


_STEPS: dict[str, Callable[[Record, Case], Awaitable[Next]]] = {
    **{rung.contact.step: _rung(index) for index, rung in enumerate(LADDER)},
    "offer": _offer,
    "offered": _offered,
    "requested": _requested,
    "approved": _approved,
    "proposed": _proposed,
    "confirmed": _confirmed,
    "prepared": _prepared,
    "on_the_road": _give_up,
}


# region: call-off, a case that is due and paid is closed instead of its step; all of it is repeated
# when the worker dies in between
async def _step(record: Record, case: Case) -> Next:
    return await (_close if case.is_paid else _STEPS[case.state])(record, case)


async def _close(record: Record, case: Case) -> Next:
    if case.slot is not None:
        await record.release_crew(case.case_id)
        await record.note_visit(case.case_id, "called_off")
    await record.contact(case.case_id, CLOSING, time.time() + DAY)
    return Next("ended", NEVER)


# endregion


async def _poll(pool: "asyncpg.Pool[asyncpg.Record]", record: Record) -> None:
    while True:
        async with pool.acquire() as connection, connection.transaction():
            row = await connection.fetchrow(_CLAIM, time.time())
            if row is not None:
                case = Case(*row)
                following = await _step(record, case)
                await connection.execute(_MOVE, case.case_id, *following)
        if row is None:
            await asyncio.sleep(POLL_SECONDS)


async def _work() -> None:
    async with (
        open_record() as record,
        asyncpg.create_pool(os.environ["DATABASE_URL"], max_size=POLLERS) as pool,
        asyncio.TaskGroup() as pollers,
    ):
        for _ in range(POLLERS):
            pollers.create_task(_poll(pool, record))


if __name__ == "__main__":
    asyncio.run(_work())
