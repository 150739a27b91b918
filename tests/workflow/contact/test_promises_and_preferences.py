"""What a borrower promises and wishes: waited for, and binding from then on."""

from datetime import timedelta

from tests.support.lives.life import StartLife
from tests.support.world import INSTALMENT, Loan


async def test_kept_promise_is_noted(start_life: StartLife) -> None:
    """A promise is waited for in silence; its payment keeps it."""
    life = await start_life(40)
    due = life.loan.on(await life.now()) + timedelta(days=10)
    await life.accepted("promise_made", amount_minor=INSTALMENT // 2, due_on=str(due))
    await life.refused("promise_made", "LC-PROMISE", amount_minor=1, due_on=str(due))
    await life.skip(timedelta(days=9))
    assert len(await life.contacts()) <= 1
    await life.pay(INSTALMENT // 2)
    assert await life.value("SELECT status FROM promises") == "kept"
    assert (await life.status())["promises"] == []


async def test_broken_promise_is_noted_and_contact_goes_on(start_life: StartLife) -> None:
    """One day of grace after the promised day, then the ladder's next step."""
    life = await start_life(4)
    due = life.loan.on(await life.now()) + timedelta(days=5)
    await life.accepted("promise_made", amount_minor=INSTALMENT, due_on=str(due))
    await life.skip_to(life.loan.local(due + timedelta(days=1), 23))
    assert await life.value("SELECT status FROM promises") == "open"
    assert await life.contacts() == []  # day 7 is missed
    await life.skip_to(life.loan.local(due + timedelta(days=2), 12))
    assert await life.value("SELECT status FROM promises") == "broken"
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_call"]


async def test_promise_too_far_ahead_is_refused(start_life: StartLife) -> None:
    """A promise lies at most as many days ahead as the policy says."""
    life = await start_life(4)
    due = life.loan.on(await life.now()) + timedelta(days=15)
    await life.refused(
        "promise_made", "LC-PROMISE-LONGEST", amount_minor=INSTALMENT, due_on=str(due)
    )


async def test_blocked_channel_binds_from_then_on(start_life: StartLife) -> None:
    """No call reaches a borrower who wants none; messages go on."""
    life = await start_life(1)
    await life.accepted("contact_preferences_changed", blocked_channels=["call"])
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_notice", "overdue_notice"]
    status = await life.status()
    assert {refusal["rule_id"] for refusal in status["last_refusals"]} == {"LC-PREFERENCE"}


async def test_agreed_hours_bind_and_are_used(start_life: StartLife) -> None:
    """A borrower who asks for the evening is contacted in the evening, not never."""
    life = await start_life(5)
    evening = {"start": "18:00", "end": "20:00"}
    await life.accepted("contact_preferences_changed", agreed_hours=[evening])
    await life.skip_to(life.loan.at_days_past_due(8))
    [attempt] = await life.fetch("SELECT * FROM contact_attempts")
    assert (
        18
        <= attempt["sent_at"].astimezone(life.loan.local(life.loan.first_due_on).tzinfo).hour
        < 20
    )


async def test_blocked_number_is_not_used(start_life: StartLife) -> None:
    """The next number in line is used instead."""
    life = await start_life(5, Loan(phones=2))
    await life.accepted("contact_preferences_changed", blocked_phone_ids=["B-1-p1"])
    await life.refused(
        "contact_preferences_changed", "LC-RECORD", blocked_phone_ids=["somebody-else"]
    )
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.value("SELECT phone_id FROM contact_attempts") == "B-1-p2"


async def test_payment_that_only_the_ledger_wrote_keeps_a_promise(start_life: StartLife) -> None:
    """Nobody sent an event: the database is asked before anything is called broken."""
    life = await start_life(5)
    due_on = life.loan.on(await life.now()) + timedelta(days=3)
    await life.accepted("promise_made", amount_minor=1000, due_on=str(due_on))
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ('P-0', 'L-1', 1000, $1, $1, 'ledger')",
        await life.now(),
    )
    await life.skip(timedelta(days=6))
    assert await life.value("SELECT status FROM promises") == "kept"
