"""From the proposal to the signature: every no, every silence, every wrong answer has an end."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life
from tests.support.lives.time_skipping import MOMENT

# Plan and agreement


async def test_impossible_proposal_is_refused_with_every_limit(life: Life) -> None:
    """The crew at the door reads each limit at once and can propose again."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status))
    report = await life.report(status, instalments=80, first_due_on="2027-01-01")
    reason = await life.refused("visit_reported", "LC-PLAN", **report)
    assert "instalments: 80 last longer than 60 months" in reason
    assert "first_due_on: 2027-01-01 is not within 30 days" in reason
    await life.agree()


async def test_large_waiver_needs_an_approver_from_outside(life: Life) -> None:
    """Neither the applicant nor the crew; with the approver's name in the agreement."""
    status = await life.drive_to(Stage.PLAN)
    plan_id = status["plan"]["plan_id"]
    for approver in ("K-1", *status["visit"]["badges_on_site"]):
        await life.refused("plan_approved", "LC-FOUR-EYES", plan_id=plan_id, approver_id=approver)
    await life.refused("plan_approved", "LC-PLAN", plan_id="another", approver_id="A-2")
    await life.accepted("plan_approved", plan_id=plan_id, approver_id="A-2")
    await life.offered()
    [agreement] = await life.fetch("SELECT * FROM agreements")
    assert agreement["waiver_approver_id"] == "A-2"
    assert agreement["waiver_minor"] * 10 == agreement["total_minor"] + agreement["waiver_minor"]


async def test_waiver_beyond_an_approver_takes_a_senior(life: Life) -> None:
    """The notice says so; the refusal says what may be granted, and by whom."""
    await life.drive_to(Stage.VISIT)
    arrears = await life.arrears()
    await life.agree(waiver_minor=arrears // 4)
    plan_id = (await life.skip_to_stage(Stage.PLAN))["plan"]["plan_id"]
    notice = "SELECT body ->> 'level' FROM staff_notices WHERE kind = 'waiver_approval_wanted'"
    assert await life.value(notice) == "senior_approver"
    await life.pool.execute(
        "INSERT INTO staff VALUES ('S-1', 'senior_approver', false),"
        " ('S-2', 'senior_approver', true), ('A-2', 'approver', true)"
    )
    decision = {"plan_id": plan_id}
    reason = await life.refused("plan_approved", "LC-AUTHORITY", **decision, approver_id="A-2")
    assert reason.endswith(
        f"the level approver may waive {arrears // 5}; a waiver of {arrears // 4} takes the level"
        " senior_approver"
    )
    for approver, why in (
        ("s-1", "no longer on the staff"),
        ("X-1", "not on the list of the staff"),
    ):
        reason = await life.refused(
            "plan_approved", "LC-AUTHORITY", **decision, approver_id=approver
        )
        assert reason.endswith(f"approver_id: {why}")
    await life.accepted("plan_approved", **decision, approver_id="S-2")
    await life.sign()


async def test_plan_covers_the_penalty_and_its_completion_settles_it(life: Life) -> None:
    """Charged at the signature, paid with the parts, and nothing is left."""
    await life.pool.execute("UPDATE loans SET penalty_rate_percent = 6")
    await life.drive_to(Stage.AGREEMENT)
    status = await life.status()
    penalty = status["plan"]["plan"]["penalty_minor"]
    assert penalty > 0
    await life.sign()
    status = await life.status()
    assert status["statement"]["overdue"]["penalty_minor"] == penalty
    statement = status["statement"]
    assert sum(statement["overdue"].values()) == status["arrears_minor"] == await life.arrears()
    assert sum(statement["outstanding"].values()) == status["outstanding_minor"]
    assert statement["penalty_minor"] == 0
    today = life.loan.on(await life.now())
    await life.pay(await life.arrears())
    assert await life.outcome() == "plan_completed"
    assert await life.value("SELECT arrears_minor FROM loan_debt('L-1', $1)", today) == 0
    assert await life.value("SELECT amount_minor FROM loan_charges") == penalty


async def test_waiver_is_granted_when_its_plan_is_completed(life: Life) -> None:
    """Paid less the waiver, nothing is overdue."""
    status = await life.drive_to(Stage.PLAN)
    await life.accepted("plan_approved", plan_id=status["plan"]["plan_id"], approver_id="A-2")
    await life.sign()
    await life.pay((await life.status())["plan"]["plan"]["arrears_minor"] * 9 // 10)
    paid_on = life.loan.on(await life.now())  # the end may take the server's time far ahead
    assert await life.outcome() == "plan_completed"
    assert await life.arrears(paid_on) == 0
    assert await life.value("SELECT count(*) FROM payments WHERE kind = 'waiver'") == 1


@pytest.mark.parametrize("answer", ["plan_rejected", "silence"])
async def test_waiver_that_is_not_approved_is_negotiated_again(life: Life, answer: str) -> None:
    """A no, or no answer in time; a smaller one then needs no approval."""
    status = await life.drive_to(Stage.PLAN)
    if answer != "silence":
        await life.accepted(answer, plan_id=status["plan"]["plan_id"], approver_id="A-2")
    status = await life.skip_to_stage(Stage.VISIT)
    assert status["plan"] == {}
    await life.agree(waiver_minor=1000)
    await life.sign()


async def test_wrong_hash_is_not_a_signature(life: Life) -> None:
    """Only the fingerprint of the offered document signs it, once."""
    await life.drive_to(Stage.AGREEMENT)
    status = await life.offered()
    await life.refused(
        "agreement_signed", "LC-DOCUMENT", **life.signature(status, document_sha256="0" * 64)
    )
    await life.refused(
        "agreement_signed", "LC-DOCUMENT", **life.signature(status, agreement_id="another")
    )
    await life.accepted("agreement_signed", **life.signature(status))
    await life.refused("agreement_signed", "LC-STAGE", **life.signature(status))
    [agreement] = await life.fetch("SELECT * FROM agreements")
    assert agreement["signed_sha256"] == agreement["document_sha256"]


async def test_agreement_that_expires_in_a_hold_is_offered_anew(life: Life) -> None:
    """The document keeps its word: what it calls void is not signed; a new one replaces it."""
    await life.drive_to(Stage.AGREEMENT)
    first = await life.offered()
    await life.skip(timedelta(days=1))
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=3))
    reason = await life.refused("agreement_signed", "LC-DOCUMENT", **life.signature(first))
    assert "the agreement expired at" in reason
    await life.accepted("hold_released", hold_id="H-1")
    second = await life.offered()
    assert second["plan"]["agreement_id"] == f"{first['plan']['agreement_id']}-2"
    assert second["plan"]["plan"] == first["plan"]["plan"]
    await life.refused("agreement_signed", "LC-DOCUMENT", **life.signature(first))
    await life.sign()
    assert await life.fetch(
        "SELECT status, supersedes, signed_at < expires_at AS in_time FROM agreements"
        " ORDER BY offered_at"
    ) == [
        {"status": "expired", "supersedes": None, "in_time": None},
        {"status": "signed", "supersedes": None, "in_time": True},
    ]


