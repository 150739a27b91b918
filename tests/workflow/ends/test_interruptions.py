"""What can happen in any stage: payments, holds, complaints, preferences, promises, the end."""

from datetime import datetime, timedelta

import pytest

from database.case.cases import Cases
from database.case.scan import Cursor, Scan
from documents.legal_package import differences
from domain.case.state import Stage
from tests.support.lives.life import RIPE, Life, StartLife
from tests.support.world import INSTALMENT, Loan, insert_loan

STAGES = [stage for stage in Stage if stage is not Stage.ENDED]
WITH_PLAN = (Stage.GUIDED_REPAYMENT, Stage.CLOSING_VISIT, Stage.REPAYMENT)
WITH_SLOT = (Stage.APPOINTMENT, Stage.PREPARATION, Stage.VISIT)


async def _start_in(start_life: StartLife, stage: Stage) -> Life:
    if stage is Stage.EARLY_CONTACT:
        life = await start_life(5)
    elif stage is Stage.LEGAL_REVIEW:
        life = await start_life(181)
    else:
        life = await start_life(RIPE, tried=True)
    await life.drive_to(stage)
    return life


@pytest.mark.parametrize("stage", STAGES)
async def test_payment_of_the_arrears_ends_the_case_in_any_stage(
    start_life: StartLife, stage: Stage
) -> None:
    """What was under way is called off, the crew is free, and one notice is the last contact."""
    life = await _start_in(start_life, stage)

    await life.pay()

    assert await life.outcome() == ("plan_completed" if stage in WITH_PLAN else "cured")
    notice = "plan_completed_notice" if stage in WITH_PLAN else "paid_notice"
    contacts = await life.contacts()
    assert contacts.count(notice) == 1
    assert contacts[-1] == notice
    assert await life.booked_crew() == 0
    assert not await life.fetch("SELECT * FROM visits WHERE ended_at IS NULL")
    assert not await life.fetch("SELECT * FROM agreements WHERE status IN ('offered', 'signed')")
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["outcome"] == await life.outcome()


async def test_crew_is_told_when_a_payment_calls_off_its_visit(start_life: StartLife) -> None:
    """A crew that is booked reads that the case has ended."""
    life = await _start_in(start_life, Stage.PREPARATION)
    await life.pay()
    await life.outcome()
    reasons = await life.fetch(
        "SELECT body->>'reason' AS reason FROM staff_notices WHERE kind = 'appointment_called_off'"
    )
    assert reasons == [{"reason": "the case has ended: cured"}]


async def test_full_repayment_settles_the_loan(start_life: StartLife) -> None:
    """Nothing is owed any more: the loan is settled and the borrower is told so."""
    life = await start_life(5)
    await life.pay(12 * INSTALMENT)
    assert await life.outcome() == "settled"
    assert (await life.contacts())[-1] == "settled_notice"
    assert await life.value("SELECT status FROM loans") == "settled"


