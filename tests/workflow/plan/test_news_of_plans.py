"""Other systems hear of each plan how it ends, and of each agreement that is in force again."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from domain.case.state import Stage
from door.contract.news import NEWS
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life
from tests.support.lives.parts import amount_of, due_of


async def _told(life: Life, family: str) -> list[Json]:
    """The bodies of the news of a family, in their order, as their schemas have them."""
    rows = await life.fetch("SELECT body FROM news WHERE type LIKE $1 ORDER BY sequence", family)
    bodies = [json.loads(row["body"]) for row in rows]
    for each in bodies:
        NEWS[each["type"]].model_validate(each["data"])
    return bodies


async def _rejected(life: Life) -> Json:
    status = await life.drive_to(Stage.PLAN)
    await life.accepted("plan_rejected", plan_id=status["plan"]["plan_id"], approver_id="A-2")
    return await life.skip_to_stage(Stage.VISIT)


async def _not_approved(life: Life) -> Json:
    await life.drive_to(Stage.PLAN)
    return await life.skip_to_stage(Stage.VISIT)


async def _not_signed(life: Life) -> Json:
    await life.drive_to(Stage.AGREEMENT)
    await life.offered()
    return await life.skip_to_stage(Stage.VISIT)


async def _of_a_barred_crew(life: Life) -> Json:
    status = await life.drive_to(Stage.PLAN)
    await life.accepted("complaint_filed", complaint_id="C-1", about="rude")
    answer = {"upheld": True, "handler_id": "H-1"}
    barred = {"barred_badge_ids": status["visit"]["badges_on_site"]}
    await life.accepted("complaint_resolved", complaint_id="C-1", **answer, **barred)
    return await life.skip_to_stage(Stage.EARLY_CONTACT)


@pytest.mark.parametrize("end", [_rejected, _not_approved, _not_signed, _of_a_barred_crew])
async def test_plan_that_comes_to_nothing_is_told_to_be_given_up(
    life: Life, end: Callable[[Life], Awaitable[Json]]
) -> None:
    """Once, and not only with the end of its case."""
    await end(life)
    told = [(each["type"], each["data"]["plan_id"]) for each in await _told(life, "plan.%")]
    plan_id = f"{life.case_id}:plan-1"
    assert told == [("plan.proposed", plan_id), ("plan.given_up", plan_id)]


async def test_plan_that_was_to_replace_another_is_given_up_and_the_other_is_not(
    life: Life,
) -> None:
    """Its document was declined."""
    status = await life.drive_to(Stage.REPAYMENT)
    body = await life.report(status | {"visit": {"visit_id": "-"}}, instalments=2)
    await life.accepted(
        "renegotiation_requested",
        agreement_id=status["plan"]["agreement_id"],
        requested_by_id="B-1",
        **{name: body[name] for name in ("capacity", "proposal")},
    )
    offered = (await life.offered("next_plan"))["next_plan"]
    await life.accepted("agreement_declined", agreement_id=offered["agreement_id"])
    await life.skip_to_stage(Stage.REPAYMENT)
    told = [(each["type"], each["data"]["plan_id"]) for each in await _told(life, "plan.%")]
    assert told[1:] == [
        ("plan.proposed", offered["plan_id"]),
        ("plan.given_up", offered["plan_id"]),
    ]


def _at(news: Json) -> datetime:
    return datetime.fromisoformat(news["timestamp"])


async def test_plan_that_was_paid_in_time_is_told_to_be_in_force_again(life: Life) -> None:
    """When we heard of the payment: a second word of the first signature would say another time."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to_stage(Stage.EARLY_CONTACT)
    heard_at = await life.now()
    paid_at = life.loan.local(due_of(status, 2))
    await life.accepted(
        "payment_received",
        payment_id="P",
        amount_minor=amount_of(status, 2),
        occurred_at=paid_at.isoformat(),
    )
    await _assert_in_force_again(life, "agreement.broken", heard_at)


async def test_plan_whose_last_payment_bounces_is_told_to_be_in_force_again(life: Life) -> None:
    """Before its closing notice, which waits for the morning."""
    status = await life.drive_to(Stage.REPAYMENT)
    await life.skip_to(life.loan.local(due_of(status, 2), 22, 30))
    await life.pay(amount_of(status, 2) + amount_of(status, 3), payment_id="LAST")
    await life.skip(timedelta(minutes=5))
    heard_at = await life.now()
    await life.accepted("payment_reversed", payment_id="LAST")
    await _assert_in_force_again(life, "agreement.completed", heard_at)


async def _assert_in_force_again(life: Life, ended: str, heard_at: datetime) -> None:
    told = await _told(life, "agreement.%")
    types = [each["type"] for each in told]
    assert types == ["agreement.offered", "agreement.signed", ended, "agreement.signed"]
    assert [_at(each) for each in told] == sorted(_at(each) for each in told)
    *before, again = told
    assert not any("in_force_again_at" in each["data"] for each in before)
    since = datetime.fromisoformat(again["data"]["in_force_again_at"])
    assert heard_at <= since == _at(again) < heard_at + timedelta(minutes=5)
