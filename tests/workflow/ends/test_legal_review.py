"""A case in legal review: what brings it back, and what does not put off its end."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life, StartLife

OVERDUE = 181  # days past due: too old for contact, six instalments


async def _in_review(start_life: StartLife) -> Life:
    life = await start_life(OVERDUE)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    return life


async def _pay_all_but_the_last(life: Life) -> None:
    """It is overdue by some days; all that is older is paid."""
    await life.pay(await life.arrears() - 100_000)


async def _ends_at(life: Life) -> datetime:
    action = (await life.status())["next_action"]
    assert action["what"] == "hand the case over"
    return datetime.fromisoformat(action["at"])


@pytest.mark.parametrize("silence", ["hold", "promise"])
async def test_part_payment_in_silence_brings_it_back(start_life: StartLife, silence: str) -> None:
    """Whoever has paid nearly all is not handed over, whatever else stood at that time."""
    life = await _in_review(start_life)
    if silence == "hold":
        await life.accepted("hold_placed", hold_id="H", reason="dispute")
    else:
        due_on = life.loan.on(await life.now()) + timedelta(days=3)
        amount = await life.arrears()
        await life.accepted("promise_made", promise_id="P", amount_minor=amount, due_on=str(due_on))
    await _pay_all_but_the_last(life)
    if silence == "hold":
        await life.accepted("hold_released", hold_id="H")
    await life.skip(timedelta(days=6))
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT


async def test_last_word_is_not_said_to_who_has_paid_meanwhile(start_life: StartLife) -> None:
    """It waits for the hours of contact; the payment comes before."""
    life = await _in_review(start_life)
    assert (await life.status())["next_action"]["what"] == "legal_notice by sms"
    await _pay_all_but_the_last(life)
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    await life.skip(timedelta(days=1))
    assert "legal_notice" not in await life.contacts()


async def test_promise_puts_the_end_off_by_its_own_time(start_life: StartLife) -> None:
    """Not by all the time that the legal desk has."""
    life = await _in_review(start_life)
    await life.skip(timedelta(days=5))
    ends_at = await _ends_at(life)
    today = life.loan.on(await life.now())
    await life.accepted("promise_made", promise_id="P", amount_minor=100, due_on=str(today))
    await life.pay(100)
    await life.skip(timedelta(hours=1))
    assert timedelta(0) <= await _ends_at(life) - ends_at < timedelta(hours=1)
    assert await life.outcome() == "handed_to_legal"
    assert (await life.contacts()).count("legal_notice") == 1


async def test_hold_leaves_a_promise_the_time_it_had(start_life: StartLife) -> None:
    """What was waited before the hold puts the end off as well as the hold itself."""
    life = await _in_review(start_life)
    await life.skip(timedelta(days=3))
    ends_at, began_at = await _ends_at(life), await life.now()
    due_on = life.loan.on(began_at) + timedelta(days=5)
    await life.accepted("promise_made", promise_id="P", amount_minor=100, due_on=str(due_on))
    await life.skip(timedelta(days=2))
    await life.accepted("hold_placed", hold_id="H", reason="dispute")
    await life.skip(timedelta(days=1))
    await life.accepted("hold_released", hold_id="H")
    await life.pay(100)
    put_off = await _ends_at(life) - ends_at
    assert abs(put_off - (await life.now() - began_at)) < timedelta(hours=1)


async def test_second_review_of_the_same_arrears_is_said_as_the_first(
    start_life: StartLife,
) -> None:
    """Back to contact, and the payment bounces: nobody is handed over without a word."""
    life = await _in_review(start_life)
    await life.skip(timedelta(days=1))
    paid = await life.arrears() - 100_000
    await life.pay(paid, payment_id="BOUNCES")
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    await life.accepted("payment_reversed", payment_id="BOUNCES")
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    await life.skip(timedelta(days=1))
    assert (await life.contacts()).count("legal_notice") == 2
    asked = "SELECT count(*) FROM staff_notices WHERE kind = 'review_wanted'"
    assert await life.value(asked) == 2
