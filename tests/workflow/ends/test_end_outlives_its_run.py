"""A run that is lost after its case was closed: what follows from the end is done all the same."""

from datetime import date, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife, begun_by_scan, start_in
from tests.support.lives.lives import Lives
from tests.support.lives.rebuilt import at_rest, take_up_again
from tests.support.world import INSTALMENT

FINISHED = "SELECT NOT is_ending FROM collection_cases"
CLOSING = "SELECT status FROM contact_attempts WHERE purpose = 'closing'"
OUT = """
    SELECT count(*) FROM simulated_outbox JOIN contact_attempts ON attempt_id = reference
    WHERE purpose = 'closing'
"""
MISSED = "SELECT count(*) FROM contact_refusals WHERE rule_id = 'LC-MISSED'"


async def _closed_at_night(start_life: StartLife, stage: Stage = Stage.EARLY_CONTACT) -> Life:
    """Everything is paid at eleven in the evening: the notice is to wait for the morning."""
    life = await start_in(start_life, stage)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23))
    await life.pay(payment_id="LAST")
    assert await life.value("SELECT closed_at IS NOT NULL FROM collection_cases")
    assert not await life.value(FINISHED)
    return life


async def _taken_up(life: Life) -> str:
    """How it ends, taken up from the record: the morning comes within a day."""
    await take_up_again(life)
    await life.skip(timedelta(days=1))
    return await life.outcome()


@pytest.mark.parametrize(
    "stage", [Stage.APPLICATION, Stage.PREPARATION, Stage.AGREEMENT, Stage.REPAYMENT]
)
async def test_record_says_what_the_run_knows(start_life: StartLife, stage: Stage) -> None:
    """While the notice waits for the morning: each life is compared with its record at its end."""
    life = await _closed_at_night(start_life, stage)
    assert (await life.status())["waiting_for"] == "closing_notice"


async def test_closing_notice_is_sent_once_in_the_morning(start_life: StartLife) -> None:
    """Lost in the night, taken up in the morning of the next day but one."""
    life = await _closed_at_night(start_life)
    await life.lose()
    await life.skip(timedelta(hours=34))
    assert await _taken_up(life) == "cured"
    assert (await life.contacts()).count("paid_notice") == 1
    assert await life.value(FINISHED)


async def test_it_is_not_said_long_after(start_life: StartLife) -> None:
    """A week later it would only remind of the debt: that it was missed is on record."""
    life = await _closed_at_night(start_life)
    await life.lose()
    await life.skip(timedelta(days=7))
    assert await _taken_up(life) == "cured"
    assert await life.value(CLOSING) is None
    assert await life.value(MISSED) == 1
    assert await life.value(FINISHED)


async def test_notice_that_was_on_its_way_is_asked_about(start_life: StartLife) -> None:
    """The provider took it, and nobody wrote that down: not sent again, and not left reserved."""
    life = await _closed_at_night(start_life)
    assert await life.outcome() == "cured"
    await life.pool.execute("UPDATE collection_cases SET is_ending = true")
    await life.pool.execute(
        "UPDATE contact_attempts SET status = 'reserved', sent_at = NULL WHERE purpose = 'closing'"
    )
    await life.skip(timedelta(days=2))
    assert await _taken_up(life) == "cured"
    assert await life.fetch(CLOSING) == [{"status": "sent"}]
    assert await life.value(OUT) == 1
    assert await life.value(FINISHED)


async def test_file_is_built_and_the_legal_desk_told(lives: Lives) -> None:
    """Closed on record, and lost before its file was kept."""
    life = await lives.start(RIPE, tried=True)
    await life.pool.execute(
        """
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'no room'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON legal_packages EXECUTE FUNCTION stop();
        """
    )
    await life.signal("case_closed", outcome="handed_to_legal", reason="sold")
    closed = "SELECT count(*) FROM collection_cases WHERE closed_at IS NOT NULL"
    while not await life.value(closed):
        await life.settle()
    await lives.shift.stop()  # nobody has the next try in hand
    await life.handle.terminate()
    await lives.shift.start_again()
    await life.pool.execute("DROP TRIGGER full_disk ON legal_packages")
    assert await _taken_up(life) == "handed_to_legal"
    told = "SELECT count(*) FROM staff_notices WHERE kind = 'legal_package_ready'"
    assert (await life.value(told), await life.value(FINISHED)) == (1, True)
    assert await life.value("SELECT count(*) FROM legal_packages") == 1


