"""`ops.py forecast`: what the system will do on each of the next days, from the record."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Annotated

import typer
from pydantic import BaseModel

from activities.business_time import business_time
from commands.clock_check import warn_of_another_clock
from commands.command_line import counted, open_database
from database.case.forecast import CaseToForecast, Forecasts
from database.sql import Pool
from domain.case.notices import NoticeKind
from domain.clock import BusinessClock
from domain.local_time import show_local
from domain.policy.policy import Policy
from policies.public_holidays import public_holidays
from policies.reader import read_policy
from runtime.settings import load_settings
from simulation.forecast import NotAsItWasError, as_of, facts_as_of, forecast_case, years_of
from simulation.process.desk import Action

CHANNELS = ("sms", "call")
YESTERDAY = timedelta(days=1)
Counts = dict[str, dict[str, int]]


class Yesterday(BaseModel):
    """What was to be done in the last 24 hours, and what was; of the cases that can be told of."""

    cases: int = 0
    left_out: dict[str, int] = {}  # why what they were yesterday cannot be told, and how many
    expected: dict[str, int] = {}  # contacts by channel
    made: dict[str, int] = {}


class Forecast(BaseModel):
    """Days and hours are of the borrowers' own clocks; the days by their date."""

    at: datetime
    cases: int = 0
    contacts: Counts = {}  # by day, by channel
    hours: Counts = {}  # by hour of the day, by channel
    refused: Counts = {}  # by day, by rule
    approvals: Counts = {}  # by day: notices to approvers and collectors, by kind
    visits: Counts = {}  # by day: booked appointments, by region
    crews: Counts = {}  # by day: appointments of each collector
    yesterday: Yesterday = Yesterday()


async def forecast(
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days ahead")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object")] = False,
) -> int:
    """Say what the system will do on each of the next days if nobody pays, answers or applies.

    Contacts by channel and hour, visits that are booked by region and crew, approvals to come; and
    what was expected of yesterday beside what was done.
    """
    settings = load_settings()
    current = read_policy(settings.policy_file)
    now = business_time(settings.business_clock)()
    async with open_database(settings) as pool:
        await warn_of_another_clock(pool, settings)
        found = await look_ahead(pool, current, settings.business_clock, now, days)
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    else:
        typer.echo("\n".join(tell(found, current.time_zone)))
    return 0


async def look_ahead(
    pool: Pool, current: Policy, clock: BusinessClock, now: datetime, days: int
) -> Forecast:
    """The forecast from a moment on, for so many days."""
    found, forecasts = Forecast(at=now), Forecasts(pool)
    until = now + timedelta(days=days)
    async for case in forecasts.open_cases(now, current.contact.longest_days):
        found.cases += 1
        for action in _actions(case, current, clock, now, until):
            _count(found, action)
        _look_back(found.yesterday, case, current, clock, now)
    for visit in await forecasts.visits_booked(now, until):
        _add(found.visits, f"{visit.on_day}", visit.region)
        for badge_id in visit.crew:
            _add(found.crews, f"{visit.on_day}", badge_id)
    if closed := await forecasts.closed_since(now - YESTERDAY, now):
        found.yesterday.left_out["closed since"] = closed
    return found


def _actions(
    case: CaseToForecast, current: Policy, clock: BusinessClock, now: datetime, until: datetime
) -> list[Action]:
    pinned = case.recorded.policy
    policies = [pinned] if pinned.version == current.version else [pinned, current]
    country = pinned.visit.holiday_country.value
    return forecast_case(
        case.recorded.rebuild(clock).state,
        case.facts,
        case.contact_facts,
        policies,
        public_holidays(country, years_of(now, until)),
        (now, until),
    )


def _count(found: Forecast, action: Action) -> None:
    day = f"{action.at:%Y-%m-%d}"
    if action.kind in CHANNELS:
        _add(found.contacts, day, action.kind)
        _add(found.hours, f"{action.at:%H}", action.kind)
    elif action.kind == "refused":
        _add(found.refused, day, action.about)
    elif action.kind == "notice" and action.about in set(NoticeKind):
        _add(found.approvals, day, action.about)


def _look_back(
    found: Yesterday, case: CaseToForecast, current: Policy, clock: BusinessClock, now: datetime
) -> None:
    """The forecast of yesterday is computed again from the record as it was then."""
    then = now - YESTERDAY
    try:
        record = as_of(case.recorded.record, case.opened_at, then)
        facts, contact_facts = facts_as_of(
            case.facts, case.contact_facts, case.recorded.record, then
        )
    except NotAsItWasError as reason:
        if case.opened_at <= then:
            found.left_out[str(reason)] = found.left_out.get(str(reason), 0) + 1
        return
    found.cases += 1
    earlier = case._replace(
        recorded=case.recorded._replace(record=record), facts=facts, contact_facts=contact_facts
    )
    for action in _actions(earlier, current, clock, then, now):
        if action.kind in CHANNELS:
            found.expected[action.kind] = found.expected.get(action.kind, 0) + 1
    for attempt in case.contact_facts.attempts:
        if attempt.at > then and attempt.loan_id == case.contact_facts.loan_id:
            channel = attempt.channel.value
            found.made[channel] = found.made.get(channel, 0) + 1


def _add(counts: Counts, row: str, column: str) -> None:
    of_row = counts.setdefault(row, {})
    of_row[column] = of_row.get(column, 0) + 1


def tell(found: Forecast, zone: str) -> Iterator[str]:
    """The lines of a forecast."""
    yield f"From {show_local(found.at, zone)}, {zone}: {counted(found.cases, 'open case')}"
    yield "If nobody pays, answers, applies or decides meanwhile."
    yield from _section("Contacts by day", found.contacts, CHANNELS)
    yield from _section("Contacts by hour", found.hours, CHANNELS)
    yield from _section("Held back by a rule", found.refused)
    yield from _section("For approvers, collectors and the legal desk", found.approvals)
    yield from _section("Visits booked, by region", found.visits)
    yield from _section("Visits booked, by collector", found.crews)
    yield from _of_yesterday(found.yesterday)


def _section(heading: str, counts: Counts, columns: Sequence[str] = ()) -> Iterator[str]:
    """Each row with what it counts; nothing is said of nothing."""
    total = Counter[str]()
    for of_row in counts.values():
        total.update(of_row)
    yield ""
    yield f"{heading}: {_in_words(total, columns) or 'none'}"
    for row, of_row in sorted(counts.items()):
        yield f"    {row}  {_in_words(of_row, columns)}"


def _in_words(counts: dict[str, int] | Counter[str], columns: Sequence[str] = ()) -> str:
    names = [name for name in columns if name in counts] or sorted(counts)
    return ", ".join(f"{name} {counts[name]}" for name in names)


def _of_yesterday(found: Yesterday) -> Iterator[str]:
    yield ""
    yield f"The last 24 hours, in {counted(found.cases, 'case')} whose record tells what it was:"
    yield f"    expected  {_in_words(found.expected, CHANNELS) or 'nothing'}"
    yield f"    made      {_in_words(found.made, CHANNELS) or 'nothing'}"
    if found.left_out:
        yield f"    not told of: {_in_words(found.left_out)}"
