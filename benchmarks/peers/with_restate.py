"""Restate: the life is a workflow, what touches the world is `ctx.run`, events are its promises.

After Restate's own documentation (workflows, durable steps, external events, timers, serving):
handlers resolve durable promises, and the main handler selects between a promise and a timer.

    python -m benchmarks.peers.with_restate PORT
"""

import asyncio
import sys
import time
from datetime import timedelta
from typing import Any

import hypercorn.asyncio  # type: ignore[import-not-found, unused-ignore]
import restate  # type: ignore[import-not-found, unused-ignore]
from hypercorn.config import Config  # type: ignore[import-not-found, unused-ignore]

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
# By default what failed again and again is tried again after a minute, which is days here.
case_life = restate.Workflow(
    "CaseLife",
    invocation_retry_policy=restate.InvocationRetryPolicy(max_interval=timedelta(seconds=5)),
)


class PaidError(Exception):
    """The debt is paid, whatever was waited for."""


async def _run(ctx: Any, name: str, action: Any, *given: object) -> Any:
    return await ctx.run_typed(name, action, restate.RunOptions(), *given)


async def _contact(ctx: Any, wanted: Contact, by: float) -> None:
    await _run(ctx, wanted.step, _record.contact, ctx.key(), wanted, by)


async def _note(ctx: Any, status: str) -> None:
    await _run(ctx, status, _record.note_visit, ctx.key(), status)


async def _book_crew(case_id: str) -> float:
    slot = on_the_hour(time.time() + NOTICE_HOURS * HOUR)
    while True:
        try:
            await _record.book_crew(case_id, slot)
        except NoCrewError:
            slot += HOUR
        else:
            return slot


# region: call-off, every wait selects between a timer, its event, and the payment
async def _wait(ctx: Any, until: float, wanted: str = "") -> bool:
    """Wait for an event, or a moment."""
    left = timedelta(seconds=max(until - await ctx.time(), 0))
    waits = {"paid": ctx.promise("paid").value(), "moment": ctx.sleep(left)}
    if wanted:
        waits[wanted] = ctx.promise(wanted).value()
    came, _ = await restate.select(**waits)
    if came == "paid":
        raise PaidError
    return bool(came == wanted)


# endregion


async def _lead_to_visit(ctx: Any, opened_at: float) -> float | None:
    """The slot of a visit that was approved; none when somebody did not answer in time."""
    for rung in LADDER:
        at = moment(opened_at, ctx.key(), rung.day)
        await _wait(ctx, at)
        await _contact(ctx, rung.contact, day_ends(at))
    await _wait(ctx, moment(opened_at, ctx.key(), OFFER_DAY))
    answer_by = await ctx.time() + ANSWER_DAYS * DAY
    await _contact(ctx, INVITATION, answer_by)
    await _note(ctx, "offered")
    if not await _wait(ctx, answer_by, "requested"):
        return None
    await _note(ctx, "requested")
    if not await _wait(ctx, answer_by, "approved"):
        return None
    return float(await _run(ctx, "book", _book_crew, ctx.key()))


async def _visit(ctx: Any, slot: float) -> None:
    remind_at, departs_at = slot - REMINDER_HOURS * HOUR, slot - DEPARTURE_HOURS * HOUR
    await _contact(ctx, APPOINTMENT, remind_at)
    await _note(ctx, "proposed")
    if await _wait(ctx, remind_at, "confirmed"):
        await _note(ctx, "confirmed")
        await _wait(ctx, remind_at)
        await _contact(ctx, REMINDER, departs_at)
        await _wait(ctx, departs_at)
        await _note(ctx, "on_the_road")
        await _wait(ctx, slot + REPORT_DAYS * DAY)
    await _run(ctx, "release", _record.release_crew, ctx.key())


# region: call-off, the workflow is left where it waited, and closed
@case_life.main()  # type: ignore[untyped-decorator, unused-ignore]
async def run(ctx: restate.WorkflowContext, opened_at: float) -> None:
    """From the first contact to the closing notice."""
    slot = None
    try:
        slot = await _lead_to_visit(ctx, opened_at)
        if slot is not None:
            await _visit(ctx, slot)
        await _note(ctx, "given_up")
    except PaidError:
        if slot is not None:
            await _run(ctx, "release", _record.release_crew, ctx.key())
            await _note(ctx, "called_off")
        await _contact(ctx, CLOSING, await ctx.time() + DAY)


@case_life.handler()  # type: ignore[untyped-decorator, unused-ignore]
async def paid(ctx: restate.WorkflowSharedContext, payment_id: str) -> None:
    """The payment is on record, then the workflow hears of it."""
    await _run(ctx, "record", _record.take_payment, ctx.key(), payment_id)
    await ctx.promise("paid").resolve(payment_id)


# endregion


@case_life.handler()  # type: ignore[untyped-decorator, unused-ignore]
async def requested(ctx: restate.WorkflowSharedContext) -> None:
    """Somebody applies for the visit."""
    await ctx.promise("requested").resolve(True)


@case_life.handler()  # type: ignore[untyped-decorator, unused-ignore]
async def approved(ctx: restate.WorkflowSharedContext) -> None:
    """Another one approves it."""
    await ctx.promise("approved").resolve(True)


@case_life.handler()  # type: ignore[untyped-decorator, unused-ignore]
async def confirmed(ctx: restate.WorkflowSharedContext) -> None:
    """The borrower confirms the appointment."""
    await ctx.promise("confirmed").resolve(True)


async def _work() -> None:
    global _record  # so are handlers
    config = Config()
    config.bind = [f"127.0.0.1:{sys.argv[1]}"]
    # As the documentation says for production.
    config.h2_max_concurrent_streams = config.keep_alive_max_requests = 2147483647
    config.keep_alive_timeout = 2147483647
    async with open_record() as _record:
        await hypercorn.asyncio.serve(restate.app([case_life]), config)


if __name__ == "__main__":
    asyncio.run(_work())
