"""How a case ends, in any stage: by a payment, by another system, by the lawyers."""

from datetime import timedelta

import pytest

from documents.legal_package import differences
from domain.case.state import Stage
from tests.support.lives.life import STAGES, StartLife, begun_by_scan, start_in
from tests.support.world import INSTALMENT, Loan, insert_loan

WITH_PLAN = (Stage.GUIDED_REPAYMENT, Stage.CLOSING_VISIT, Stage.REPAYMENT)


@pytest.mark.parametrize("stage", STAGES)
async def test_payment_of_the_arrears_ends_the_case_in_any_stage(
    start_life: StartLife, stage: Stage
) -> None:
    """What was under way is called off, the crew is free, and one notice is the last contact."""
    life = await start_in(start_life, stage)

    await life.pay()

    assert await life.outcome() == ("plan_completed" if stage in WITH_PLAN else "cured")
    notice = "plan_completed_notice" if stage in WITH_PLAN else "paid_notice"
    contacts = await life.contacts()
    assert contacts.count(notice) == 1
    assert contacts[-1] == notice
    assert await life.booked_crew() == 0
    assert not await life.fetch("SELECT * FROM visits WHERE ended_at IS NULL")
    assert not await life.fetch("SELECT * FROM agreements WHERE status IN ('offered', 'signed')")
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["outcome"] == await life.outcome()


async def test_crew_is_told_when_a_payment_calls_off_its_visit(start_life: StartLife) -> None:
    """A crew that is booked reads that the case has ended."""
    life = await start_in(start_life, Stage.PREPARATION)
    await life.pay()
    await life.outcome()
    reasons = await life.fetch(
        "SELECT body->>'reason' AS reason FROM staff_notices WHERE kind = 'appointment_called_off'"
    )
    assert reasons == [{"reason": "the case has ended: cured"}]


async def test_full_repayment_settles_the_loan(start_life: StartLife) -> None:
    """Nothing is owed any more: the loan is settled and the borrower is told so."""
    life = await start_life(5)
    await life.pay(12 * INSTALMENT)
    assert await life.outcome() == "settled"
    assert (await life.contacts())[-1] == "settled_notice"
    assert await life.value("SELECT status FROM loans") == "settled"


async def test_closing_notice_waits_for_the_morning(start_life: StartLife) -> None:
    """A payment at night is thanked for when the hours begin."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay()
    status = await life.status()
    assert status["next_action"]["what"] == "paid_notice by sms"
    assert await life.outcome() == "cured"
    status = await life.status()
    assert (status["waiting_for"], status["next_action"]["what"]) == ("nothing", "end")
    sent_at = await life.value("SELECT sent_at FROM contact_attempts WHERE purpose = 'closing'")
    assert sent_at >= life.loan.at_days_past_due(6, hour=8)


async def test_part_payment_moves_the_date_that_counts(start_life: StartLife) -> None:
    """One of two overdue instalments is paid: the ladder starts again from the second."""
    life = await start_life(40)
    assert (await life.status())["days_past_due"] == 40

    status = await life.pay(INSTALMENT)

    assert status["days_past_due"] == 40 - 31
    assert status["arrears_minor"] == INSTALMENT
    await life.skip_to(life.loan.at_days_past_due(31 + 16))
    keys = await life.fetch("SELECT intent_key FROM contact_attempts ORDER BY reserved_at DESC")
    assert keys[0]["intent_key"].endswith(":2026-02-10:dpd-15-call")


async def test_reversal_before_the_notice_reopens_the_case(start_life: StartLife) -> None:
    """The payment is reversed in the night: no thanks are sent and contact goes on."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay(payment_id="P-1")
    assert (await life.status())["stage"] == Stage.ENDED

    await life.accepted("payment_reversed", payment_id="P-1")

    status = await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert status["arrears_minor"] == INSTALMENT
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]  # of day 7
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["closed_at"] is None
    await life.pay()
    assert await life.outcome() == "cured"
    assert (await life.contacts()).count("paid_notice") == 1


