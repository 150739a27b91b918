"""A step whose day passed while nobody followed the ladder is on record as missed."""

from collections.abc import Mapping

import pytest

from database.sql import Pool
from domain.case.state import Stage
from domain.policy.contact import Channel
from domain.policy.policy import Policy
from gateways.protocol import Gateway
from tests.support.gateways import Fault, failing_gateways
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.lives.rebuilt import take_up_again

# Steps of the shipped ladder: two are made before, these pass, and the next is left for later.
_LOST_FROM, _BACK_ON, _PASSED = 4, 31, ("7-call", "7-sms", "15-call", "20-sms", "30-sms")


@pytest.fixture
def policy(policy: Policy) -> Policy:
    """The shipped one, with two days that have two steps each, a call first."""
    body = policy.model_dump(mode="json")
    ladder = body["contact"]["ladder"]["value"]
    days = [step["days_past_due"] for step in ladder]
    call, message = (
        next(step for step in ladder if step["template"] == template)
        for template in ("overdue_call", "overdue_notice")
    )
    ladder.insert(days.index(40) + 1, {**message, "days_past_due": 40})
    ladder.insert(days.index(7), {**call, "days_past_due": 7})
    return Policy.model_validate(body)


@pytest.fixture
def gateways(pool: Pool, faults: set[Fault]) -> Mapping[Channel, Gateway]:
    """The simulated providers, behind lines that a test cuts."""
    return failing_gateways(pool, faults)


async def _missed(life: Life) -> list[str]:
    """The steps. In which window one was given up depends on when its last try began."""
    rows = await life.fetch(
        "SELECT intent_key FROM contact_refusals WHERE rule_id = 'LC-MISSED' ORDER BY at"
    )
    return [row["intent_key"].rpartition("dpd-")[2].partition(":")[0] for row in rows]


async def test_steps_that_a_lost_run_did_not_take(start_life: StartLife) -> None:
    """Each once, also if the run is lost again; the ladder goes on from there."""
    life = await start_life(1)
    await life.skip_to(life.loan.at_days_past_due(_LOST_FROM))
    made = await life.contacts()
    assert len(made) == 2
    await life.lose()
    await life.skip_to(life.loan.at_days_past_due(_BACK_ON))
    await take_up_again(life)
    assert await _missed(life) == [*_PASSED]
    await life.lose()
    await take_up_again(life)
    assert await _missed(life) == [*_PASSED]
    assert await life.contacts() == made
    await life.skip_to(life.loan.at_days_past_due(41))
    assert (await life.contacts())[2:] == ["overdue_call", "overdue_notice"]
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
    await life.lose()
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
    assert await _missed(life) == ["7-call", "7-sms"]
    assert await life.value("SELECT count(*) FROM contact_attempts") == 1


async def test_ladder_that_changes_before_its_day_is_over(
    start_life: StartLife, faults: set[Fault]
) -> None:
    """A payment moves it while the first step is tried: the second was not to be taken any more."""
    life = await start_life(39)
    faults.add(Fault.BUSY)
    await life.skip_to(life.loan.at_days_past_due(40, hour=17))
    await life.pay(100_000)
    await life.skip_to(life.loan.at_days_past_due(41))
    assert await _missed(life) == ["40-call"]


async def test_hold_is_silence_also_where_the_run_was_lost_in_it(start_life: StartLife) -> None:
    """What was not to be done meanwhile was not missed."""
    life = await start_life(4)
    await life.accepted("hold_placed", hold_id="H", reason="dispute")
    await life.lose()
    await life.skip_to(life.loan.at_days_past_due(16))
    await take_up_again(life)
    await life.skip_to(life.loan.at_days_past_due(18))
    await life.accepted("hold_released", hold_id="H")
    await life.skip_to(life.loan.at_days_past_due(21))
    assert await _missed(life) == []
    assert (await life.contacts())[-1] == "credit_report_warning"


async def test_stage_in_between_is_no_loss_either(start_life: StartLife) -> None:
    """Of a run that was lost while an approval was waited for."""
    life = await start_life(RIPE, tried=True)
    await life.drive_to(Stage.APPROVAL)
    await life.lose()
    await take_up_again(life)
    await life.skip_until(lambda status: status["stage"] == Stage.EARLY_CONTACT)
    assert await _missed(life) == []
