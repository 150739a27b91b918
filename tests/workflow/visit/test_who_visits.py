"""Four eyes around a visit: people are compared as identities, and only where contact was tried."""

from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.lives.points import start_of_slot

BORROWER = {"applicant": "borrower", "applicant_id": "B-1"}


async def test_who_applied_and_who_approved_are_not_booked(life: Life) -> None:
    """However they wrote their ids: with two of three collectors involved, no crew is free."""
    await life.drive_to(Stage.APPLICATION)
    await life.apply(applicant_id="c-1")
    visit = {"visit_id": life.visit_id}
    await life.refused("visit_approved", "LC-FOUR-EYES", **visit, approver_id="C-1")
    await life.accepted("visit_approved", **visit, approver_id="c-2")
    await life.skip(timedelta(days=2))
    assert await life.booked_crew() == 0
    told = "SELECT count(*) FROM staff_notices WHERE kind = 'no_crew_free'"
    assert await life.value(told) > 0


@pytest.mark.parametrize(
    ("approver", "rule"),
    [
        ("k-1", "LC-FOUR-EYES"),
        ("b-1", "LC-FOUR-EYES"),
        ("gone", "LC-AUTHORITY"),
        ("C-3", "LC-AUTHORITY"),
    ],
)
async def test_who_approves_no_visit(life: Life, approver: str, rule: str) -> None:
    """The applicant, the borrower, and who left: the staff, or the crew."""
    await life.pool.execute("INSERT INTO staff VALUES ('GONE', 'approver', false)")
    await life.pool.execute("UPDATE crew_members SET active = false WHERE badge_id = 'C-3'")
    await life.drive_to(Stage.APPROVAL)
    await life.refused("visit_approved", rule, visit_id=life.visit_id, approver_id=approver)


async def test_where_a_list_is_given_who_approves_is_on_it(life: Life) -> None:
    """Whoever may be anybody elsewhere."""
    await life.pool.execute("INSERT INTO staff VALUES ('A-7', 'approver', true)")
    await life.drive_to(Stage.APPROVAL)
    visit = {"visit_id": life.visit_id}
    await life.refused("visit_approved", "LC-AUTHORITY", **visit, approver_id="A-1")
    await life.accepted("visit_approved", **visit, approver_id="a-7")


async def test_nobody_applies_as_somebody_else(life: Life) -> None:
    """A collector not as the borrower, the borrower not as a collector, and nobody who has left."""
    await life.drive_to(Stage.APPLICATION)
    for body in ({"applicant": "borrower"}, {"applicant_id": "b-1"}):
        await life.refused("visit_requested", "LC-APPLICANT", **life.application(**body))
    await life.pool.execute("UPDATE crew_members SET active = false WHERE badge_id = 'C-3'")
    gone = life.application(applicant_id="c-3")
    await life.refused("visit_requested", "LC-AUTHORITY", **gone)


async def test_collector_applies_only_where_contact_was_tried(start_life: StartLife) -> None:
    """By the rules of the invitation; the borrower may ask for a visit themselves all the same."""
    life = await start_life(RIPE)
    reason = await life.refused("visit_requested", "LC-VISIT-MESSAGES", **life.application())
    assert "calls made" in reason
    await life.apply(**BORROWER)
    assert await _told_of_approval(life) == (0, 0, None)


async def test_collector_does_not_apply_after_a_payment_of_today(life: Life) -> None:
    """Somebody who pays is not visited; what is left of the arrears is asked for otherwise."""
    await life.drive_to(Stage.APPLICATION)
    await life.pay(1_000)
    await life.refused("visit_requested", "LC-VISIT-RECENT-PAYMENT", **life.application())


async def test_approver_sees_what_was_tried(life: Life) -> None:
    """In the notice, beside who applied and what is owed."""
    await life.drive_to(Stage.APPROVAL)
    messages, calls, _ = await _told_of_approval(life)
    assert messages >= life.policy.visit.messages_tried.value
    assert calls >= life.policy.visit.calls_tried.value


async def _told_of_approval(life: Life) -> tuple[int, int, str | None]:
    [row, *_] = await life.fetch(
        "SELECT (body ->> 'messages_sent')::int AS messages, (body ->> 'calls_made')::int AS calls,"
        " body ->> 'last_payment_at' AS paid, body ->> 'applicant_id' AS who FROM staff_notices"
        " WHERE kind = 'visit_approval_wanted' ORDER BY created_at"
    )
    assert row["who"] in ("K-1", "B-1")
    return row["messages"], row["calls"], row["paid"]


async def test_dismissed_collector_is_not_let_in(life: Life) -> None:
    """Booked before they were dismissed, they are refused at the door by whichever spelling."""
    status = await life.drive_to(Stage.VISIT)
    badge = status["visit"]["slot"]["badge_ids"][0]
    await life.pool.execute("UPDATE crew_members SET active = false WHERE badge_id = $1", badge)
    came = life.check_in(status)
    came["badge_ids"] = [each.lower() for each in came["badge_ids"]]
    reason = await life.refused("visit_checked_in", "LC-CREW", **came)
    assert reason.endswith(badge)


@pytest.mark.parametrize("outcome", ["not_present", "wrong_address", "unsafe"])
async def test_visit_is_not_reported_before_it(life: Life, outcome: str) -> None:
    """Neither before the appointment nor, once the crew is there, before it came."""
    await life.drive_to(Stage.PREPARATION)
    status = await life.skip_to_stage(Stage.VISIT)
    report = {"visit_id": life.visit_id, "outcome": outcome}
    await life.refused("visit_reported", "LC-TIME", **report)
    await life.skip_to(start_of_slot(status))
    await life.accepted("visit_checked_in", **life.check_in(status))
    early = await life.now() - timedelta(hours=1)
    await life.refused("visit_reported", "LC-TIME", **report, occurred_at=early.isoformat())
    await life.accepted("visit_reported", **report)


async def test_who_declines_a_day_is_offered_another(life: Life) -> None:
    """Each time, as long as there are rounds: never another hour of a day that was declined."""
    await life.drive_to(Stage.APPOINTMENT)
    declined = set()
    for _ in range(life.policy.visit.proposal_rounds.value):
        slot = await life.proposed()
        day = life.loan.on(_start(slot))
        assert day not in declined
        declined.add(day)
        await life.accepted("appointment_declined", slot_id=slot["slot_id"])


def _start(slot: Json) -> datetime:
    return start_of_slot({"visit": {"slot": slot}})