@pytest.mark.parametrize("was_reserved", [False, True])
async def test_notice_that_was_sent_is_not_called_missed(
    start_life: StartLife, was_reserved: bool
) -> None:
    """Taken up long after it: nobody writes that there was no time for it."""
    life = await _closed_at_night(start_life)
    assert await life.outcome() == "cured"
    await life.pool.execute("UPDATE collection_cases SET is_ending = true")
    if was_reserved:
        await life.pool.execute(
            "UPDATE contact_attempts SET status = 'reserved', sent_at = NULL"
            " WHERE purpose = 'closing'"
        )
    await life.skip(timedelta(days=7))
    assert await _taken_up(life) == "cured"
    assert await life.fetch(CLOSING) == [{"status": "sent"}]
    assert await life.value(MISSED) == 0


@pytest.mark.parametrize("stage", [Stage.EARLY_CONTACT, Stage.REPAYMENT])
async def test_payment_that_bounces_meanwhile_reopens_the_case(
    start_life: StartLife, stage: Stage
) -> None:
    """The run that goes on learns it from the record: with the plan that the payment completed."""
    life = await _closed_at_night(start_life, stage)
    await life.lose()
    await at_rest(life, "payment_reversed", payment_id="LAST")
    await take_up_again(life)
    status = await life.status()
    assert status["stage"] == stage
    assert bool(status["plan"]) == (stage is Stage.REPAYMENT)
    assert await life.value("SELECT closed_at IS NULL FROM collection_cases")
    await life.pay()
    await life.skip(timedelta(days=1))
    assert await life.outcome() == ("cured" if stage is Stage.EARLY_CONTACT else "plan_completed")
    assert await life.fetch(CLOSING) == [{"status": "sent"}]


async def test_part_whose_payment_bounces_has_a_new_grace(start_life: StartLife) -> None:
    """Paid on the last evening of its grace, taken back while no run was there to hear of it."""
    life = await start_in(start_life, Stage.REPAYMENT)
    part = (await life.status())["plan"]["plan"]["parts"][1]
    grace = timedelta(days=life.policy.plan.grace_days.value)
    await life.skip_to(life.loan.local(date.fromisoformat(part["due_on"]) + grace, 23))
    await life.pay(payment_id="LAST")
    await life.lose()
    await life.skip(timedelta(hours=3))
    await at_rest(life, "payment_reversed", payment_id="LAST")
    await take_up_again(life)
    await life.skip(grace - timedelta(days=1))
    assert (await life.status())["stage"] == Stage.REPAYMENT
    assert await life.value("SELECT status FROM agreements") == "signed"


async def test_pause_after_a_visit_is_kept(start_life: StartLife) -> None:
    """The payment that called the visit off bounces: nobody applies for another at once."""
    life = await _closed_at_night(start_life, Stage.PREPARATION)
    await life.lose()
    await at_rest(life, "payment_reversed", payment_id="LAST")
    await take_up_again(life)
    await life.skip(timedelta(days=1))
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    assert await life.value("SELECT cooling_until IS NOT NULL FROM collection_cases")


async def test_another_delinquency_is_another_case(start_life: StartLife) -> None:
    """The next instalment falls due, and a small payment bounces that had not ended the case."""
    life = await start_life(28)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23))
    await life.pay(INSTALMENT + 5, payment_id="LAST")
    await life.accepted("payment_received", payment_id="SMALL", amount_minor=7)
    await life.lose()
    await life.skip(timedelta(days=5))
    await at_rest(life, "payment_reversed", payment_id="SMALL")
    assert await _taken_up(life) == "cured"
    assert len(await begun_by_scan(life)) == 1
    cases = await life.fetch("SELECT outcome FROM collection_cases ORDER BY overdue_since")
    assert [case["outcome"] for case in cases] == ["cured", None]


async def test_no_other_case_begins_before(start_life: StartLife) -> None:
    """What is due again waits for the end that is not finished, and is taken up after it."""
    life = await _closed_at_night(start_life)
    await life.lose()
    await life.skip(timedelta(days=40))
    assert await begun_by_scan(life) == []
    assert await _taken_up(life) == "cured"
    assert len(await begun_by_scan(life)) == 1
