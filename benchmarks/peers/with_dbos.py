"""DBOS: the life is a durable workflow, what touches the world is a step, events are messages.

After DBOS' own documentation (workflows, steps, workflow communication, queue worker): a worker
that dequeues; whoever starts a case or tells of an event calls DBOS' functions in Postgres.

    python -m benchmarks.peers.with_dbos
"""

import asyncio
import os
import time

from dbos import DBOS, DBOSConfig  # type: ignore[import-not-found, unused-ignore]

from benchmarks.peers.dbos_sql import EVENTS, QUEUE
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
    Contact,
    day_ends,
    moment,
    on_the_hour,
)
from benchmarks.peers.record import NoCrewError, Record, open_record

_record: Record


class PaidError(Exception):
    """The debt is paid, whatever was waited for."""


@DBOS.step()  # type: ignore[untyped-decorator, unused-ignore]
async def contact(case_id: str, step: str, channel: str, template: str, by: float) -> str:
    """Through the gate; tried again when the worker died in it."""
    collects = template != CLOSING.template
    return await _record.contact(case_id, Contact(step, channel, template, collects), by)


@DBOS.step()  # type: ignore[untyped-decorator, unused-ignore]
async def note_visit(case_id: str, status: str) -> None:
    """On the business record."""
    await _record.note_visit(case_id, status)


@DBOS.step()  # type: ignore[untyped-decorator, unused-ignore]
async def book_crew(case_id: str) -> float:
    """A time at which a crew is free."""
    slot = on_the_hour(time.time() + NOTICE_HOURS * HOUR)
    while True:
        try:
            await _record.book_crew(case_id, slot)
        except NoCrewError:
            slot += HOUR
        else:
            return slot


@DBOS.step()  # type: ignore[untyped-decorator, unused-ignore]
async def release_crew(case_id: str) -> None:
    """Free it and tell it."""
    await _record.release_crew(case_id)


@DBOS.step()  # type: ignore[untyped-decorator, unused-ignore]
async def now() -> float:
    """The time is not the same when a workflow is recovered: so it is a step."""
    return time.time()


# region: call-off, every wait of the workflow is one for a message, and a payment is one
async def _wait(until: float, wanted: str = "") -> bool:
    """Wait for an event, or a moment."""
    while True:
        left = max(until - time.time(), 0)
        event = await DBOS.recv_async(EVENTS, timeout_seconds=left)
        if event == "paid":
            raise PaidError
        if event is None or event == wanted:
            return event is not None


# endregion


async def _contact(case_id: str, wanted: Contact, by: float) -> None:
    await contact(case_id, wanted.step, wanted.channel, wanted.template, by)


async def _lead_to_visit(case_id: str, opened_at: float) -> float | None:
    """The slot of a visit that was confirmed; none when somebody did not answer in time."""
    for rung in LADDER:
        at = moment(opened_at, case_id, rung.day)
        await _wait(at)
        await _contact(case_id, rung.contact, day_ends(at))
    await _wait(moment(opened_at, case_id, OFFER_DAY))
    answer_by = await now() + ANSWER_DAYS * DAY
    await _contact(case_id, INVITATION, answer_by)
    await note_visit(case_id, "offered")
    if not await _wait(answer_by, "requested"):
        return None
    await note_visit(case_id, "requested")
    if not await _wait(answer_by, "approved"):
        return None
    return float(await book_crew(case_id))


async def _visit(case_id: str, slot: float) -> None:
    remind_at, departs_at = slot - REMINDER_HOURS * HOUR, slot - DEPARTURE_HOURS * HOUR
    await _contact(case_id, APPOINTMENT, remind_at)
    await note_visit(case_id, "proposed")
    if await _wait(remind_at, "confirmed"):
        await note_visit(case_id, "confirmed")
        await _wait(remind_at)
        await _contact(case_id, REMINDER, departs_at)
        await _wait(departs_at)
        await note_visit(case_id, "on_the_road")
        await _wait(slot + REPORT_DAYS * DAY)
    await release_crew(case_id)


# region: call-off, the workflow is left where it waited, and closed
@DBOS.workflow()  # type: ignore[untyped-decorator, unused-ignore]
async def case_life(case_id: str, opened_at: float) -> None:
    """From the first contact to the closing notice."""
    slot = None
    try:
        slot = await _lead_to_visit(case_id, opened_at)
        if slot is not None:
            await _visit(case_id, slot)
        await note_visit(case_id, "given_up")
    except PaidError:
        if slot is not None:
            await release_crew(case_id)
            await note_visit(case_id, "called_off")
        await _contact(case_id, CLOSING, await now() + DAY)


# endregion


async def _work() -> None:
    global _record  # steps are module functions, as the documentation has them
    async with open_record() as _record:
        config: DBOSConfig = {
            "name": "peers",
            "system_database_url": os.environ["DATABASE_URL"],
            "application_version": "1",
        }
        DBOS(config=config)
        DBOS.launch()
        await DBOS.register_queue_async(QUEUE)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_work())
