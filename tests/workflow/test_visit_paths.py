"""The way through a visit: every no, every silence, every wrong answer has a stated end."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.case import Stage
from tests.workflow.life import MOMENT, Json, Life, StartLife

RIPE = 92


@pytest.fixture
async def life(start_life: StartLife) -> Life:
    """A loan for which SMS and calls were tried and did not work."""
    return await start_life(RIPE, tried=True)


async def _ended_visit(life: Life) -> Json:
    [visit] = await life.fetch("SELECT status, ended_reason, ended_at FROM visits")
    assert visit["ended_at"] is not None
    assert await life.booked_crew() == 0
    return visit


# Application and approval


async def test_nobody_applies(life: Life) -> None:
    """The borrower is invited once; after the time is up contact goes on, and later asks again."""
    await life.skip_to_stage(Stage.APPLICATION)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.contacts()).count("visit_invitation") == 1
    again = await life.skip_to_stage(Stage.APPLICATION)
    assert again["waiting_for"] == "visit_requested"
    assert life.loan.on(await life.now()) >= life.loan.at_days_past_due(RIPE + 10 + 14).date()


async def test_borrower_applies_without_being_invited(start_life: StartLife) -> None:
    """Too early it is refused; once a visit is possible, it goes straight to approval."""
    life = await start_life(88)
    borrower = {"applicant": "borrower", "applicant_id": "B-1"}
    await life.refused("visit_requested", "LC-VISIT-FROM", **life.application(**borrower))
    await life.skip_to(life.loan.at_days_past_due(90))
    await life.refused(
        "visit_requested", "LC-VISIT-ADDRESS", **life.application(address_id="elsewhere")
    )
    status = await life.apply(**borrower)
    assert status["visit"]["applicant_id"] == "B-1"


async def test_silence_of_the_approvers_is_a_no(life: Life) -> None:
    """They are reminded; when the time runs out the visit has expired."""
    await life.drive_to(Stage.APPROVAL)
    began_at = await life.now()
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert await life.now() - began_at >= timedelta(days=7)
    assert (await _ended_visit(life))["status"] == "expired"
    asked = await life.fetch(
        "SELECT audience, count(*) FROM staff_notices WHERE kind = 'visit_approval_wanted'"
        " GROUP BY audience ORDER BY audience"
    )
    assert asked == [
        {"audience": "approvers", "count": 4},
        {"audience": "senior_approvers", "count": 2},  # from the fourth day on
    ]
    await life.refused("visit_approved", "LC-STAGE", approver_id="A-1")


async def test_approval_takes_another_person(life: Life) -> None:
    """The applicant can neither approve nor reject; another person can, once."""
    await life.drive_to(Stage.APPROVAL)
    for answer in ("visit_approved", "visit_rejected"):
        await life.refused(answer, "LC-FOUR-EYES", approver_id="K-1")
    await life.accepted("visit_rejected", approver_id="A-1")
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["status"] == "rejected"
    await life.refused("visit_approved", "LC-STAGE", approver_id="A-2")


# Appointment


async def test_declined_appointment_leads_to_another_proposal(life: Life) -> None:
    """At the preferred time, where it is possible; a bounded number of times."""
    await life.drive_to(Stage.APPOINTMENT)
    slot = await life.proposed()
    preferred = life.loan.local(life.loan.on(await life.now()) + timedelta(days=8), 14)
    at_night = preferred.replace(hour=23)
    await life.refused("appointment_declined", "LC-APPOINTMENT", slot_id="another")
    await life.accepted(
        "appointment_declined",
        slot_id=slot["slot_id"],
        preferred_times=[at_night.isoformat(), preferred.isoformat()],
    )
    second = await life.proposed()
    assert second["slot_id"] != slot["slot_id"]
    assert datetime.fromisoformat(second["start"]) == preferred
    assert await life.booked_crew() == 2
    await life.refused("appointment_confirmed", "LC-APPOINTMENT", slot_id=slot["slot_id"])

    for _ in range(2):
        slot = await life.proposed()
        await life.accepted("appointment_declined", slot_id=slot["slot_id"])
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["status"] == "called_off"
    assert (await life.contacts()).count("visit_appointment") == 3


async def test_unanswered_appointment_is_taken_back(life: Life) -> None:
    """Three proposals without an answer, and the visit is called off."""
    await life.drive_to(Stage.APPOINTMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["ended_reason"] == "no appointment was agreed on"
    assert (await life.contacts()).count("visit_appointment") == 3


async def test_no_appointment_while_no_crew_is_free(life: Life) -> None:
    """It is looked for every day until the approval expires; nothing was proposed meanwhile."""
    await life.pool.execute("UPDATE crew_members SET active = false")
    await life.drive_to(Stage.APPOINTMENT)
    await life.skip(timedelta(days=3))
    assert await life.value("SELECT count(*) FROM staff_notices WHERE kind = 'no_crew_free'") >= 3
    await life.pool.execute("UPDATE crew_members SET active = true")
    assert (await life.proposed())["slot_id"].endswith("slot-1")

    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["status"] == "called_off"


async def test_confirmed_appointment_can_still_be_declined(life: Life) -> None:
    """Before the crew departs; another is proposed."""
    status = await life.drive_to(Stage.PREPARATION)
    slot_id = status["visit"]["slot"]["slot_id"]
    status = await life.accepted("appointment_declined", slot_id=slot_id, reason="ill")
    assert status["stage"] == Stage.APPOINTMENT
    assert (await life.proposed())["slot_id"] != slot_id


async def test_borrower_is_told_and_reminded_before_the_visit(life: Life) -> None:
    """With names, badges and code, long enough before; the crew has its dossier."""
    status = await life.drive_to(Stage.VISIT)
    [visit] = await life.fetch("SELECT * FROM visits")
    start = datetime.fromisoformat(status["visit"]["slot"]["start"])
    sent = {
        row["template"]: row
        for row in await life.fetch(
            "SELECT a.template, a.sent_at, o.text FROM contact_attempts a"
            " JOIN simulated_outbox o ON o.reference = a.attempt_id"
        )
    }
    assert start - sent["visit_appointment"]["sent_at"] >= timedelta(days=3)
    assert timedelta(hours=2) < start - sent["visit_reminder"]["sent_at"] <= timedelta(hours=25)
    for template in ("visit_appointment", "visit_reminder"):
        assert visit["visit_code"] in sent[template]["text"]
        assert "C-1" in sent[template]["text"]
    assert "示例路" in visit["dossier"]


# The visit


async def test_wrong_crew_cannot_check_in(life: Life) -> None:
    """Strangers, one alone, and a crew in the night are refused; the announced crew is not."""
    status = await life.drive_to(Stage.VISIT)
    badges = status["visit"]["slot"]["badge_ids"]
    before_eight = life.loan.local(life.loan.on(await life.now()), hour=7)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("LC-CREW", {"badge_ids": ["C-8", "C-9"]}),
        ("LC-CREW", {"badge_ids": [*badges, "C-9"]}),
        ("CN-09", {"badge_ids": badges[:1]}),
        ("CN-09", {"badge_ids": [badges[0], badges[0]]}),
        ("LC-STAGE", {"visit_id": "another"}),
        ("CN-03", {"occurred_at": before_eight.isoformat()}),
    ]
    for rule_id, body in wrong:
        await life.refused("visit_checked_in", rule_id, **life.check_in(status, **body))
    await life.refused("visit_reported", "LC-CHECK-IN", **await life.report(status))
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert answer == {
        "accepted": True,
        "reason": None,
        "stage": Stage.VISIT,
        "instruction": "go_on",
    }
    await life.refused("visit_checked_in", "LC-STAGE", **life.check_in(status))


async def test_nobody_enters_without_consent(life: Life) -> None:
    """The crew is told to stay outside; it may talk, and report an agreement."""
    status = await life.drive_to(Stage.VISIT)
    answer = await life.deliver("visit_checked_in", **life.check_in(status, entry_consent=False))
    assert (answer["accepted"], answer["instruction"]) == (True, "stay_outside")
    assert answer["reason"].startswith("CN-10: ")
    await life.agree()


async def test_payment_that_only_the_ledger_knows_of_stops_the_crew_at_the_door(
    life: Life,
) -> None:
    """No event told of it: the check-in is answered on what the database says now."""
    status = await life.drive_to(Stage.VISIT)
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ('P-0', 'L-1', $1, $2, $2, 'ledger')",
        await life.arrears(),
        await life.now(),
    )
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")
    assert answer["reason"].startswith("LC-PAID: ")
    assert await life.outcome() == "cured"
    assert (await life.contacts())[-1] == "paid_notice"
    assert await life.booked_crew() == 0


async def test_second_badge_may_come_later(life: Life) -> None:
    """One alone stands down; once both are there they go on."""
    status = await life.drive_to(Stage.VISIT)
    badges = status["visit"]["slot"]["badge_ids"]
    answer = await life.deliver("visit_checked_in", **life.check_in(status, badge_ids=badges[:1]))
    assert (answer["accepted"], answer["instruction"]) == (False, "stand_down")
    answer = await life.deliver("visit_checked_in", **life.check_in(status))
    assert (answer["accepted"], answer["instruction"]) == (True, "go_on")


async def test_no_negotiation_without_a_verified_identity(life: Life) -> None:
    """The crew stands down. It may report that it was refused, but no agreement."""
    status = await life.drive_to(Stage.VISIT)
    answer = await life.deliver(
        "visit_checked_in", **life.check_in(status, identity_verified=False, identity_method="")
    )
    assert (answer["accepted"], answer["instruction"]) == (True, "stand_down")
    assert answer["reason"].startswith("LC-IDENTITY: ")
    await life.refused("visit_reported", "LC-IDENTITY", **await life.report(status))
    await life.accepted("visit_reported", visit_id=status["visit"]["visit_id"], outcome="refused")
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["status"] == "completed"


async def test_identity_may_be_verified_at_a_second_try(life: Life) -> None:
    """The borrower finds his card: the crew checks in again, and the first arrival counts."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status, identity_verified=False))
    arrived_at = await life.value("SELECT arrived_at FROM visits")
    await life.skip(timedelta(minutes=5))
    await life.accepted("visit_checked_in", **life.check_in(status))
    assert await life.value("SELECT arrived_at FROM visits") == arrived_at
    assert await life.value("SELECT identity_verified FROM visits")
    await life.agree()


