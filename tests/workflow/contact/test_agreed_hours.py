"""A borrower who asks for hours of their own is reached in them, early or late."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import RIPE, StartLife


@pytest.mark.parametrize("hours", [("08:00", "09:00"), ("09:00", "11:00"), ("17:30", "19:00")])
async def test_ladder_is_climbed_in_the_hours_agreed_on(
    start_life: StartLife, hours: tuple[str, str]
) -> None:
    """No step is missed because the case's own moment of the day lies elsewhere."""
    start, end = hours
    life = await start_life(2)
    await life.accepted("contact_preferences_changed", agreed_hours=[{"start": start, "end": end}])
    await life.skip_to(life.loan.at_days_past_due(40))
    steps = [step for step in life.policy.contact.ladder.value if 2 < step.days_past_due < 40]
    own = [step for step in steps if step.purpose == "collection"]
    sent = await life.fetch("SELECT sent_at FROM contact_attempts WHERE status = 'sent'")
    assert len(sent) == len(own)
    zone = life.loan.at_days_past_due(0).tzinfo
    assert all(start <= f"{row['sent_at'].astimezone(zone):%H:%M}" < end for row in sent)
    assert await life.fetch("SELECT * FROM contact_refusals") == []


async def test_invitation_comes_in_the_hours_agreed_on(start_life: StartLife) -> None:
    """At once on the next day, although days are left."""
    life = await start_life(RIPE, tried=True)
    hours = [{"start": "08:00", "end": "09:00"}]
    await life.accepted("contact_preferences_changed", agreed_hours=hours)
    await life.skip_to(life.loan.at_days_past_due(RIPE + 2))
    assert await life.contacts() == ["visit_invitation"]


@pytest.mark.parametrize("held_too", [False, True])
async def test_who_wants_no_visit_is_not_invited_to_one(
    start_life: StartLife, held_too: bool
) -> None:
    """Though the invitation waits for their hours already; nor once a hold in between is over."""
    life = await start_life(RIPE, tried=True)
    hours = [{"start": "08:00", "end": "09:00"}]
    await life.accepted("contact_preferences_changed", agreed_hours=hours)
    await life.skip_to_stage(Stage.APPLICATION)
    if held_too:
        await life.accepted("hold_placed", hold_id="H", reason="hardship")
    await life.accepted("contact_preferences_changed", blocked_channels=["visit"])
    if held_too:
        await life.accepted("hold_released", hold_id="H")
    await life.skip(timedelta(days=3))
    assert await life.contacts() == []
