"""The visit itself: who comes, what they may do, what they report, and where it leads."""

from datetime import timedelta
from typing import Any

import pytest

from domain.case.state import Stage
from tests.support.lives.life import Life


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
    assert (await life.ended_visit())["status"] == "completed"


async def test_identity_may_be_verified_at_a_second_try(life: Life) -> None:
    """The borrower finds their card: the crew checks in again, and the first arrival counts."""
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
    assert (await life.ended_visit())["status"] == "missed"
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
    visit = await life.ended_visit()
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