async def test_closing_notice_waits_for_the_morning(start_life: StartLife) -> None:
    """A payment at night is thanked for when the hours begin."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay()
    assert await life.outcome() == "cured"
    sent_at = await life.value("SELECT sent_at FROM contact_attempts WHERE purpose = 'closing'")
    assert sent_at >= life.loan.at_days_past_due(6, hour=8)


async def test_part_payment_moves_the_date_that_counts(start_life: StartLife) -> None:
    """One of two overdue instalments is paid: the ladder starts again from the second."""
    life = await start_life(40)
    assert (await life.status())["days_past_due"] == 40

    status = await life.pay(INSTALMENT)

    assert status["days_past_due"] == 40 - 31
    assert status["arrears_minor"] == INSTALMENT
    await life.skip_to(life.loan.at_days_past_due(31 + 16))
    keys = await life.fetch("SELECT intent_key FROM contact_attempts ORDER BY reserved_at DESC")
    assert keys[0]["intent_key"].endswith(":2026-02-10:dpd-15-call")


async def test_reversal_before_the_notice_reopens_the_case(start_life: StartLife) -> None:
    """The payment is reversed in the night: no thanks are sent and contact goes on."""
    life = await start_life(5)
    await life.skip_to(life.loan.at_days_past_due(5, hour=23))
    await life.pay(payment_id="P-1")
    assert (await life.status())["stage"] == Stage.ENDED

    await life.accepted("payment_reversed", payment_id="P-1")

    status = await life.skip_to_stage(Stage.EARLY_CONTACT)
    assert status["arrears_minor"] == INSTALMENT
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]  # of day 7
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["closed_at"] is None
    await life.pay()
    assert await life.outcome() == "cured"
    assert (await life.contacts()).count("paid_notice") == 1


# Holds


@pytest.mark.parametrize("stage", STAGES)
async def test_hold_pauses_any_stage(start_life: StartLife, stage: Stage) -> None:
    """Nobody is contacted while it lasts; then the case goes on where it was, without a burst."""
    life = await _start_in(start_life, stage)
    held = timedelta(days=4)  # longer than an agreement is open, shorter than to its first part
    # What the stage begins with has been sent: the legal notice at the case's own moment.
    await life.skip(timedelta(hours=9 if stage is Stage.LEGAL_REVIEW else 2))
    before = await life.status()
    contacts = await life.contacts()

    status = await life.accepted("hold_placed", hold_id="H-1", reason="hardship")
    assert (status["waiting_for"], status["holds"][0]["reason"]) == ("hold_released", "hardship")
    await life.skip(held)
    assert await life.contacts() == contacts
    assert await life.booked_crew() == (2 if before["visit"].get("checked_in") else 0)

    status = await life.accepted("hold_released", hold_id="H-1")
    went_back = stage in WITH_SLOT
    assert status["stage"] == (Stage.APPOINTMENT if went_back else stage)
    await life.skip(timedelta(days=1))
    assert len(await life.contacts()) <= len(contacts) + 1
    if stage in (Stage.APPLICATION, Stage.PLAN, Stage.AGREEMENT, Stage.LEGAL_REVIEW):
        moved = _next_at(await life.status()) - _next_at(before)
        assert timedelta(0) <= moved - held < timedelta(minutes=1)
    if went_back:  # goes on with another proposal
        slot = await life.proposed()
        assert slot["slot_id"].endswith("slot-2")


def _next_at(status: dict[str, dict[str, str]]) -> datetime:
    return datetime.fromisoformat(status["next_action"]["at"])


async def test_hold_with_an_end_date_ends_by_itself(start_life: StartLife) -> None:
    """Without a release, contact goes on the day after `until`."""
    life = await start_life(5)
    until = life.loan.at_days_past_due(28)
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute", until=until.isoformat())
    await life.skip_to(until + timedelta(minutes=1))
    assert await life.contacts() == []
    await life.skip_to(life.loan.at_days_past_due(31))
    assert await life.contacts() == ["overdue_notice"]  # of day 30; 7, 15 and 20 are skipped
    assert (await life.status())["holds"] == []


async def test_hold_whose_end_has_passed_holds_nothing(start_life: StartLife) -> None:
    """`until` in the past is accepted, is on record and changes nothing."""
    life = await start_life(5)
    until = life.loan.at_days_past_due(4)
    status = await life.accepted(
        "hold_placed", hold_id="H-1", reason="dispute", until=until.isoformat()
    )
    assert (status["holds"], status["waiting_for"]) == ([], "next_contact")
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.contacts() == ["overdue_notice"]


async def test_message_of_a_stage_is_not_lost_to_a_hold_in_the_night(
    start_life: StartLife,
) -> None:
    """Signed at night, held at once and released: the borrower is still told how to pay."""
    life = await _start_in(start_life, Stage.AGREEMENT)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 23))
    await life.sign()
    await life.accepted("hold_placed", hold_id="H-1", reason="dispute")
    await life.skip(timedelta(hours=1))
    await life.accepted("hold_released", hold_id="H-1")
    await life.skip(timedelta(days=1))
    assert (await life.contacts()).count("how_to_pay") == 1


async def test_payment_during_a_hold_ends_the_case(start_life: StartLife) -> None:
    """A paid case does not wait for its hold; the notice is not sent against the hold."""
    life = await start_life(5)
    await life.accepted("hold_placed", hold_id="H-1", reason="insolvency")
    await life.pay()
    assert await life.outcome() == "cured"
    assert await life.contacts() == []
    assert await life.value("SELECT rule_id FROM contact_refusals") == "LC-HOLD"


async def test_complaints_stop_contact_until_each_is_resolved(start_life: StartLife) -> None:
    """Each has a deadline and a handler of its own; the last one resolved ends the silence."""
    life = await start_life(5)
    await life.accepted("complaint_filed", complaint_id="C-1", about="too many calls")
    await life.skip(timedelta(days=1))
    await life.accepted("complaint_filed", complaint_id="C-2", about="rude")
    await life.skip(timedelta(days=3))
    notices = await life.fetch(
        "SELECT kind FROM staff_notices WHERE audience = 'complaint_desk' ORDER BY created_at"
    )
    assert len(notices) == 2
    dues = await life.fetch("SELECT answer_due_at - filed_at AS days FROM complaints")
    assert {round(due["days"] / timedelta(days=1), 3) for due in dues} == {15}

    status = await life.accepted("complaint_resolved", complaint_id="C-1", upheld=False)
    assert status["waiting_for"] == "hold_released"
    await life.skip_to(life.loan.at_days_past_due(14))
    assert await life.contacts() == []
    status = await life.accepted("complaint_resolved", complaint_id="C-2", upheld=True)
    assert status["waiting_for"] == "next_contact"
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_call"]


# Promises and preferences


async def test_kept_promise_is_noted(start_life: StartLife) -> None:
    """A promise is waited for in silence; its payment keeps it."""
    life = await start_life(40)
    due = life.loan.on(await life.now()) + timedelta(days=10)
    await life.accepted("promise_made", amount_minor=INSTALMENT // 2, due_on=str(due))
    await life.refused("promise_made", "LC-PROMISE", amount_minor=1, due_on=str(due))
    await life.skip(timedelta(days=9))
    assert len(await life.contacts()) <= 1
    await life.pay(INSTALMENT // 2)
    assert await life.value("SELECT status FROM promises") == "kept"
    assert (await life.status())["promises"] == []


async def test_broken_promise_is_noted_and_contact_goes_on(start_life: StartLife) -> None:
    """One day of grace after the promised day, then the ladder's next step."""
    life = await start_life(4)
    due = life.loan.on(await life.now()) + timedelta(days=5)
    await life.accepted("promise_made", amount_minor=INSTALMENT, due_on=str(due))
    await life.skip_to(life.loan.local(due + timedelta(days=1), 23))
    assert await life.value("SELECT status FROM promises") == "open"
    assert await life.contacts() == []  # day 7 is missed
    await life.skip_to(life.loan.local(due + timedelta(days=2), 12))
    assert await life.value("SELECT status FROM promises") == "broken"
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_call"]


