"""The product from outside: overdue loans become workflows by themselves and follow the process.

Nothing here imports the product's workflows: only the `temporal` command line, the import
command, and SQL.
"""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.support.processes.outside import Outside
from tests.support.processes.patience import until
from tests.support.tapes.files import LENDER, write_tape

DAYS_PAST_DUE = {"PAYS": 20, "BROKEN-EVENTS": 20, "VISITED": 117, "CURRENT": 20}
# Months ahead: however late a busy machine comes to it, no further instalment has fallen due.
PAID = 600_000


async def test_loans_are_collected_from_the_outside(outside: Outside, tmp_path: Path) -> None:
    """Import, and by itself: one workflow a loan; a payment cures, a visit ends in an agreement."""
    roster = tmp_path / "crew.csv"
    roster.write_text("badge_id,full_name\nC-1,外勤一\nC-2,外勤二\n")
    await outside.starter("crew", str(roster))
    tape = write_tape(
        tmp_path / "tape", outside.now().date(), DAYS_PAST_DUE, paid={"CURRENT": PAID}
    )
    await outside.starter("import", str(tape), "--invent-people")
    await until(
        lambda: outside.database.fetchval(
            "SELECT count(*) = 3 FROM collection_cases WHERE started_at IS NOT NULL"
        ),
        "three cases started by the schedule",
    )

    await _bad_events_are_refused_on_record(outside)
    await _a_payment_cures(outside)
    await _a_visit_ends_in_an_agreement(outside)
    await _operations_look_into_it(outside, tmp_path)

    duplicates = await outside.database.fetch(
        "SELECT intent_key FROM contact_attempts GROUP BY intent_key HAVING count(*) > 1"
    )
    assert duplicates == []


async def _operations_look_into_it(outside: Outside, directory: Path) -> None:
    """Why a loan's story went as it did; a stricter policy is compared and adopted; the audit."""
    story = await outside.ops("why", "BROKEN-EVENTS")
    assert "event refused: payment_received" in story
    assert "allowed under policy cn-2027-03" in story
    shutil.copytree(outside.repository / "policies", directory / "policies")
    changed = directory / "policies" / "cn.yaml"
    text = changed.read_text("utf-8").replace("version: cn-2027-03", "version: cn-next")
    changed.write_text(text, "utf-8")
    lender = ("--lender", LENDER)
    would = await outside.ops("policy", "adopt", str(changed), "--dry-run", *lender)
    assert "would move to cn-next" in would
    moved = await outside.ops("policy", "adopt", str(changed), "--loan", "BROKEN-EVENTS")
    assert "1 moved to cn-next, 0 failed" in moved
    again = await outside.ops("policy", "adopt", "cn-next", "--loan", "BROKEN-EVENTS")
    assert "0 open cases to move to cn-next; 1 is there already" in again
    assert "cn-next, from" in await outside.ops("policy", "show", "cn-next")
    assert "no guarantee is broken" in await outside.ops("audit")


async def _bad_events_are_refused_on_record(outside: Outside) -> None:
    """A number, a list and a missing field are refused with a reason; the run goes on."""
    loan = "BROKEN-EVENTS"
    await outside.signal(loan, "payment_received", 42)
    await outside.signal(loan, "payment_received", [1, 2])
    await outside.signal(loan, "no_such_event", {"event_id": "x"})
    await outside.send(loan, "payment_received", event_id="no-amount", payment_id="P-0")
    refused = await until(lambda: _refused(outside, loan), "four refused events")
    assert all(row["reason"] for row in refused)
    described = json.loads(
        await outside.temporal("workflow", "describe", "-w", f"loan-{loan}", "-o", "json")
    )
    assert described["workflowExecutionInfo"]["status"] == "WORKFLOW_EXECUTION_STATUS_RUNNING"
    status = json.loads(
        await outside.temporal(
            "workflow", "query", "-w", f"loan-{loan}", "--type", "status", "-o", "json"
        )
    )
    # A step that the day left no time for may be among them: the clock is fast.
    last = [each["rule_id"] for each in status["queryResult"][0]["last_refusals"]]
    assert last.count("LC-CONTRACT") == 4
    assert set(last) <= {"LC-CONTRACT", "LC-MISSED"}


