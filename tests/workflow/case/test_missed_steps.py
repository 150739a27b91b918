"""A step whose day passed while nobody followed the ladder is on record as missed."""

from collections.abc import Mapping

import pytest

from database.sql import Pool
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Gateway
from tests.support.gateways import Fault, failing_gateways
from tests.support.lives.life import Life, StartLife
from tests.support.lives.rebuilt import take_up_again

# Steps of the shipped ladder: two are made before, these pass, and the next is left for later.
_LOST_FROM, _BACK_ON, _PASSED = 4, 31, ("7-call", "7-sms", "15-call", "20-sms", "30-sms")


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """The shipped one, with a day that has two steps."""
    body = policy.model_dump(mode="json")
    ladder = body["contact"]["ladder"]["value"]
    place = [step["days_past_due"] for step in ladder].index(7)
    call = next(step for step in ladder if step["template"] == "overdue_call")
    ladder.insert(place, {**call, "days_past_due": 7})
    return Policy.model_validate(body)


@pytest.fixture
def gateways(pool: Pool, faults: set[Fault]) -> Mapping[Channel, Gateway]:
    """The simulated providers, behind lines that a test cuts."""
    return failing_gateways(pool, faults)


async def _missed(life: Life) -> list[str]:
    rows = await life.fetch(
        "SELECT intent_key FROM contact_refusals WHERE rule_id = 'LC-MISSED' ORDER BY at"
    )
    return [row["intent_key"].rpartition("dpd-")[2] for row in rows]


async def test_steps_that_a_lost_run_did_not_take(start_life: StartLife) -> None:
    """Each once, also if the run is lost again; the ladder goes on from there."""
    life = await start_life(1)
    await life.skip_to(life.loan.at_days_past_due(_LOST_FROM))
    made = await life.contacts()
    assert len(made) == 2
    await life.handle.terminate()
    await life.skip_to(life.loan.at_days_past_due(_BACK_ON))
    await take_up_again(life)
    assert await _missed(life) == [*_PASSED]
    await life.handle.terminate()
    await take_up_again(life)
    assert await _missed(life) == [*_PASSED]
    assert await life.contacts() == made
    await life.skip_to(life.loan.at_days_past_due(41))
    assert (await life.contacts())[2:] == ["overdue_call"]
    assert await _missed(life) == [*_PASSED]


async def test_a_promise_is_silence_and_not_a_loss(start_life: StartLife) -> None:
    """Of a run that is lost after it: the steps of before its day were not to be taken."""
    life = await start_life(4)
    promised_on = life.loan.on(life.loan.at_days_past_due(18))
    await life.accepted(
        "promise_made", promise_id="P-1", amount_minor=await life.arrears(), due_on=str(promised_on)
    )
    await life.skip_to(life.loan.at_days_past_due(25))
    made = await life.contacts()
    await life.handle.terminate()
    await life.skip_to(life.loan.at_days_past_due(_BACK_ON))
    await take_up_again(life)
    assert await _missed(life) == ["30-sms"]
    assert await life.contacts() == made


async def test_step_that_another_of_its_day_left_no_time_for(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """The first was tried until the hours were over."""
    faults.add(Fault.BUSY)
    life = await start_life(6)
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await _missed(life) == ["7-call:2", "7-sms"]
    assert await life.value("SELECT count(*) FROM contact_attempts") == 1