async def test_late_check_in_and_report_are_judged_by_when_they_happened(life: Life) -> None:
    """The device was offline: both times are kept, the rules are those of the visit's hour."""
    status = await life.drive_to(Stage.VISIT)
    came_at, left_at = await life.now(), await life.now() + timedelta(hours=1)
    await life.skip_to(life.loan.local(life.loan.on(came_at), hour=23))
    await life.accepted(
        "visit_checked_in", **life.check_in(status, occurred_at=came_at.isoformat())
    )
    report = await life.report(status, instalments=3)
    await life.accepted("visit_reported", **report | {"occurred_at": left_at.isoformat()})
    [visit] = await life.fetch("SELECT * FROM visits")
    assert (visit["arrived_at"], visit["left_at"]) == (came_at, left_at)
    assert visit["checked_in_at"] > left_at
    assert visit["reported_at"] > left_at
    assert await life.skip_to_stage(Stage.AGREEMENT)


@pytest.mark.parametrize("name", ["visit_checked_in", "visit_reported"])
async def test_visit_of_the_future_is_refused(life: Life, name: str) -> None:
    """A clock may be a little fast, not an hour."""
    status = await life.drive_to(Stage.VISIT)
    future = (await life.now() + timedelta(hours=1)).isoformat()
    body = life.check_in(status, outcome="not_present", occurred_at=future)
    await life.refused(name, "LC-TIME", **body)