async def test_promise_too_far_ahead_is_refused(start_life: StartLife) -> None:
    """A promise lies at most as many days ahead as the policy says."""
    life = await start_life(4)
    due = life.loan.on(await life.now()) + timedelta(days=15)
    await life.refused(
        "promise_made", "LC-PROMISE-LONGEST", amount_minor=INSTALMENT, due_on=str(due)
    )


async def test_blocked_channel_binds_from_then_on(start_life: StartLife) -> None:
    """No call reaches a borrower who wants none; messages go on."""
    life = await start_life(1)
    await life.accepted("contact_preferences_changed", blocked_channels=["call"])
    await life.skip_to(life.loan.at_days_past_due(16))
    assert await life.contacts() == ["overdue_notice", "overdue_notice"]
    status = await life.status()
    assert {refusal["rule_id"] for refusal in status["last_refusals"]} == {"LC-PREFERENCE"}


async def test_agreed_hours_bind_and_are_used(start_life: StartLife) -> None:
    """A borrower who asks for the evening is contacted in the evening, not never."""
    life = await start_life(5)
    evening = {"start": "18:00", "end": "20:00"}
    await life.accepted("contact_preferences_changed", agreed_hours=[evening])
    await life.skip_to(life.loan.at_days_past_due(8))
    [attempt] = await life.fetch("SELECT * FROM contact_attempts")
    assert (
        18
        <= attempt["sent_at"].astimezone(life.loan.local(life.loan.first_due_on).tzinfo).hour
        < 20
    )