@pytest.mark.parametrize("outcome", ["written_off", "transferred", "withdrawn", "handed_to_legal"])
async def test_other_system_ends_the_case(start_life: StartLife, outcome: str) -> None:
    """The visit is called off, the crew is free; the borrower hears of that and no more."""
    life = await start_in(start_life, Stage.PREPARATION)
    before = await life.contacts()
    await life.accepted("case_closed", outcome=outcome, reason="decided elsewhere")
    assert await life.outcome() == outcome
    assert await life.contacts() == [*before, "visit_called_off"]
    assert await life.booked_crew() == 0
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["outcome"] == outcome
    packages = await life.value("SELECT count(*) FROM legal_packages")
    assert packages == (1 if outcome == "handed_to_legal" else 0)
    status = {"handed_to_legal": "in_legal"}.get(outcome, outcome)
    assert await life.value("SELECT status FROM loans") == status


async def test_legal_review_hands_the_case_over(start_life: StartLife) -> None:
    """After the deadline, with one last word to the borrower and a notice to the desk."""
    life = await start_life(181)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    assert await life.outcome() == "handed_to_legal"
    assert await life.contacts() == ["legal_notice"]
    notices = await life.fetch(
        "SELECT kind, body->>'sha256' AS sha256 FROM staff_notices WHERE audience = 'legal'"
        " ORDER BY created_at"
    )
    [package] = await life.fetch("SELECT * FROM legal_packages")
    assert notices == [
        {"kind": "review_wanted", "sha256": None},
        {"kind": "legal_package_ready", "sha256": package["sha256"]},
    ]
    assert differences(package["content"]) == []


async def test_next_delinquency_does_not_reopen_the_one_before(start_life: StartLife) -> None:
    """Paid in the evening; at midnight the next instalment is overdue, and a case of its own."""
    life = await start_life(31)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22, 30))
    await life.pay(INSTALMENT)
    assert (await life.status())["stage"] == Stage.ENDED
    await life.skip(timedelta(hours=2))
    assert await begun_by_scan(life) == []  # the end comes first
    assert await life.outcome() == "cured"
    assert len(await begun_by_scan(life)) == 1
    cases = await life.fetch("SELECT outcome FROM collection_cases ORDER BY overdue_since")
    assert [case["outcome"] for case in cases] == ["cured", None]
    assert "paid_notice" not in await life.contacts()  # something is overdue again


async def test_hold_of_another_loan_keeps_this_one_from_the_lawyers(start_life: StartLife) -> None:
    """It comes without a word to this case, which looks before it hands over."""
    life = await start_life(181)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    await life.skip(timedelta(days=2))
    other = Loan(loan_id="L-2", first_due_on=life.loan.first_due_on)
    await insert_loan(life.pool, other)
    await life.pool.execute(
        "INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at)"
        " VALUES ('L-2', 'H-1', 'B-1', 'bereavement', $1)",
        await life.now(),
    )
    await life.skip(timedelta(days=20))
    status = await life.status()
    assert (status["waiting_for"], status["stage"]) == ("hold_released", Stage.LEGAL_REVIEW)
    await life.accepted("hold_released", hold_id="H-1")  # through this loan: the hold is theirs
    assert await life.value("SELECT count(*) FROM holds WHERE released_at IS NULL") == 0


@pytest.mark.parametrize(("days", "paid", "status"), [(10, 0, "replaced"), (10, 5, "kept")])
async def test_end_breaks_no_promise_whose_day_has_not_come(
    start_life: StartLife, days: int, paid: int, status: str
) -> None:
    """The file for the lawyers says of nobody that they broke their word before its day."""
    life = await start_life(20)
    due_on = life.loan.on(await life.now()) + timedelta(days=days)
    await life.accepted("promise_made", amount_minor=5, due_on=str(due_on))
    if paid:
        await life.signal("payment_received", payment_id="P", amount_minor=paid)
    await life.signal("case_closed", outcome="handed_to_legal")
    assert await life.outcome() == "handed_to_legal"
    assert await life.value("SELECT status FROM promises") == status
