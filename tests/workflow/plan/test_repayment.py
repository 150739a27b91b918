"""Repayment: parts paid in part, too much, too late, reversed; and what the borrower hears."""

from datetime import date, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import amount_of, due_of, sent_as, skip_to_noon
from tests.support.world import INSTALMENT

# The first payment


async def test_first_payment_is_helped_until_the_plan_breaks(life: Life) -> None:
    """Before, on and after the due date, once a day at most; somebody is asked to call."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    due = due_of(status, 1)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    days = [life.loan.on(row["sent_at"]) for row in await sent_as(life, "payment_help")]
    assert days == [due + timedelta(days=after) for after in (-2, 0, 2)]
    assert len(await sent_as(life, "how_to_pay")) == 1
    [notice] = await life.fetch(
        "SELECT audience, body::text, created_at FROM staff_notices"
        " WHERE kind = 'first_payment_help'"
    )
    assert notice["audience"] == "collectors"
    assert f'"rest_minor": {amount_of(status, 1)}' in notice["body"]
    assert life.loan.on(notice["created_at"]) == due + timedelta(days=1)


async def test_nothing_is_said_after_the_first_payment_has_arrived(life: Life) -> None:
    """No help, and nobody is asked to call."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.pay_part(1)
    await life.skip_to_stage(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 1) + timedelta(days=4))
    assert await sent_as(life, "payment_help") == []
    assert await life.value("SELECT count(*) FROM staff_notices WHERE kind LIKE 'first%'") == 0


async def test_hold_before_the_first_payment_is_followed_by_no_burst(life: Life) -> None:
    """What fell into it is not caught up: one message on the day of its end, one two days later."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    due = due_of(status, 1)
    await skip_to_noon(life, due - timedelta(days=3))
    assert len(await sent_as(life, "how_to_pay")) == 1
    await life.accepted("hold_placed", hold_id="H", reason="hardship")
    await skip_to_noon(life, due + timedelta(days=9))
    before = len(await life.contacts())
    await life.accepted("hold_released", hold_id="H")
    await skip_to_noon(life, due + timedelta(days=13))
    assert (await life.contacts())[before:] == ["payment_help"] * 2
    assert (await life.status())["stage"] == Stage.GUIDED_REPAYMENT
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert life.loan.on(await life.now()) == due + timedelta(days=9 + 5)


# Amounts


async def test_part_of_a_part_leaves_its_rest(life: Life) -> None:
    """The status and the next message ask for the rest, not for the whole part."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    status = await life.pay(amount_of(status, 1) - 12_345)
    assert status["stage"] == Stage.GUIDED_REPAYMENT
    plan = status["plan"]
    assert plan["paid_minor"] == amount_of(status, 1) - 12_345
    assert (plan["next_part"]["number"], plan["next_part"]["rest_minor"]) == (1, 12_345)
    await skip_to_noon(life, due_of(status, 1) + timedelta(days=1))
    texts = [row["text"] for row in await sent_as(life, "payment_help")]
    assert texts
    assert all("123.45元" in text for text in texts)
    await life.pay(12_345)
    await life.skip_to_stage(Stage.REPAYMENT)


async def test_several_parts_at_once_need_no_reminder(life: Life) -> None:
    """Two parts and a bit in one payment: the third is asked for, less the bit."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.pay(amount_of(status, 1) + amount_of(status, 2) + 100)
    await life.skip_to_stage(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2))
    assert await sent_as(life, "part_reminder") == []
    await skip_to_noon(life, due_of(status, 3))
    [reminder] = await sent_as(life, "part_reminder")
    assert f"{(amount_of(status, 3) - 100) / 100:,.2f}元" in reminder["text"]
    assert (await life.status())["plan"]["next_part"]["number"] == 3


@pytest.mark.parametrize(
    ("days_after", "hour", "stage"),
    [(0, 21, Stage.REPAYMENT), (5, 21, Stage.REPAYMENT), (6, 18, Stage.EARLY_CONTACT)],
)
async def test_payment_by_the_day(life: Life, days_after: int, hour: int, stage: Stage) -> None:
    """On the due day and within the grace the plan goes on; later it is broken for good."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 1) + timedelta(days=days_after), hour))
    await life.pay(amount_of(status, 1))
    status = await life.skip_to_stage(stage)
    assert status["broken_plans"] == (1 if stage is Stage.EARLY_CONTACT else 0)


