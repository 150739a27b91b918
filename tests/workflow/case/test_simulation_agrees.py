"""The simulator against the product: the same contacts at the same times, the same refusals."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.simulation.replayed import contacts_on_record, refusals_on_record, replay
from tests.support.world import INSTALMENT, Loan

CLOSE = timedelta(seconds=5)  # an activity starts a moment after its timer has fired
Script = Callable[[Life], Awaitable[None]]


async def _nothing(life: Life) -> None:
    """Nobody says anything, to the end."""
    await life.skip_to(life.loan.at_days_past_due(200))


async def _pays_part_and_promises(life: Life) -> None:
    await life.skip_to(life.loan.at_days_past_due(9))
    due = life.loan.on(await life.now()) + timedelta(days=5)
    await life.accepted("promise_made", amount_minor=INSTALMENT, due_on=str(due))
    await life.skip_to(life.loan.at_days_past_due(33))
    await life.pay(INSTALMENT)
    await life.skip_to(life.loan.at_days_past_due(60))
    await life.pay(INSTALMENT * 2)
    await life.skip(timedelta(days=3))


async def _hold_and_wishes(life: Life) -> None:
    await life.skip_to(life.loan.at_days_past_due(6))
    until = (await life.now() + timedelta(days=12)).isoformat()
    await life.accepted("hold_placed", hold_id="h-1", reason="dispute", until=until)
    await life.skip_to(life.loan.at_days_past_due(25))
    evening = {"start": "18:00", "end": "20:00"}
    await life.accepted("contact_preferences_changed", agreed_hours=[evening])
    await life.skip_to(life.loan.at_days_past_due(50))
    await life.accepted("contact_preferences_changed", blocked_channels=["call"])
    await life.skip_to(life.loan.at_days_past_due(100))


async def _wrong_number(life: Life) -> None:
    await life.skip_to(life.loan.at_days_past_due(4))
    attempt_id = await life.value("SELECT attempt_id FROM contact_attempts WHERE channel = 'call'")
    await life.accepted("call_finished", attempt_id=attempt_id, outcome="wrong_person")
    await life.skip_to(life.loan.at_days_past_due(45))


@pytest.mark.parametrize(
    ("loan", "script"),
    [
        (Loan(), _nothing),
        (Loan(), _pays_part_and_promises),
        (Loan(), _hold_and_wishes),
        (Loan(phones=2), _wrong_number),
        (Loan(confirmed=False), _nothing),
    ],
    ids=["silence", "part-and-promise", "hold-and-wishes", "wrong-number", "unconfirmed"],
)
async def test_early_contact_agrees(start_life: StartLife, loan: Loan, script: Script) -> None:
    """From the first day past due on, whatever the borrower does."""
    life = await start_life(1, loan)
    began_at = loan.at_days_past_due(1)
    await script(life)
    await _require_same(life, began_at)


async def test_visit_and_plan_agree(start_life: StartLife) -> None:
    """From the invitation over the visit and the signature to the reminders of the plan."""
    life = await start_life(RIPE, tried=True)
    began_at = life.loan.at_days_past_due(RIPE)
    await life.drive_to(Stage.REPAYMENT)
    await life.skip(timedelta(days=50))
    await _require_same(life, began_at)


async def test_silent_visit_agrees(start_life: StartLife) -> None:
    """Invited, applied for, approved, proposed three times, and nobody answers."""
    life = await start_life(RIPE, tried=True)
    began_at = life.loan.at_days_past_due(RIPE)
    await life.drive_to(Stage.APPOINTMENT)
    await life.skip(timedelta(days=40))
    await _require_same(life, began_at)


async def test_hold_in_the_hour_of_a_visit_agrees(start_life: StartLife) -> None:
    """The crew is waited for as without the hold, and then nothing was heard of it."""
    life = await start_life(RIPE, tried=True)
    began_at = life.loan.at_days_past_due(RIPE)
    await life.drive_to(Stage.VISIT)
    await life.skip(timedelta(minutes=10))
    until = (await life.now() + timedelta(hours=6)).isoformat()
    await life.accepted("hold_placed", hold_id="h-1", reason="dispute", until=until)
    await life.skip(timedelta(days=80))
    assert await life.value("SELECT status FROM visits ORDER BY requested_at LIMIT 1") == "missed"
    await _require_same(life, began_at)


async def _require_same(life: Life, began_at: datetime) -> None:
    product, refused = await contacts_on_record(life), await refusals_on_record(life)
    assert len(product) >= 7
    actions = await replay(life, began_at)
    simulated = [each for each in actions if each.kind in ("sms", "call")]
    assert [(each.key, each.about) for each in simulated] == [(key, of) for key, of, _ in product]
    for each, (_, _, at) in zip(simulated, product, strict=True):
        assert abs(each.at - at) < CLOSE, each
    assert {
        (each.key, each.about)
        for each in actions
        if each.kind == "refused" and not each.key.startswith("event:")
    } == refused
