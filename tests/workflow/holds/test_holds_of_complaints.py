"""The hold of a complaint ends with its answer, and with nothing else; also beyond its case."""

from datetime import timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life, StartLife
from tests.support.world import Loan

FILED = {"complaint_id": "C1", "about": "tone"}
DAY = timedelta(days=1)


async def test_complaint_is_not_ended_through_another_loan(start_life: StartLife) -> None:
    """The hold is the borrower's, and the answer is the complaint desk's."""
    one = await start_life(5)
    other = await start_life(5, Loan(loan_id="L-2", borrower_id="B-1"))
    await one.accepted("complaint_filed", **FILED)
    for number, life in enumerate((one, other)):
        reason = await life.refused(
            "hold_released", "LC-RECORD", event_id=f"x-{number}", hold_id="complaint:C1"
        )
        assert reason.endswith("this hold ends with complaint_resolved")
    await other.skip(20 * DAY)
    assert await one.contacts() == []
    late = "SELECT count(*) FROM staff_notices WHERE kind = 'complaint_overdue'"
    assert await one.value(late) > 0


@pytest.mark.parametrize("until", [DAY, None])
async def test_complaint_holds_where_a_hold_of_its_name_was_there(
    life: Life, until: timedelta | None
) -> None:
    """What ends that one, its time or its release, leaves the complaint's own in force."""
    ends_at = None if until is None else (await life.now() + until).isoformat()
    hold = {"hold_id": "complaint:C1"}
    await life.accepted("hold_placed", **hold, reason="dispute", until=ends_at)
    await life.accepted("complaint_filed", **FILED)
    if until is None:
        await life.accepted("hold_released", **hold)
    await life.skip(12 * DAY)
    status = await life.status()
    assert [each["complaint_id"] for each in status["complaints"]] == ["C1"]
    assert status["holds"]
    assert await life.contacts() == []
    await life.refused("hold_released", "LC-RECORD", hold_id="complaint:C1:2")
    await life.accepted("complaint_resolved", complaint_id="C1", upheld=False, handler_id="H-1")
    assert not (await life.status())["holds"]


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(seconds=1), 10 * DAY])
async def test_hold_that_is_over_is_refused(life: Life, ago: timedelta) -> None:
    """Accepted, it would protect nobody, and nobody would be told."""
    until = (await life.now() - ago).isoformat()
    await life.refused("hold_placed", "LC-TIME", hold_id="H", reason="bereavement", until=until)


@pytest.mark.parametrize("handler", [None, "A-2", "b-1", "a-1", "k-1", "c-1"])
async def test_who_answers_no_complaint(life: Life, handler: str | None) -> None:
    """Nobody; who granted the waiver; the borrower; who applied for, approved or made the visit."""
    status = await life.drive_to(Stage.PLAN)
    await life.accepted("plan_approved", plan_id=status["plan"]["plan_id"], approver_id="A-2")
    await life.accepted("complaint_filed", **FILED)
    answer = {"complaint_id": "C1", "upheld": False}
    who = {} if handler is None else {"handler_id": handler}
    await life.refused("complaint_resolved", "CN-19", **answer, **who)
    await life.accepted("complaint_resolved", **answer, handler_id="H-1")


async def test_complaint_outlives_its_case(life: Life) -> None:
    """Its desk goes on being reminded, those above hear that it is late, until it is answered."""
    await life.drive_to(Stage.APPROVAL)
    await life.accepted("complaint_filed", **FILED)
    await life.skip(DAY)
    await life.pay()
    await life.outcome()
    await life.skip(20 * DAY)
    told = await _told_late(life)
    assert told["complaint_desk"] == told["senior_approvers"] >= 3
    soon = "SELECT count(*) FROM staff_notices WHERE kind = 'complaint_due_soon'"
    assert await life.value(soon) == 1
    await life.pool.execute(
        "UPDATE complaints SET resolved_at = now(), upheld = false, handler_id = 'H-1'"
    )
    await life.skip(20 * DAY)
    assert await _told_late(life) == told


async def _told_late(life: Life) -> Json:
    rows = await life.fetch(
        "SELECT audience, count(*) FROM staff_notices WHERE kind = 'complaint_overdue'"
        " GROUP BY audience"
    )
    return {row["audience"]: row["count"] for row in rows}


async def test_what_a_barred_crew_negotiated_is_not_offered(life: Life) -> None:
    """It reported while it should have stood down: the visit ends without a plan."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status))
    await life.accepted("complaint_filed", **FILED)
    await life.skip(timedelta(hours=1))
    await life.accepted("visit_reported", **await life.report(status))
    await life.skip(3 * DAY)
    crew = [badge.lower() for badge in status["visit"]["slot"]["badge_ids"]]
    await life.accepted(
        "complaint_resolved",
        complaint_id="C1",
        upheld=True,
        handler_id="H-1",
        barred_badge_ids=crew,
    )
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert await life.value("SELECT count(*) FROM agreements") == 0
    assert (await life.ended_visit())["ended_reason"] == "no plan: negotiated by a barred crew"


async def test_document_of_a_barred_crew_is_withdrawn(life: Life) -> None:
    """It was offered before anybody complained: whoever would sign it now is refused."""
    await life.drive_to(Stage.AGREEMENT)
    signature = life.signature(await life.offered())
    await life.accepted("complaint_filed", **FILED)
    await life.accepted(
        "complaint_resolved",
        complaint_id="C1",
        upheld=True,
        handler_id="H-1",
        barred_badge_ids=["C-1"],
    )
    answer = await life.deliver("agreement_signed", **signature)
    assert not answer["accepted"]
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert await life.value("SELECT status FROM agreements") == "withdrawn"