# Reversal


async def test_reversed_part_is_open_again_with_a_grace_of_its_own(life: Life) -> None:
    """Months later the plan is not broken at once: they are told, and have the days of grace."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.pay(amount_of(status, 1), payment_id="P-first")
    await life.skip_to_stage(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2) - timedelta(days=10))
    reversed_on = life.loan.on(await life.now())
    status = await life.accepted("payment_reversed", payment_id="P-first")
    assert (status["stage"], status["plan"]["next_part"]["number"]) == (Stage.REPAYMENT, 1)
    assert status["plan"]["paid_minor"] == 0
    await skip_to_noon(life, reversed_on + timedelta(days=4))
    assert len(await sent_as(life, "payment_help")) >= 1
    assert (await life.status())["stage"] == Stage.REPAYMENT
    await life.pay(amount_of(status, 1))
    await skip_to_noon(life, reversed_on + timedelta(days=7))
    assert (await life.status())["plan"]["next_part"]["number"] == 2


async def test_reversed_part_that_is_not_paid_again_breaks_the_plan(life: Life) -> None:
    """After the days of grace."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.pay(amount_of(status, 1), payment_id="P-first")
    await life.skip_to_stage(Stage.REPAYMENT)
    await skip_to_noon(life, due_of(status, 2) - timedelta(days=10))
    reversed_on = life.loan.on(await life.now())
    await life.accepted("payment_reversed", payment_id="P-first")
    await life.skip_until(lambda status: status["broken_plans"] == 1)
    assert life.loan.on(await life.now()) == reversed_on + timedelta(days=5)


# Early settlement


async def _settle(life: Life, *, over_minor: int = 0, payments: int = 1) -> tuple[date, int]:
    """Pay the stated rest today, in so many payments; answers with the day and what is owed."""
    status = await life.drive_to(Stage.REPAYMENT)
    rest = status["plan"]["early_settlement_minor"]
    assert rest == status["plan"]["rest_minor"] == amount_of(status, 2) + amount_of(status, 3)
    balance = "SELECT rest_minor FROM agreement_balances WHERE status = 'signed'"
    assert await life.value(balance) == rest
    today = life.loan.on(await life.now())
    for number in range(payments - 1):
        status = await life.pay(1_000 + number)
        rest -= 1_000 + number
        assert status["plan"]["early_settlement_minor"] == await life.value(balance) == rest
    outstanding = (await life.status())["outstanding_minor"]
    await life.pay(rest + over_minor)
    assert await life.outcome() == "plan_completed"
    assert await life.value("SELECT rest_minor FROM agreement_balances") == 0
    return today, outstanding - rest


@pytest.mark.parametrize("payments", [1, 2])
async def test_rest_that_is_paid_early_completes_the_plan(life: Life, payments: int) -> None:
    """In one payment or in two; nothing is overdue, and nothing was added."""
    today, _ = await _settle(life, payments=payments)
    assert await life.arrears(today) == 0
    assert await life.value("SELECT status FROM agreements") == "completed"


async def test_what_is_paid_over_counts_against_the_loan(life: Life) -> None:
    """The instalments that were put off are owed less."""
    today, left = await _settle(life, over_minor=INSTALMENT // 2)
    debt = "SELECT outstanding_minor FROM loan_debt('L-1', $1)"
    assert await life.value(debt, today) == left - INSTALMENT // 2


# A whole plan


async def test_honoured_plan_is_silent_but_for_its_reminders(life: Life) -> None:
    """One message before each part; the loan's own instalments wait until the plan is fulfilled."""
    await life.drive_to(Stage.REPAYMENT)
    for number in (2, 3):
        before = (await life.contacts()).count("part_reminder")
        await skip_to_noon(life, due_of(await life.status(), number))
        assert (await life.contacts()).count("part_reminder") == before + 1
        await life.pay_part(number)
    assert await life.outcome() == "plan_completed"
    assert (await life.contacts())[-4:] == [
        "visit_closing",
        "part_reminder",
        "part_reminder",
        "plan_completed_notice",
    ]
