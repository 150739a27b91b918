"""A forecast against what then happens, when nobody does anything."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from commands.ops.planning.forecast import Forecast, look_ahead
from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife

DAYS = 45
Prepare = Callable[[Life], Awaitable[object]]


async def _in_early_contact(life: Life) -> None:
    await life.skip_to(life.loan.at_days_past_due(RIPE + 1))


async def _with_a_promise(life: Life) -> None:
    due = life.loan.on(await life.now()) + timedelta(days=6)
    await life.accepted("promise_made", amount_minor=1000, due_on=str(due))


async def _on_hold(life: Life) -> None:
    until = (await life.now() + timedelta(days=9)).isoformat()
    await life.accepted("hold_placed", hold_id="h-1", reason="hardship", until=until)


async def _in_approval(life: Life) -> None:
    await life.drive_to(Stage.APPROVAL)


async def _with_a_confirmed_visit(life: Life) -> None:
    await life.drive_to(Stage.PREPARATION)


async def _in_repayment(life: Life) -> None:
    await life.drive_to(Stage.REPAYMENT)


@pytest.mark.parametrize(
    ("tried", "prepare"),
    [
        (False, _in_early_contact),
        (False, _with_a_promise),
        (False, _on_hold),
        (True, _in_approval),
        (True, _with_a_confirmed_visit),
        (True, _in_repayment),
    ],
)
async def test_forecast_comes_true(start_life: StartLife, *, tried: bool, prepare: Prepare) -> None:
    """The contacts that were foreseen, on the days and in the hours that were foreseen."""
    life = await start_life(RIPE, tried=tried)
    await prepare(life)
    now = await life.now()
    foreseen = await _look_ahead(life, now)
    await life.skip_to(now + timedelta(days=DAYS))
    contacts, hours = await _made_since(life, now)
    assert foreseen.contacts == contacts
    assert foreseen.hours == hours
    assert contacts


async def test_yesterday_is_computed_again(start_life: StartLife) -> None:
    """What was expected of the last day is what was done on it."""
    life = await start_life(86)
    await life.skip_to(life.loan.at_days_past_due(87, hour=20))
    yesterday = (await _look_ahead(life, await life.now())).yesterday
    assert yesterday.cases == 1
    assert yesterday.expected == yesterday.made == {"call": 1}


async def test_what_has_changed_since_yesterday_is_left_out(start_life: StartLife) -> None:
    """And the forecast says how many cases, and why."""
    life = await start_life(86)
    await life.skip_to(life.loan.at_days_past_due(87, hour=20))
    await life.pay(1000)
    yesterday = (await _look_ahead(life, await life.now())).yesterday
    assert yesterday.cases == 0
    assert yesterday.left_out == {"an event has come in since": 1}


async def _look_ahead(life: Life, now: datetime) -> Forecast:
    return await look_ahead(life.pool, life.policy, life.clock, now, DAYS)


async def _made_since(
    life: Life, now: datetime
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    rows = await life.fetch(
        "SELECT channel, reserved_at FROM contact_attempts WHERE reserved_at > $1", now
    )
    days: dict[str, dict[str, int]] = {}
    hours: dict[str, dict[str, int]] = {}
    for row in rows:
        at = row["reserved_at"].astimezone(life.loan.local(life.loan.first_due_on).tzinfo)
        for counts, key in ((days, f"{at:%Y-%m-%d}"), (hours, f"{at:%H}")):
            of_key = counts.setdefault(key, {})
            of_key[row["channel"]] = of_key.get(row["channel"], 0) + 1
    return days, hours
