"""Whose visit comes to nothing hears so: who applied, who waited, and who asks after the crew."""

from datetime import timedelta

import pytest

from domain.case.state import CaseState, Stage
from temporal.names import CASE_STATE
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as
from tests.support.lives.rebuilt import compare_with_record

BY_BORROWER = {"applicant": "borrower", "applicant_id": "B-1"}


async def _notices(life: Life, kind: str) -> list[Json]:
    return await life.fetch("SELECT audience, body FROM staff_notices WHERE kind = $1", kind)


@pytest.mark.parametrize(("applicant", "messages"), [(BY_BORROWER, 1), ({}, 0)])
async def test_whoever_applied_hears_of_the_rejection(
    life: Life, applicant: Json, messages: int
) -> None:
    """A borrower who never asked for a visit is not told that none takes place."""
    await life.drive_to(Stage.APPLICATION)
    status = await life.apply(**applicant)
    visit_id = status["visit"]["visit_id"]
    await life.accepted("visit_rejected", visit_id=visit_id, approver_id="A-1")
    await life.skip(timedelta(days=2))
    assert len(await sent_as(life, "visit_not_granted")) == messages
    [notice] = await _notices(life, "visit_refused")
    assert notice["audience"] == "collectors"


async def test_silence_of_the_approvers_is_told_as_well(life: Life) -> None:
    """To whoever asked, no answer is no visit."""
    await life.drive_to(Stage.APPLICATION)
    await life.apply(**BY_BORROWER)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.skip(timedelta(days=1))
    assert len(await sent_as(life, "visit_not_granted")) == 1


async def test_a_crew_that_did_not_come_is_asked_after(life: Life) -> None:
    """Who waited for it hears that there is no record of a visit at that hour."""
    await life.drive_to(Stage.PREPARATION)
    status = await life.skip_to_stage(Stage.VISIT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.skip(timedelta(days=1))
    [told] = await sent_as(life, "visit_not_made")
    assert "没有到访记录" in told["text"]
    [notice] = await _notices(life, "visit_unreported")
    assert status["visit"]["visit_id"] in notice["body"]


async def test_a_crew_that_found_nobody_has_come(life: Life) -> None:
    """What was reported is on record: nobody is told that it is not."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted(
        "visit_reported", visit_id=status["visit"]["visit_id"], outcome="not_present"
    )
    await life.skip(timedelta(days=2))
    assert not await sent_as(life, "visit_not_made")
    assert not await _notices(life, "visit_unreported")


async def test_a_crew_that_went_in_and_is_silent_is_asked_after(life: Life) -> None:
    """The borrower saw it come and is told nothing; the lender's own people ask."""
    status = await life.drive_to(Stage.VISIT)
    await life.accepted("visit_checked_in", **life.check_in(status))
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    await life.skip(timedelta(days=2))
    assert not await sent_as(life, "visit_not_made")
    assert len(await _notices(life, "visit_unreported")) == 1


async def _rejected_then_held(life: Life) -> None:
    """At night, and the hold comes before the morning in which they would be told."""
    await life.drive_to(Stage.APPLICATION)
    status = await life.apply(**BY_BORROWER)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22))
    visit_id = status["visit"]["visit_id"]
    await life.accepted("visit_rejected", visit_id=visit_id, approver_id="A-1")
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute")


async def test_what_a_hold_has_put_off_is_told_after_it(life: Life) -> None:
    """Once, however long it was."""
    await _rejected_then_held(life)
    await life.skip(timedelta(days=9))
    assert not await sent_as(life, "visit_not_granted")
    await life.accepted("hold_released", hold_id="H-1")
    await life.skip(timedelta(days=2))
    assert len(await sent_as(life, "visit_not_granted")) == 1


async def test_what_is_not_told_yet_follows_from_the_record(life: Life) -> None:
    """Whoever takes the case up again after a loss tells it: the state has it, and so the rows."""
    await _rejected_then_held(life)
    await life.skip(timedelta(days=1))
    in_run = await life.handle.query(CASE_STATE, result_type=CaseState)
    assert [word.template for word in in_run.untold] == ["visit_not_granted"]
    await compare_with_record(life.env, life.pool, life.loan.loan_id, life.case_id)


@pytest.mark.parametrize(
    ("knows", "message"), [(False, "visit_not_granted"), (True, "visit_called_off")]
)
async def test_whoever_applied_hears_of_an_approval_that_is_withdrawn(
    life: Life, *, knows: bool, message: str
) -> None:
    """Once: who knows of an appointment reads that nobody comes."""
    await life.drive_to(Stage.APPLICATION)
    await life.apply(**BY_BORROWER)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 21))
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    if knows:
        await life.proposed()
    before = len(await life.contacts())
    await life.accepted("approval_withdrawn", visit_id=life.visit_id, approver_id="A-1")
    await life.skip(timedelta(days=1))
    assert (await life.contacts())[before:] == [message]
