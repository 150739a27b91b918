"""A late start, and a fresh run: the case goes the same way."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import RIPE, StartLife


@pytest.mark.parametrize("days", [60, 120, 179])
async def test_late_start_is_not_a_burst(start_life: StartLife, days: int) -> None:
    """A loan adopted late enters at its stage; at most one message goes out on the first day."""
    life = await start_life(days)
    await life.skip_to(life.loan.at_days_past_due(days, hour=23))
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    assert len(await life.contacts()) <= 1


async def test_fresh_run_keeps_the_case(start_life: StartLife) -> None:
    """With very short runs a life goes the same way, and an old event id still counts once."""
    life = await start_life(RIPE, tried=True, long_history_events=30)
    await life.accepted("hold_placed", event_id="once", hold_id="H-1", reason="dispute")
    await life.accepted("hold_released", hold_id="H-1")
    first = await life.handle.describe()
    await life.skip(timedelta(hours=2))  # the invitation is sent at nine
    await life.pay(1000, payment_id="P-first")

    await life.apply(applicant="borrower", applicant_id="B-1")  # who has just paid may ask for one
    await life.drive_to(Stage.REPAYMENT)

    handle = life.env.client.get_workflow_handle(life.handle.id)
    assert (await handle.describe()).run_id != first.run_id
    answer = await life.deliver("hold_placed", event_id="once", hold_id="H-1", reason="dispute")
    assert answer["accepted"]
    assert (await life.status())["holds"] == []
    assert await life.value("SELECT count(*) FROM case_events WHERE event_id = 'once'") == 1
    for part in (2, 3):
        await life.skip(timedelta(days=20))
        await life.pay_part(part)
    assert await life.outcome() == "plan_completed"
    contacts = await life.contacts()
    for template in ("visit_invitation", "how_to_pay", "visit_closing", "visit_reminder"):
        assert contacts.count(template) == 1, contacts