async def test_blocked_number_is_not_used(start_life: StartLife) -> None:
    """The next number in line is used instead."""
    life = await start_life(5, Loan(phones=2))
    await life.accepted("contact_preferences_changed", blocked_phone_ids=["B-1-p1"])
    await life.refused(
        "contact_preferences_changed", "LC-RECORD", blocked_phone_ids=["somebody-else"]
    )
    await life.skip_to(life.loan.at_days_past_due(8))
    assert await life.value("SELECT phone_id FROM contact_attempts") == "B-1-p2"


# Other ends


@pytest.mark.parametrize("outcome", ["written_off", "transferred", "withdrawn", "handed_to_legal"])
async def test_other_system_ends_the_case(start_life: StartLife, outcome: str) -> None:
    """The visit is called off, the crew is free; the borrower hears of that and no more."""
    life = await _start_in(start_life, Stage.PREPARATION)
    before = await life.contacts()
    await life.accepted("case_closed", outcome=outcome, reason="decided elsewhere")
    assert await life.outcome() == outcome
    assert await life.contacts() == [*before, "visit_called_off"]
    assert await life.booked_crew() == 0
    [case] = await life.fetch("SELECT * FROM collection_cases")
    assert case["outcome"] == outcome
    packages = await life.value("SELECT count(*) FROM legal_packages")
    assert packages == (1 if outcome == "handed_to_legal" else 0)
    status = {"handed_to_legal": "in_legal"}.get(outcome, outcome)
    assert await life.value("SELECT status FROM loans") == status


async def test_legal_review_hands_the_case_over(start_life: StartLife) -> None:
    """After the deadline, with one last word to the borrower and a notice to the desk."""
    life = await start_life(181)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    assert await life.outcome() == "handed_to_legal"
    assert await life.contacts() == ["legal_notice"]
    notices = await life.fetch(
        "SELECT kind, body->>'sha256' AS sha256 FROM staff_notices WHERE audience = 'legal'"
        " ORDER BY created_at"
    )
    [package] = await life.fetch("SELECT * FROM legal_packages")
    assert notices == [
        {"kind": "review_wanted", "sha256": None},
        {"kind": "legal_package_ready", "sha256": package["sha256"]},
    ]
    assert differences(package["content"]) == []


# A late start, and a fresh run


@pytest.mark.parametrize("days", [60, 120, 179])
async def test_late_start_is_not_a_burst(start_life: StartLife, days: int) -> None:
    """A loan adopted late enters at its stage; at most one message goes out on the first day."""
    life = await start_life(days)
    await life.skip_to(life.loan.at_days_past_due(days, hour=23))
    assert (await life.status())["stage"] == Stage.EARLY_CONTACT
    assert len(await life.contacts()) <= 1