async def test_agreement_outlives_a_short_hold(life: Life) -> None:
    """What is still open can be signed; when its own time is up, the time that was held is left."""
    await life.drive_to(Stage.AGREEMENT)
    first = await life.offered()
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=1))
    status = await life.accepted("hold_released", hold_id="H-1")
    assert status["plan"]["agreement_id"] == first["plan"]["agreement_id"]
    await life.skip(timedelta(days=2) + MOMENT)
    second = await life.offered()
    assert second["plan"]["agreement_id"].endswith(":agreement-2")
    await life.skip(timedelta(days=1) + MOMENT)
    assert (await life.skip_to_stage(Stage.VISIT))["plan"] == {}
    rows = await life.fetch("SELECT status FROM agreements ORDER BY offered_at")
    assert [row["status"] for row in rows] == ["expired", "expired"]


async def test_agreement_whose_first_part_is_late_after_a_hold_is_negotiated_again(
    life: Life,
) -> None:
    """Nobody is asked to sign for a day that has passed."""
    await life.drive_to(Stage.AGREEMENT)
    await life.offered()
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=6))
    await life.accepted("hold_released", hold_id="H-1")
    await life.skip_to_stage(Stage.VISIT)
    assert await life.value("SELECT array_agg(status) FROM agreements") == ["expired"]


@pytest.mark.parametrize("answer", ["declined", "silence"])
async def test_unsigned_agreements_are_negotiated_a_bounded_number_of_times(
    life: Life, answer: str
) -> None:
    """Then the visit ends without a plan, and contact goes on."""
    await life.drive_to(Stage.AGREEMENT)
    for round_ in (1, 2, 3):
        status = await life.offered()
        if answer == "declined":
            await life.accepted(
                "agreement_declined", agreement_id=status["plan"]["agreement_id"], reason="no"
            )
        else:
            await life.skip(timedelta(days=3) + MOMENT)
        if round_ < 3:
            await life.skip_to_stage(Stage.VISIT)
            await life.agree()
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["status"] == "completed"
    rows = await life.fetch("SELECT status FROM agreements")
    assert [row["status"] for row in rows] == [
        "declined" if answer == "declined" else "expired"
    ] * 3
