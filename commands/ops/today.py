"""`ops.py today`: what waits for somebody today."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import open_database
from database.case.daily import (
    ApprovalWaiting,
    ComplaintOpen,
    HoldInForce,
    PromiseToWatch,
    ProviderDoubt,
    ReplyToRead,
    StuckCase,
    Today,
    VisitAhead,
    read_today,
)
from domain.debt.money import format_money
from domain.events import printable
from domain.local_time import show_local
from policies.reader import read_policy
from runtime.settings import load_settings


async def today(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Say what waits: approvals, visits, promises, holds, complaints, what is stuck, replies."""
    settings = load_settings()
    zone = read_policy(settings.policy_file).time_zone
    async with open_database(settings) as pool:
        await warn_of_another_clock(pool, settings)
        waiting = await read_today(pool, business_time(settings.business_clock)())
    typer.echo(waiting.model_dump_json(indent=2) if as_json else "\n".join(tell(waiting, zone)))
    return 0


def tell(waiting: Today, zone: str) -> Iterator[str]:
    """The lines of a day, each question under its heading; times on one clock."""
    yield f"{show_local(waiting.at, zone)}, {zone}"
    todays = [visit for visit in waiting.visits if visit.is_today]
    later = [visit for visit in waiting.visits if not visit.is_today]
    yield from _section("Approvals waiting", [_approval(a, zone) for a in waiting.approvals])
    yield from _section("Visits today", [_visit(visit) for visit in todays])
    yield from _section("Visits to come", [_visit(visit) for visit in later])
    yield from _section("Promises", [_promise(p, zone) for p in waiting.promises])
    yield from _section("Holds", [_hold(hold, zone) for hold in waiting.holds])
    yield from _section("Complaints to answer", [_complaint(c, zone) for c in waiting.complaints])
    yield from _section("Stuck", [_stuck(each, zone) for each in waiting.stuck])
    yield from _section("Provider doubts", [_doubt(d, zone) for d in waiting.provider_doubts])
    yield from _section("Replies to read", [_reply(r, zone) for r in waiting.replies])


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield ""
    yield f"{heading}: {len(lines) or 'none'}"
    yield from (f"    {line}" for line in lines)


def _approval(each: ApprovalWaiting, zone: str) -> str:
    amount = (
        "amount not on record"
        if each.amount_minor is None
        else format_money(each.amount_minor, each.currency)
    )
    meaning = "overdue" if each.kind == "visit" else "to be waived"
    return (
        f"{each.loan_id}  {each.kind} {each.about}: {amount} {meaning},"
        f" applied for by {each.applicant or 'nobody on record'},"
        f" {each.level.replace('_', ' ')} decides, waiting since {show_local(each.since, zone)}"
    )


def _visit(visit: VisitAhead) -> str:
    return (
        f"{visit.loan_id}  {show_local(visit.starts_at, visit.time_zone)} ({visit.time_zone}):"
        f" {visit.visit_id}, {visit.status}, crew {' '.join(visit.crew)}, {visit.address}"
    )


def _promise(promise: PromiseToWatch, zone: str) -> str:
    amount = format_money(promise.amount_minor, promise.currency)
    what = f"{promise.loan_id}  {amount} promised for {promise.due_on}"
    if promise.resolved_at is not None:
        return f"{what}, broken on {show_local(promise.resolved_at, zone)}"
    if promise.paid_minor >= promise.amount_minor:
        return f"{what}, paid"
    if promise.paid_minor:
        return f"{what}, {format_money(promise.paid_minor, promise.currency)} of it paid"
    return f"{what}, not yet paid"


def _hold(hold: HoldInForce, zone: str) -> str:
    until = "it is released" if hold.until is None else show_local(hold.until, zone)
    since = show_local(hold.placed_at, zone)
    return f"{hold.loan_id}  {hold.reason} ({hold.hold_id}) since {since}, until {until}"


def _complaint(each: ComplaintOpen, zone: str) -> str:
    late = ", LATE" if each.is_late else ""
    due = show_local(each.answer_due_at, zone)
    return (
        f"{each.loan_id}  {each.complaint_id}: answer due {due}{late},"
        f" filed {show_local(each.filed_at, zone)}, handler {each.handler_id or 'not named'}"
    )


def _stuck(each: StuckCase, zone: str) -> str:
    return f"{each.loan_id}  {each.what}, since {show_local(each.since, zone)}"


def _reply(reply: ReplyToRead, zone: str) -> str:
    whose = reply.relation.replace("_", " ")
    at = show_local(reply.received_at, zone)
    text = printable(reply.text, 200)
    return f"{reply.loan_id}  {at}, {reply.phone_id} ({whose}): {text} [{reply.reply_id}]"


def _doubt(doubt: ProviderDoubt, zone: str) -> str:
    outcome = f" ({doubt.outcome})" if doubt.outcome else ""
    at = show_local(doubt.reserved_at, zone)
    return (
        f"{doubt.loan_id}  {at}: {doubt.template} by {doubt.channel}"
        f" to {doubt.phone_id}: {_MEANING.get(doubt.status, doubt.status)}{outcome}"
        f" [{doubt.attempt_id}]"
    )


_MEANING = {
    "unknown": "the provider cannot tell whether it was sent; it counts, and is not repeated",
    "failed": "not sent",
    "reserved": "nobody has written down what came of it; it counts",
}
