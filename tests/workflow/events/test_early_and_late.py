"""Events that come before what they belong to, or that say too little of it."""

from datetime import timedelta

from domain.case.state import Stage
from tests.support.lives.life import Life, StartLife
from tests.support.world import INSTALMENT


async def test_reversal_before_its_payment_is_sent_again_under_its_id(life: Life) -> None:
    """The payment does not count for ever, and the same id is judged anew."""
    reversal = {"event_id": "taken-back", "payment_id": "P-X"}
    reason = await life.refused("payment_reversed", "LC-RECORD", **reversal)
    assert reason.endswith("send it again, under its id, after that")
    owed = await life.arrears()
    await life.accepted("payment_received", payment_id="P-X", amount_minor=INSTALMENT // 2)
    assert await life.arrears() < owed
    await life.accepted("payment_reversed", **reversal)
    assert await life.arrears() == owed
    assert (await life.deliver("payment_reversed", **reversal))["accepted"]  # counted once
    assert await life.arrears() == owed


async def test_payment_of_the_future_is_refused(life: Life) -> None:
    """A year that is mistyped would stand in the message that closes the case."""
    far = ((await life.now()) + timedelta(days=1)).isoformat()
    await life.refused(
        "payment_received", "LC-TIME", payment_id="P", amount_minor=1, occurred_at=far
    )
    assert await life.value("SELECT count(*) FROM payments WHERE kind = 'payment'") == 0


async def test_approval_that_names_no_visit_or_another_leaves_the_visit_undecided(
    start_life: StartLife,
) -> None:
    """A person approves this visit."""
    life = await start_life(92, tried=True)
    await life.drive_to(Stage.APPROVAL)
    await life.refused("visit_approved", "LC-CONTRACT", approver_id="A-1")
    await life.refused("visit_rejected", "LC-STAGE", visit_id="visit-0", approver_id="A-1")
    status = await life.status()
    assert status["visit"]["approval"] is None
    await life.accepted("visit_approved", visit_id=life.visit_id, approver_id="A-1")


async def test_part_that_the_ledger_books_earlier_than_it_writes_is_paid(
    start_life: StartLife,
) -> None:
    """What was not in the debt when the plan was proposed counts, whatever time its row has."""
    life = await start_life(92, tried=True)
    status = await life.drive_to(Stage.GUIDED_REPAYMENT)
    part = status["plan"]["plan"]["parts"][0]
    counted_from = await life.value("SELECT counted_from FROM agreements")
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ('LP-1', $1, $2, $3, $3, 'ledger')",
        life.loan.loan_id,
        part["amount_minor"],
        counted_from - timedelta(hours=1),
    )
    await life.accepted("payment_received", payment_id="LP-1", amount_minor=part["amount_minor"])
    await life.skip_to_stage(Stage.REPAYMENT)
    assert "payment_help" not in await life.contacts()
    assert await life.value("SELECT status FROM agreements") == "signed"
    assert await life.value("SELECT paid_minor FROM agreement_balances") == part["amount_minor"]