async def test_fresh_run_keeps_the_case(start_life: StartLife) -> None:
    """With very short runs a life goes the same way, and an old event id still counts once."""
    life = await start_life(RIPE, tried=True, long_history_events=30)
    await life.pay(1000, payment_id="P-first")
    await life.accepted("hold_placed", event_id="once", hold_id="H-1", reason="dispute")
    await life.accepted("hold_released", hold_id="H-1")
    first = await life.handle.describe()
    await life.skip(timedelta(hours=2))  # the invitation is sent at nine

    await life.drive_to(Stage.REPAYMENT)

    handle = life.env.client.get_workflow_handle(life.handle.id)
    assert (await handle.describe()).run_id != first.run_id
    answer = await life.deliver("hold_placed", event_id="once", hold_id="H-1", reason="dispute")
    assert answer["accepted"]
    assert (await life.status())["holds"] == []
    assert await life.value("SELECT count(*) FROM case_events WHERE event_id = 'once'") == 1
    for part in (2, 3):
        await life.skip(timedelta(days=20))
        await life.pay_part(part)
    assert await life.outcome() == "plan_completed"
    contacts = await life.contacts()
    for template in ("visit_invitation", "how_to_pay", "visit_closing", "visit_reminder"):
        assert contacts.count(template) == 1, contacts


async def test_adopted_policy_binds_from_then_on(start_life: StartLife) -> None:
    """A case moves to another policy on purpose, and to a stored one only."""
    life = await start_life(5)
    await life.refused("policy_adopted", "LC-RECORD", policy_version="cn-none")
    await life.pool.execute(
        "INSERT INTO policies SELECT 'cn-next', profile, sha256,"
        " jsonb_set(body, '{version}', '\"cn-next\"'), stored_at FROM policies"
    )
    status = await life.accepted("policy_adopted", policy_version="cn-next")
    assert status["policy_version"] == "cn-next"
    assert await life.value("SELECT policy_version FROM collection_cases") == "cn-next"


async def test_next_delinquency_does_not_reopen_the_one_before(start_life: StartLife) -> None:
    """Paid in the evening; at midnight the next instalment is overdue, and a case of its own."""
    life = await start_life(31)
    await life.skip_to(life.loan.local(life.loan.on(await life.now()), 22, 30))
    await life.pay(INSTALMENT)
    assert (await life.status())["stage"] == Stage.ENDED
    await life.skip(timedelta(hours=2))
    async for page in Scan(life.pool).pages(Cursor(), life.policy.version, await life.now()):
        (case,) = page.to_start
        await Cases(life.pool).take_up(case.case_id)  # that life is not told here
    assert await life.outcome() == "cured"
    cases = await life.fetch("SELECT outcome FROM collection_cases ORDER BY overdue_since")
    assert [case["outcome"] for case in cases] == ["cured", None]
    assert "paid_notice" not in await life.contacts()  # something is overdue again


async def test_payment_that_only_the_ledger_wrote_keeps_a_promise(start_life: StartLife) -> None:
    """Nobody sent an event: the database is asked before anything is called broken."""
    life = await start_life(5)
    due_on = life.loan.on(await life.now()) + timedelta(days=3)
    await life.accepted("promise_made", amount_minor=1000, due_on=str(due_on))
    await life.pool.execute(
        "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
        " VALUES ('P-0', 'L-1', 1000, $1, $1, 'ledger')",
        await life.now(),
    )
    await life.skip(timedelta(days=6))
    assert await life.value("SELECT status FROM promises") == "kept"


async def test_hold_of_another_loan_keeps_this_one_from_the_lawyers(start_life: StartLife) -> None:
    """It comes without a word to this case, which looks before it hands over."""
    life = await start_life(181)
    await life.skip_to_stage(Stage.LEGAL_REVIEW)
    await life.skip(timedelta(days=2))
    other = Loan(loan_id="L-2", first_due_on=life.loan.first_due_on)
    await insert_loan(life.pool, other)
    await life.pool.execute(
        "INSERT INTO holds (loan_id, hold_id, borrower_id, reason, placed_at)"
        " VALUES ('L-2', 'H-1', 'B-1', 'bereavement', $1)",
        await life.now(),
    )
    await life.skip(timedelta(days=20))
    status = await life.status()
    assert (status["waiting_for"], status["stage"]) == ("hold_released", Stage.LEGAL_REVIEW)
    await life.accepted("hold_released", hold_id="H-1")  # through this loan: the hold is his
    assert await life.value("SELECT count(*) FROM holds WHERE released_at IS NULL") == 0