@pytest.mark.parametrize("outcome", ["not_present", "wrong_address"])
async def test_visit_that_met_nobody_leads_back_to_contact(life: Life, outcome: str) -> None:
    """The crew is free; a wrong address is not used again."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_reported", visit_id=status["visit"]["visit_id"], outcome=outcome)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await _ended_visit(life))["status"] == "missed"
    wrong = await life.value("SELECT count(*) FROM addresses WHERE status = 'wrong'")
    assert wrong == (1 if outcome == "wrong_address" else 0)


async def test_unsafe_visit_leads_to_legal_review(life: Life) -> None:
    """Nobody is sent there again."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_reported", visit_id=status["visit"]["visit_id"], outcome="unsafe")
    assert (await life.skip_to_stage(Stage.LEGAL_REVIEW))["visit"] == {}


async def test_visit_without_a_report_is_closed(life: Life) -> None:
    """After the reporting time nothing waits for the crew any more."""
    await life.drive_to(Stage.VISIT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    visit = await _ended_visit(life)
    assert (visit["status"], visit["ended_reason"]) == ("missed", "no report in time")


async def test_visits_are_bounded(life: Life) -> None:
    """After the last visit the case is reviewed by the legal desk."""
    for number in (1, 2, 3):
        status = await life.drive_to(Stage.VISIT)
        assert status["visit"]["visit_id"].endswith(f"visit-{number}")
        await life.accepted(
            "visit_reported", visit_id=status["visit"]["visit_id"], outcome="not_present"
        )
    await life.skip_to_stage(Stage.LEGAL_REVIEW)


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
        " ('S-2', 'senior_approver', true)"
    )
    decision = {"plan_id": plan_id}
    reason = await life.refused("plan_approved", "LC-AUTHORITY", **decision, approver_id="A-2")
    assert reason.endswith(
        f"the level approver may waive {arrears // 5}; a waiver of {arrears // 4} takes the level"
        " senior_approver"
    )
    reason = await life.refused("plan_approved", "LC-AUTHORITY", **decision, approver_id="S-1")
    assert reason.endswith("approver_id: no longer on the staff")
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
    assert (await _ended_visit(life))["status"] == "completed"
    rows = await life.fetch("SELECT status FROM agreements")
    assert [row["status"] for row in rows] == [
        "declined" if answer == "declined" else "expired"
    ] * 3


# Repayment


async def test_honoured_plan_is_silent_but_for_its_reminders(life: Life) -> None:
    """One message before each part; the loan's own instalments wait until the plan is fulfilled."""
    await life.drive_to(Stage.REPAYMENT)
    for number in (2, 3):
        before = (await life.contacts()).count("part_reminder")
        due = (await life.status())["plan"]["plan"]["parts"][number - 1]["due_on"]
        await life.skip_to(life.loan.local(datetime.fromisoformat(due).date(), 12))
        assert (await life.contacts()).count("part_reminder") == before + 1
        await life.pay_part(number)
    assert await life.outcome() == "plan_completed"
    assert (await life.contacts())[-4:] == [
        "visit_closing",
        "part_reminder",
        "part_reminder",
        "plan_completed_notice",
    ]


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
