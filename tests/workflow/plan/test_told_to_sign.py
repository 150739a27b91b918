"""Who is offered a document hears of it, and once more before it expires."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.parts import sent_as

LAST_DAY = timedelta(hours=24)


async def _ask_again(life: Life, status: Json) -> None:
    """Ask for another plan in two parts."""
    body = await life.report(status | {"visit": {"visit_id": "-"}}, instalments=2)
    asked: dict[str, Any] = {name: body[name] for name in ("capacity", "proposal")}
    await life.accepted(
        "renegotiation_requested",
        agreement_id=status["plan"]["agreement_id"],
        requested_by_id="B-1",
        **asked,
    )


async def _granted_late(life: Life) -> str:
    """A waiver that is granted days after the visit."""
    status = await life.drive_to(Stage.PLAN)
    await life.skip(timedelta(days=3))
    await life.accepted("plan_approved", plan_id=status["plan"]["plan_id"], approver_id="A-2")
    return "plan"


async def _renegotiated(life: Life) -> str:
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip(timedelta(days=3))
    await _ask_again(life, status)
    return "next_plan"


@pytest.mark.parametrize("offer", [_granted_late, _renegotiated])
async def test_a_document_is_told_of_and_again_on_its_last_day(life: Life, offer: Any) -> None:
    """Both say until when it can be signed; the second comes within a day of that."""
    await life.offered(await offer(life))
    agreement = "SELECT max(expires_at) FROM agreements WHERE status = 'offered'"
    expires_at = await life.value(agreement)
    await life.skip_until(lambda status: status["stage"] != Stage.AGREEMENT)
    *_, first = await sent_as(life, "agreement_to_sign")  # of a plan before, too
    [last] = await sent_as(life, "agreement_expires")
    until = expires_at.astimezone(life.loan.local(life.loan.first_due_on).tzinfo)
    assert all(f"{until:%H:%M}" in each["text"] for each in (first, last))
    assert first["sent_at"] < expires_at - LAST_DAY <= last["sent_at"] < expires_at


async def test_who_has_signed_is_not_asked_to(life: Life) -> None:
    """Neither by the first message, when they sign at the table, nor by the second."""
    await life.drive_to(Stage.VISIT)
    await life.skip_to(
        life.loan.local(life.loan.on(await life.now()), 20)
    )  # no message till morning
    await life.agree()
    await life.sign()
    await life.skip(timedelta(days=3))
    assert not await sent_as(life, "agreement_to_sign")
    assert not await sent_as(life, "agreement_expires")


async def test_who_asked_for_another_plan_hears_that_theirs_goes_on(life: Life) -> None:
    """It was not signed in time: the next part is that of the plan in force."""
    status = await life.drive_to(Stage.REPAYMENT)
    await _ask_again(life, status)
    offered = await life.offered("next_plan")
    await life.accepted("agreement_declined", agreement_id=offered["next_plan"]["agreement_id"])
    await life.skip(timedelta(days=1))
    [told] = await sent_as(life, "plan_unchanged")
    due_on = datetime.fromisoformat(status["plan"]["next_part"]["due_on"]).date()
    assert f"{due_on.month}月{due_on.day}日" in told["text"]
