"""A plan that is broken: the borrower is told, and the case goes on."""

from datetime import timedelta

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.parts import due_of, sent_as, skip_to_noon


async def test_broken_plan_stays_broken_whatever_is_paid(life: Life) -> None:
    """All that is owed cures the loan; the plan is not completed, and its waiver not granted."""
    await life.drive_to(Stage.VISIT)
    await life.agree(waiver_minor=10_000)
    await life.sign()
    status = await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (status["plan"], status["broken_plans"]) == ({}, 1)
    await life.pay(await life.arrears() - 10_000)
    assert (await life.status())["arrears_minor"] == 10_000
    await life.pay()
    assert await life.outcome() == "cured"
    assert await life.value("SELECT status FROM agreements") == "broken"
    assert await life.value("SELECT count(*) FROM payments WHERE kind = 'waiver'") == 0


async def test_borrower_is_told_once_that_the_plan_has_ended(life: Life) -> None:
    """With what is owed now; as a collection message, which counts as one."""
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    broken_on = life.loan.on(await life.now())
    owed = await life.arrears()
    await skip_to_noon(life, broken_on + timedelta(days=3))
    [told] = await sent_as(life, "plan_broken")
    assert life.loan.on(told["sent_at"]) == broken_on
    assert f"{owed / 100:,.2f}元" in told["text"]
    purposes = await life.fetch("SELECT purpose FROM contact_attempts WHERE template='plan_broken'")
    assert purposes == [{"purpose": "collection"}]


async def test_message_of_the_day_puts_off_the_word_that_the_plan_has_ended(life: Life) -> None:
    """The cap on collection messages holds for it too: they are told on the next day."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    broken_on = due_of(status, 1) + timedelta(days=6)
    await life.pool.execute(
        "INSERT INTO contact_attempts (attempt_id, intent_key, case_id, loan_id, borrower_id,"
        " phone_id, channel, template, purpose, reserved_at, sent_at, status, policy_version,"
        " policy_sha256, facts) SELECT 'X', 'X', case_id, loan_id, borrower_id, phone_id, channel,"
        " 'overdue_notice', 'collection', $1, $1, 'sent', policy_version, policy_sha256, facts"
        " FROM contact_attempts WHERE template = 'visit_reminder'",
        life.loan.local(broken_on, 8),
    )
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await skip_to_noon(life, broken_on + timedelta(days=2))
    [told] = await sent_as(life, "plan_broken")
    assert life.loan.on(told["sent_at"]) == broken_on + timedelta(days=1)


async def test_broken_plan_leads_to_contact_and_a_second_one_to_legal_review(life: Life) -> None:
    """Each part has days of grace; the first plan that breaks is not the end."""
    await life.drive_to(Stage.GUIDED_REPAYMENT)
    due = life.loan.on(await life.now()) + timedelta(days=5)
    await life.skip_to(life.loan.local(due + timedelta(days=5), 20))
    assert (await life.status())["stage"] == Stage.GUIDED_REPAYMENT
    status = await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert status["plan"] == {}
    assert await life.value("SELECT status FROM agreements") == "broken"

    await life.drive_to(Stage.GUIDED_REPAYMENT)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    assert await life.outcome() == "handed_to_legal"
