"""The way to a visit: every no, every silence, every wrong answer has a stated end."""

from datetime import datetime, timedelta

from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife

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
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert await life.value("SELECT ended_at - requested_at FROM visits") >= timedelta(days=7)
    assert (await life.ended_visit())["status"] == "expired"
    asked = await life.fetch(
        "SELECT audience, count(*) FROM staff_notices WHERE kind = 'visit_approval_wanted'"
        " GROUP BY audience ORDER BY audience"
    )
    assert asked == [
        {"audience": "approvers", "count": 4},
        {"audience": "senior_approvers", "count": 2},  # from the fourth day on
    ]
    await life.refused("visit_approved", "LC-STAGE", visit_id=life.visit_id, approver_id="A-1")


async def test_approval_takes_another_person(life: Life) -> None:
    """The applicant can neither approve nor reject; another person can, once."""
    await life.drive_to(Stage.APPROVAL)
    for answer in ("visit_approved", "visit_rejected"):
        await life.refused(answer, "LC-FOUR-EYES", visit_id=life.visit_id, approver_id="K-1")
    await life.accepted("visit_rejected", visit_id=life.visit_id, approver_id="A-1")
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["status"] == "rejected"
    await life.refused("visit_approved", "LC-STAGE", visit_id=life.visit_id, approver_id="A-2")


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

    declined = {slot["start"]}
    for _ in range(2):
        slot = await life.proposed()
        assert slot["start"] not in declined
        declined.add(slot["start"])
        await life.accepted("appointment_declined", slot_id=slot["slot_id"])
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["status"] == "called_off"
    assert (await life.contacts()).count("visit_appointment") == 3


async def test_visit_approved_in_the_evening_is_told_of_long_enough_before(life: Life) -> None:
    """The message waits for the morning: the notice counts from when it is sent."""
    visit = (await life.drive_to(Stage.APPROVAL))["visit"]
    approved_on = life.loan.on(await life.now()) + timedelta(days=1)
    await life.skip_to(life.loan.local(approved_on, 20))
    await life.accepted("visit_approved", visit_id=visit["visit_id"], approver_id="A-1")
    start = datetime.fromisoformat((await life.proposed())["start"])
    sent_at = await life.value(
        "SELECT sent_at FROM contact_attempts WHERE template = 'visit_appointment'"
    )
    assert life.loan.on(sent_at) == approved_on + timedelta(days=1)
    assert start - sent_at >= timedelta(hours=96)


async def test_visit_that_nobody_could_be_told_of_ends_as_that(life: Life) -> None:
    """No number may be written to any more: what has to be mended is not the time of the day."""
    visit = (await life.drive_to(Stage.APPROVAL))["visit"]
    await life.pool.execute("UPDATE phones SET blocked_at = now()")
    await life.accepted("visit_approved", visit_id=visit["visit_id"], approver_id="A-1")
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["ended_reason"] == "no notice of a proposal could be sent"


async def test_unanswered_appointment_is_taken_back(life: Life) -> None:
    """Three proposals without an answer, and the visit is called off."""
    await life.drive_to(Stage.APPOINTMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert (await life.ended_visit())["ended_reason"] == "no appointment was agreed on"
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
    assert (await life.ended_visit())["status"] == "called_off"


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
    assert start - sent["visit_appointment"]["sent_at"] >= timedelta(hours=96)
    assert timedelta(hours=2) < start - sent["visit_reminder"]["sent_at"] <= timedelta(hours=25)
    for template in ("visit_appointment", "visit_reminder"):
        assert visit["visit_code"] in sent[template]["text"]
        assert "C-1" in sent[template]["text"]
    assert "示例路" in visit["dossier"]
