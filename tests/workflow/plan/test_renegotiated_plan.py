"""Renegotiation: another plan in place of the one that is honoured, which goes on until then."""

from datetime import date, timedelta

import pytest

from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import Life


async def _request(life: Life, **proposal: object) -> Json:
    """A request for six parts, the first in ten days."""
    status = await life.status()
    first_due = life.loan.on(await life.now()) + timedelta(days=10)
    return {
        "agreement_id": status["plan"]["agreement_id"],
        "requested_by_id": "K-7",
        "capacity": {"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
        "proposal": {"instalments": 6, "first_due_on": str(first_due), **proposal},
    }


async def _offered(life: Life) -> Json:
    return await life.offered("next_plan")


def _signature(plan: Json) -> Json:
    return {
        "agreement_id": plan["agreement_id"],
        "document_sha256": plan["document_sha256"],
        "signatories": ["B-1"],
    }


async def _statuses(life: Life) -> list[str]:
    rows = await life.fetch("SELECT status FROM agreements ORDER BY offered_at")
    return [row["status"] for row in rows]


async def _deferred(life: Life) -> list[date]:
    rows = await life.fetch("SELECT due_on FROM loan_instalments ORDER BY number")
    return [row["due_on"] for row in rows]


async def test_new_plan_covers_the_rest_and_is_repaid_to_the_end(life: Life) -> None:
    """Both agreements stay on record; the instalments move by the difference only."""
    old = (await life.drive_to(Stage.REPAYMENT))["plan"]
    before = await _deferred(life)
    status = await life.accepted("renegotiation_requested", **await _request(life))
    status = await _offered(life)
    assert status["stage"] == Stage.AGREEMENT
    assert status["plan"]["agreement_id"] == old["agreement_id"]
    assert await _statuses(life) == ["signed", "offered"]
    plan = status["next_plan"]
    assert sum(part["amount_minor"] for part in plan["plan"]["parts"]) == old["rest_minor"]
    document = await life.value(
        "SELECT convert_from(document_html, 'UTF8') FROM agreements WHERE status = 'offered'"
    )
    assert old["agreement_id"] in document
    await life.accepted("agreement_signed", **_signature(plan))
    status = await life.skip_to_stage(Stage.GUIDED_REPAYMENT)
    assert (status["plan"]["agreement_id"], status["next_plan"]) == (plan["agreement_id"], {})
    assert (status["plan"]["paid_minor"], status["plan"]["rest_minor"]) == (0, old["rest_minor"])
    assert await _statuses(life) == ["superseded", "signed"]
    supersedes = await life.value("SELECT supersedes FROM agreements WHERE status = 'signed'")
    assert supersedes == old["agreement_id"]
    last_old, last_new = (
        date.fromisoformat(each["plan"]["parts"][-1]["due_on"]) for each in (old, plan)
    )
    months = (last_new.year - last_old.year) * 12 + last_new.month - last_old.month
    moved = [
        (new.year - was.year) * 12 + new.month - was.month
        for was, new in zip(before, await _deferred(life), strict=True)
        if new != was
    ]
    assert len(set(moved)) == 1
    assert abs(moved[0] - months) <= 1
    assert min(day for day in await _deferred(life) if day > last_old) > last_new

    for part in plan["plan"]["parts"]:
        await life.skip_to(life.loan.local(date.fromisoformat(part["due_on"])))
        paid_on = life.loan.on(await life.now())
        await life.pay(part["amount_minor"])
    assert await life.outcome() == "plan_completed"
    assert await _statuses(life) == ["superseded", "completed"]
    assert await life.arrears(paid_on) == 0


@pytest.mark.parametrize("answer", ["declined", "silence"])
async def test_old_plan_goes_on_where_it_was_when_nothing_is_signed(
    life: Life, answer: str
) -> None:
    """Declined or expired; a later proposal is taken, a bounded number of times."""
    old = (await life.drive_to(Stage.REPAYMENT))["plan"]
    for number in range(3):
        await life.accepted("renegotiation_requested", **await _request(life))
        status = await _offered(life)
        if answer == "declined":
            await life.accepted(
                "agreement_declined", agreement_id=status["next_plan"]["agreement_id"]
            )
        status = await life.skip_to_stage(Stage.REPAYMENT)
        assert status["next_plan"] == {}
        assert status["plan"]["agreement_id"] == old["agreement_id"]
        assert status["plan"]["rest_minor"] == old["rest_minor"]
        ended = "declined" if answer == "declined" else "expired"
        assert await _statuses(life) == ["signed", *[ended] * (number + 1)]
    await life.refused("renegotiation_requested", "LC-PLAN-ROUNDS", **await _request(life))
    await life.pay(old["rest_minor"])
    assert await life.outcome() == "plan_completed"


async def test_one_renegotiation_a_case(life: Life) -> None:
    """And while one is under way, not another."""
    await life.drive_to(Stage.REPAYMENT)
    request = await _request(life)
    await life.accepted("renegotiation_requested", **request)
    await life.refused("renegotiation_requested", "LC-STAGE", **request)
    status = await _offered(life)
    await life.accepted("agreement_signed", **_signature(status["next_plan"]))
    await life.skip_to_stage(Stage.GUIDED_REPAYMENT)
    await life.refused("renegotiation_requested", "LC-PLAN-RENEGOTIATIONS", **await _request(life))


async def test_waiver_of_a_renegotiation_needs_its_approval(life: Life) -> None:
    """By somebody who took no part in either; a no leaves the old plan in force."""
    old = (await life.drive_to(Stage.REPAYMENT))["plan"]
    waiver = old["plan"]["arrears_minor"] // 10
    await life.accepted("renegotiation_requested", **await _request(life, waiver_minor=waiver))
    status = await life.skip_to_stage(Stage.PLAN)
    plan_id = status["next_plan"]["plan_id"]
    crew = await life.value("SELECT min(badge_id) FROM visit_crew")
    for approver in ("K-7", "K-1", crew, "B-1"):
        await life.refused("plan_approved", "LC-FOUR-EYES", plan_id=plan_id, approver_id=approver)
    await life.accepted("plan_rejected", plan_id=plan_id, approver_id="A-2")
    status = await life.skip_to_stage(Stage.REPAYMENT)
    assert status["plan"]["rest_minor"] == old["rest_minor"]

    await life.accepted("renegotiation_requested", **await _request(life, waiver_minor=waiver))
    status = await life.skip_to_stage(Stage.PLAN)
    await life.accepted("plan_approved", plan_id=status["next_plan"]["plan_id"], approver_id="A-2")
    status = await _offered(life)
    await life.accepted("agreement_signed", **_signature(status["next_plan"]))
    status = await life.skip_to_stage(Stage.GUIDED_REPAYMENT)
    assert status["plan"]["rest_minor"] == old["rest_minor"] - waiver
    today = life.loan.on(await life.now())
    await life.pay(status["plan"]["rest_minor"])
    assert await life.outcome() == "plan_completed"
    assert await life.value("SELECT amount_minor FROM payments WHERE kind = 'waiver'") == waiver
    assert await life.arrears(today) == 0


async def test_due_dates_of_the_old_plan_go_on_meanwhile(life: Life) -> None:
    """They are reminded of them; what is missed ends the negotiation and breaks the plan."""
    old = (await life.drive_to(Stage.GUIDED_REPAYMENT))["plan"]
    due = date.fromisoformat(old["plan"]["parts"][0]["due_on"])
    await life.skip_to(life.loan.local(due + timedelta(days=3), 8))
    waiver = old["plan"]["arrears_minor"] // 10
    before = len(await life.contacts())
    await life.accepted("renegotiation_requested", **await _request(life, waiver_minor=waiver))
    status = await life.skip_to_stage(Stage.PLAN)
    await life.skip_until(lambda status: status["stage"] != Stage.PLAN)
    status = await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert life.loan.on(await life.now()) == due + timedelta(days=6)
    assert (status["plan"], status["next_plan"], status["broken_plans"]) == ({}, {}, 1)
    assert "overdue_notice" not in (await life.contacts())[before:]
    assert await _statuses(life) == ["broken"]


async def test_renegotiation_in_the_guided_stage_keeps_the_help(life: Life) -> None:
    """The part in force is still asked for, and its payment takes the case on."""
    old = (await life.drive_to(Stage.GUIDED_REPAYMENT))["plan"]
    part = old["plan"]["parts"][0]
    due = date.fromisoformat(part["due_on"])
    await life.skip_to(life.loan.local(due - timedelta(days=2), 8))
    await life.accepted("renegotiation_requested", **await _request(life))
    await _offered(life)
    await life.skip_to(life.loan.local(due, 19))
    assert (await life.contacts()).count("payment_help") == 2
    await life.pay(part["amount_minor"])
    assert (await life.status())["stage"] == Stage.AGREEMENT
    status = await life.skip_to_stage(Stage.REPAYMENT)
    assert status["visit"] == {}
    assert status["plan"]["next_part"]["number"] == 2


async def test_collection_is_silent_while_a_plan_is_renegotiated(life: Life) -> None:
    """The gate says so itself, in every stage on the way; only the document is told of."""
    await life.drive_to(Stage.REPAYMENT)
    before = len(await life.contacts())
    await life.accepted("renegotiation_requested", **await _request(life))
    await _offered(life)
    honoured = "SELECT facts ->> 'plan_honoured' FROM contact_facts($1, 'x', $2, 0)"
    assert await life.value(honoured, life.case_id, await life.now()) == "true"
    await life.refused("promise_made", "CN-17", amount_minor=1, due_on="2026-05-01")
    await life.skip(timedelta(days=2))
    said = set((await life.contacts())[before:])
    assert said == {"agreement_to_sign", "agreement_expires"}


async def test_payment_of_the_rest_ends_the_negotiation(life: Life) -> None:
    """The old plan is completed; what was offered is withdrawn."""
    old = (await life.drive_to(Stage.REPAYMENT))["plan"]
    await life.accepted("renegotiation_requested", **await _request(life))
    await _offered(life)
    await life.pay(old["rest_minor"])
    assert await life.outcome() == "plan_completed"
    assert await _statuses(life) == ["completed", "withdrawn"]


async def test_payment_that_the_old_plan_counted_is_owed_again_under_the_new(life: Life) -> None:
    """Its reversal is not forgotten: it is owed with the first part."""
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    first = status["plan"]["plan"]["parts"][0]["amount_minor"]
    await life.pay(first, payment_id="P-first")
    await life.skip_to_stage(Stage.REPAYMENT)
    await life.accepted("renegotiation_requested", **await _request(life))
    status = await _offered(life)
    await life.accepted("agreement_signed", **_signature(status["next_plan"]))
    status = await life.skip_to_stage(Stage.GUIDED_REPAYMENT)
    rest = status["plan"]["rest_minor"]
    status = await life.accepted("payment_reversed", payment_id="P-first")
    assert status["plan"]["paid_minor"] == -first
    assert status["plan"]["rest_minor"] == rest + first
    today = life.loan.on(await life.now())
    await life.pay(rest)
    assert (await life.status())["plan"]["rest_minor"] == first
    await life.pay(first)
    assert await life.outcome() == "plan_completed"
    assert await life.arrears(today) == 0


async def test_request_that_does_not_fit_is_refused(life: Life) -> None:
    """Another agreement, a hold, an impossible proposal, a stage without a plan."""
    await life.drive_to(Stage.AGREEMENT)
    await life.offered()
    await life.refused("renegotiation_requested", "LC-STAGE", **await _request(life))
    await life.sign()
    request = await _request(life)
    other = request | {"agreement_id": "another"}
    await life.refused("renegotiation_requested", "LC-DOCUMENT", **other)
    late = await _request(life, first_due_on="2027-06-01")
    await life.refused("renegotiation_requested", "LC-PLAN", **late)
    await life.accepted("hold_placed", hold_id="H", reason="hardship")
    await life.refused("renegotiation_requested", "LC-HOLD", **request)
    await life.accepted("hold_released", hold_id="H")
    await life.settle()
    await life.accepted("renegotiation_requested", **request)
