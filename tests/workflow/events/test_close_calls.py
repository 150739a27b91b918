"""What comes in while something else is being written down: neither is lost to the other."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from database.case.cases import Cases
from database.contact.contacts import Contacts
from database.plan.agreements import Agreements
from domain.case.state import Stage
from tests.support.lives.conversation import Json
from tests.support.lives.life import StartLife
from tests.support.lives.parts import amount_of, due_of
from tests.support.world import INSTALMENT

A_DAY = timedelta(days=1)
Interfere = Callable[[], Awaitable[Any]]


@pytest.fixture
def during(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets something happen once, just before a method of the record does its work, or after."""

    def let(record: type, name: str, interfere: Interfere, *, after: bool = False) -> None:
        original, left = getattr(record, name), [interfere]

        async def interfered(*arguments: Any) -> Any:
            meanwhile = left.pop() if left else None
            if meanwhile is not None and not after:
                await meanwhile()
            result = await original(*arguments)
            if meanwhile is not None and after:
                await meanwhile()
            return result

        monkeypatch.setattr(record, name, interfered)

    return let


async def test_reversal_while_the_case_is_closed(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """The loan is not settled for ever by what is owed again; it goes on being collected."""
    life = await start_life(5)
    answers: list[Json] = []

    async def reverse() -> None:
        answers.append(await life.deliver("payment_reversed", payment_id="P-1"))
        answers.append(await life.deliver("case_closed", outcome="written_off", reason="old"))

    during(Cases, "close_case", reverse)
    status = await life.pay(12 * INSTALMENT, payment_id="P-1")
    assert [answer["accepted"] for answer in answers] == [True, False]
    assert answers[1]["reason"].startswith("LC-CASE-CLOSED: ")
    assert (status["stage"], status["arrears_minor"]) == (Stage.EARLY_CONTACT, INSTALMENT)
    assert await life.value("SELECT status FROM loans") == "active"
    assert await life.value("SELECT closed_at FROM collection_cases") is None
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]  # of day 7, and no thanks
    await life.pay()
    assert await life.outcome() == "cured"