async def _refused(outside: Outside, loan: str) -> Any:
    rows = await outside.database.fetch(
        "SELECT reason FROM case_events WHERE loan_id = $1 AND NOT accepted", loan
    )
    return rows if len(rows) >= 4 else None


async def _a_payment_cures(outside: Outside) -> None:
    """A part payment sent twice counts once; the rest cures, and the workflow completes."""
    for _ in range(2):
        await outside.send(
            "PAYS", "payment_received", event_id="part", payment_id="P-1", amount_minor=40_000
        )
    await outside.send("PAYS", "payment_received", payment_id="P-2", amount_minor=PAID - 40_000)
    case = await outside.row(
        "SELECT outcome FROM collection_cases WHERE loan_id = 'PAYS' AND closed_at IS NOT NULL"
    )
    assert case["outcome"] == "cured"
    paid = await outside.database.fetchval(
        "SELECT sum(amount_minor) FROM payments WHERE loan_id = 'PAYS'"
    )
    assert paid == PAID


async def _a_visit_ends_in_an_agreement(outside: Outside) -> None:
    """Application, approval, appointment, visit, plan, agreement, repayment: by signals alone."""
    loan = "VISITED"
    await outside.row("SELECT 1 FROM staff_notices WHERE kind = 'visit_possible'")
    await outside.send(
        loan,
        "visit_requested",
        applicant="collector",
        applicant_id="K-1",
        address_id=await outside.database.fetchval(
            "SELECT address_id FROM addresses WHERE borrower_id = 'B-VISITED'"
        ),
    )
    asked = await outside.row(
        "SELECT body ->> 'visit_id' AS visit_id FROM staff_notices"
        " WHERE kind = 'visit_approval_wanted'"
    )
    approval = {"visit_id": asked["visit_id"]}
    await outside.send(loan, "visit_approved", event_id="four-eyes", approver_id="K-1", **approval)
    await outside.send(loan, "visit_approved", approver_id="A-1", **approval)
    visit = await outside.row("SELECT * FROM visits WHERE status = 'proposed'")
    assert visit["approver_id"] == "A-1"
    await outside.send(loan, "appointment_confirmed", slot_id=visit["slot_id"])
    visit = await outside.row(
        "SELECT v.* FROM visits v JOIN collection_cases c USING (case_id) WHERE c.stage = 'visit'"
    )
    await outside.reach(visit["slot"].lower)
    await outside.send(
        loan,
        "visit_checked_in",
        visit_id=visit["visit_id"],
        badge_ids=["C-1", "C-2"],
        identity_verified=True,
        identity_method="id card",
        entry_consent=True,
        recording_id="R-1",
        occurred_at=visit["slot"].lower.isoformat(),
    )
    await outside.send(
        loan,
        "visit_reported",
        visit_id=visit["visit_id"],
        outcome="agreed",
        willingness="willing",
        capacity={"monthly_income_minor": 1_500_000, "monthly_expense_minor": 300_000},
        proposal={
            "instalments": 1,
            "waiver_minor": 0,
            "first_due_on": str((outside.now() + timedelta(days=20)).date()),
        },
    )
    agreement = await outside.row("SELECT * FROM agreements")
    await outside.send(
        loan,
        "agreement_signed",
        agreement_id=agreement["agreement_id"],
        document_sha256=agreement["document_sha256"],
        signatories=["B-VISITED", "C-1"],
        costs_confirmed_at=(outside.now() - timedelta(minutes=1)).isoformat(),
    )
    await outside.row("SELECT 1 FROM agreements WHERE status = 'signed'")
    await outside.send(
        loan, "payment_received", payment_id="P-3", amount_minor=agreement["total_minor"]
    )
    case = await outside.row(
        "SELECT outcome FROM collection_cases WHERE loan_id = $1 AND closed_at IS NOT NULL", loan
    )
    assert case["outcome"] == "plan_completed"
    four_eyes = await outside.row("SELECT * FROM case_events WHERE event_id = 'four-eyes'")
    assert not four_eyes["accepted"]
    assert "LC-FOUR-EYES" in four_eyes["reason"]
