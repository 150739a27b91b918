"""A loan's whole life, from the first reminder to its end."""

import asyncio
from datetime import timedelta

from tests.workflow.conftest import StartLife


async def test_silent_borrower_who_signs_at_the_door_completes_the_plan(
    start_life: StartLife,
) -> None:
    """Nine months: contact, application, approval, appointment, visit, plan, repayment."""
    async with asyncio.timeout(60):
        life = await start_life(days_past_due=1)
        status = await life.skip_to_stage("application")
        assert status["days_past_due"] >= 90

        answer = await life.deliver(
            "visit_requested",
            applicant="collector",
            applicant_id="K-1",
            address_id=life.loan.address_id,
        )
        assert answer["accepted"], answer
        await life.skip_to_stage("approval")
        answer = await life.deliver("visit_approved", approver_id="A-1")
        assert answer["accepted"], answer

        status = await life.skip_until(lambda status: bool(status["visit"].get("notice_sent")))
        slot = status["visit"]["slot"]
        answer = await life.deliver("appointment_confirmed", slot_id=slot["slot_id"])
        assert answer["accepted"], answer

        status = await life.skip_to_stage("visit")
        visit_id = status["visit"]["visit_id"]
        answer = await life.deliver(
            "visit_checked_in",
            visit_id=visit_id,
            badge_ids=slot["badge_ids"],
            identity_verified=True,
            identity_method="id card",
            entry_consent=True,
            recording_id="R-1",
        )
        assert answer["accepted"], answer
        arrears = status["arrears_minor"]
        first_due = ((await life.now()) + timedelta(days=5)).date()
        answer = await life.deliver(
            "visit_reported",
            visit_id=visit_id,
            outcome="agreed",
            willingness="willing",
            capacity={"monthly_income_minor": 900_000, "monthly_expense_minor": 300_000},
            proposal={"instalments": 3, "first_due_on": str(first_due), "waiver_minor": 0},
        )
        assert answer["accepted"], answer

        status = await life.skip_to_stage("agreement")
        plan = status["plan"]
        answer = await life.deliver(
            "agreement_signed",
            agreement_id=plan["agreement_id"],
            document_sha256=plan["document_sha256"],
            signatories=["B-1", "C-1"],
        )
        assert answer["accepted"], answer

        parts = plan["plan"]["parts"]
        assert sum(part["amount_minor"] for part in parts) == arrears
        for part in parts:
            await life.skip_until(
                lambda status, due=part["due_on"]: (
                    str(status["next_action"]["at"])[:10] >= due
                    and status["stage"] in ("guided_repayment", "repayment")
                )
            )
            answer = await life.deliver(
                "payment_received",
                payment_id=f"P-{part['number']}",
                amount_minor=part["amount_minor"],
            )
            assert answer["accepted"], answer
        assert await life.outcome() == "plan_completed"

    attempts = await life.fetch(
        "SELECT template, status FROM contact_attempts ORDER BY reserved_at"
    )
    print(attempts)
    for row in await life.fetch("SELECT * FROM contact_refusals"):
        print(row)
    assert {attempt["status"] for attempt in attempts} == {"sent"}