async def test_reversal_while_a_completed_plan_is_closed(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """The plan stays in force, with what is missing of it."""
    life = await start_life(92, tried=True)
    plan = (await life.drive_to(Stage.REPAYMENT))["plan"]

    async def reverse() -> None:
        await life.deliver("payment_reversed", payment_id="P-9")

    during(Cases, "close_case", reverse)
    status = await life.pay(plan["rest_minor"], payment_id="P-9")
    assert status["stage"] == Stage.REPAYMENT
    assert status["plan"]["rest_minor"] == plan["rest_minor"]
    assert await life.value("SELECT status FROM agreements") == "signed"
    await life.pay(plan["rest_minor"])
    assert await life.outcome() == "plan_completed"


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_payment_while_its_plan_is_broken(
    start_life: StartLife, during: Callable[..., None], *, after: bool
) -> None:
    """It was made in time: the plan goes on, and nobody is told that it has ended."""
    life = await start_life(92, tried=True)
    plan = await life.drive_to(Stage.REPAYMENT)

    async def pay() -> None:
        await life.deliver(
            "payment_received",
            payment_id="P-9",
            amount_minor=amount_of(plan, 2),
            occurred_at=life.loan.local(due_of(plan, 2)).isoformat(),
        )

    during(Agreements, "end_agreement", pay, after=after)
    await life.skip_to(life.loan.local(due_of(plan, 2) + timedelta(days=8)))
    status = await life.status()
    assert (status["stage"], status["broken_plans"]) == (Stage.REPAYMENT, 0)
    assert await life.value("SELECT status FROM agreements") == "signed"
    assert "plan_broken" not in await life.contacts()


async def test_complaint_while_the_closing_notice_is_written_down(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """It is on record when the case ends: the desk is told of it."""
    life = await start_life(5)

    async def complain() -> None:
        await life.signal("complaint_filed", complaint_id="C-1", about="tone")

    during(Contacts, "record_sent", complain, after=True)
    await life.pay()
    assert await life.outcome() == "cured"
    assert await life.value("SELECT kind FROM staff_notices") == "complaint_to_answer"


async def test_answer_before_its_notice_is_written_down(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """The borrower was quick: the answer waits for the result of the message it answers."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.APPROVAL)

    async def confirm() -> None:
        slot_id = await life.value("SELECT slot_id FROM visits WHERE status = 'proposed'")
        await life.signal("appointment_confirmed", slot_id=slot_id)

    during(Contacts, "record_sent", confirm, after=True)
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")
    status = await life.skip_to_stage(Stage.PREPARATION)
    assert status["visit"]["appointment"] == "yes"
    assert await life.value("SELECT count(*) FROM case_events WHERE NOT accepted") == 0


async def test_payment_between_the_look_at_the_debt_and_the_plan(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """The plan was made without it, so it counts towards the plan."""
    life = await start_life(92, tried=True)
    status = await life.drive_to(Stage.VISIT)
    arrears = await life.arrears()
    await life.accepted("visit_checked_in", **life.check_in(status))

    async def pay() -> None:
        await life.pool.execute(
            "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at,"
            " source) VALUES ('P-0', 'L-1', 1000, $1, $1, 'ledger')",
            await life.now(),
        )

    during(Cases, "read_facts", pay, after=True)
    await life.accepted("visit_reported", **await life.report(status))
    plan = (await life.sign())["plan"]
    assert (plan["plan"]["arrears_minor"], plan["paid_minor"]) == (arrears, 1000)


async def test_late_signature_while_the_document_is_replaced(
    start_life: StartLife, during: Callable[..., None]
) -> None:
    """Given in time, and too late: it must not count for a document that is being taken back."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.AGREEMENT)
    first = await life.offered()
    signed_at = await life.now()
    answers: list[Json] = []

    async def sign() -> None:
        body = life.signature(first) | {"occurred_at": signed_at.isoformat()}
        answers.append(await life.deliver("agreement_signed", **body))

    await life.skip(A_DAY)
    await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    await life.skip(timedelta(days=3))
    during(Agreements, "end_agreement", sign)
    await life.accepted("hold_released", hold_id="H-1")
    second = await life.offered()
    assert [answer["accepted"] for answer in answers] == [False]
    assert second["plan"]["agreement_id"] == f"{first['plan']['agreement_id']}-2"
    await life.sign()
    statuses = await life.fetch("SELECT status FROM agreements ORDER BY offered_at")
    assert [row["status"] for row in statuses] == ["expired", "signed"]


async def test_end_under_a_hold_does_not_wait_for_a_message(start_life: StartLife) -> None:
    """Nobody may tell the borrower that their visit is off; the case ends all the same."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.APPOINTMENT)
    slot = await life.proposed()
    until = datetime.fromisoformat(slot["start"]) - timedelta(hours=1)
    assert until > await life.now() + 2 * A_DAY
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute", until=until.isoformat())
    await life.accepted("case_closed", outcome="transferred", reason="sold")
    await life.skip(A_DAY)
    assert await life.value("SELECT outcome FROM collection_cases") == "transferred"
    assert await life.value("SELECT status FROM loans") == "transferred"


async def test_who_cannot_be_told_costs_no_more(start_life: StartLife) -> None:
    """Who wants no messages pays: the notice is refused once, and the case ends without a loop."""
    life = await start_life(5)
    await life.accepted("contact_preferences_changed", blocked_channels=["sms"])
    await life.pay()
    assert await life.outcome() == "cured"
    refusals = await life.fetch("SELECT rule_id FROM contact_refusals WHERE rule_id != 'LC-MISSED'")
    assert [row["rule_id"] for row in refusals] == ["LC-PREFERENCE"]
    assert len((await life.handle.fetch_history()).events) <= 60
