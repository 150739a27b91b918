"""The daily questions: their answers, and that the page about them has the same statements."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from commands.ops import collected, today
from database.case.daily import Collected, Today, read_collected, read_today
from database.case.story import read_story
from database.sql import Pool
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.visits import MONDAY, insert_visits
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)
ZONE = "Asia/Shanghai"
_STATEMENT = re.compile(r"```sql\n-- (\w+)\n(.*?)```", re.DOTALL)
FIELDS = {  # of the commands' answers, by the statement that fills them
    "approvals_waiting": "approvals",
    "visits_ahead": "visits",
    "promises_to_watch": "promises",
    "holds_in_force": "holds",
    "complaints_open": "complaints",
    "stuck_cases": "stuck",
    "provider_doubts": "provider_doubts",
    "replies_to_read": "replies",
    "collected_money": "money",
    "collected_promises": "promises",
    "collected_by_stage": "by_stage",
}


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A day on which every question has an answer."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.contact("overdue_notice")
    await pool.execute("UPDATE contact_attempts SET status = 'unknown', sent_at = NULL")
    await record.deliver("payment_received", payment_id="P-1", amount_minor=5_000)
    await record.deliver("payment_received", payment_id="P-2", amount_minor=7_000)
    await record.deliver("payment_reversed", payment_id="P-2")
    await record.deliver("promise_made", amount_minor=1000, due_on=str(LOAN.on(record.now)))
    await record.deliver(
        "reply_received", reply_id="RE-1", phone_id="B-1-p1", text="下月发工资再还"
    )
    await record.deliver(
        "complaint_filed",
        complaint_id="C-1",
        about="tone",
        due_at=record.now + timedelta(days=15),
    )
    await record.deliver(
        "visit_requested",
        applicant="collector",
        applicant_id="K-7",
        address_id=LOAN.address_id,
    )
    return record


async def _waits(record: Record) -> tuple[Today, str]:
    answer = await read_today(record.pool, record.now)
    return answer, "\n".join(today.tell(answer, ZONE))


async def test_today_names_what_waits_with_amounts_and_since_when(record: Record) -> None:
    """An approval, a promise, a hold, a complaint and a doubt; nothing is stuck."""
    answer, text = await _waits(record)
    assert text.startswith(f"{LOAN.on(record.now)} 12:07, {ZONE}\n")
    assert "CNY 3,950.00 overdue, applied for by K-7, approver decides" in text
    assert f"CNY 10.00 promised for {LOAN.on(record.now)}, not yet paid" in text
    assert "complaint (complaint:C-1) since" in text
    assert "C-1: answer due" in text
    assert "the provider cannot tell whether it was sent" in text
    assert "B-1-p1 (self): 下月发工资再还 [RE-1]" in text
    assert answer.stuck == []
    assert "Stuck: none" in text


async def test_today_tells_visits_and_their_crews(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Today's apart from those to come, on the borrower's own clock."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.deliver(
        "visit_requested", applicant="borrower", applicant_id="B-1", address_id=LOAN.address_id
    )
    expires_at = record.now + timedelta(days=30)
    await record.deliver(
        "visit_approved", visit_id=record.visit_id, approver_id="A-1", due_at=expires_at
    )
    await pool.execute(
        "UPDATE visits SET slot_id = 'S-1', slot = tstzrange($1, $2)",
        record.now + timedelta(days=1),
        record.now + timedelta(days=1, hours=2),
    )
    await pool.execute(
        "INSERT INTO visit_crew SELECT visit_id, 'S-1', 'C-1', slot, slot FROM visits"
    )
    _, text = await _waits(record)
    assert "Visits today: none" in text
    assert "Visits to come: 1" in text
    assert "crew C-1" in text
    record.now += timedelta(days=1)
    _, text = await _waits(record)
    assert "Visits today: 1" in text
    await pool.execute("UPDATE visits SET checked_in_at = $1, reported_at = $1", record.now)
    _, text = await _waits(record)
    assert ", reported, crew C-1" in text


async def test_visit_without_a_crew_is_stuck_after_a_day(pool: Pool, policy: Policy) -> None:
    """While nobody was free, each day anew; not of an approval that has ended."""
    await insert_visits(pool, policy, 1)
    await pool.execute("UPDATE collection_cases SET started_at = $1", MONDAY)
    for days in (1, 2, 3):
        await pool.execute(
            "INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)"
            " SELECT $1, case_id, 'collectors', 'no_crew_free', '{\"visit_id\": \"V-1\"}', $2"
            " FROM visits",
            f"n-{days}",
            MONDAY + timedelta(days=days),
        )
    for hours, stuck in ((36, []), (60, ["V-1 is approved, and no crew is free"]), (24 * 6, [])):
        answer = await read_today(pool, MONDAY + timedelta(hours=hours))
        assert [each.what for each in answer.stuck] == stuck
    await pool.execute("UPDATE visits SET ended_at = $1, status = 'expired'", MONDAY)
    answer = await read_today(pool, MONDAY + timedelta(hours=60))
    assert answer.stuck == []


async def test_today_names_what_should_have_gone_on(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """Each kind of stuck case; none of a borrower who is on hold."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    await record.write()
    await record.break_agreement()
    record.now += timedelta(days=70)
    await pool.execute("UPDATE agreements SET status = 'offered'")
    answer, _ = await _waits(record)
    assert {each.what for each in answer.stuck} == {
        "G-1 has expired and is still offered",
        "nothing was done for 60 days, and nothing is agreed",
    }
    await pool.execute(
        "UPDATE collection_cases SET outcome = 'cured', closed_at = $1, is_ending = true",
        record.now - timedelta(days=5),
    )
    answer, text = await _waits(record)
    assert "the case has ended, and what follows from that is not done" in text
    await pool.execute(
        "UPDATE collection_cases SET outcome = NULL, closed_at = NULL, started_at = NULL"
    )
    answer, text = await _waits(record)
    assert "the case is open and its workflow has not started" in text
    await record.deliver("hold_placed", hold_id="H-9", reason="hardship")
    answer, _ = await _waits(record)
    assert answer.stuck == []


async def test_waiver_waits_with_its_amount_and_level_until_it_is_decided(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """By the proposal of the report that asked for it."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    proposal = {"instalments": 3, "first_due_on": "2026-05-01", "waiver_minor": 12_300}
    await record.deliver(
        "renegotiation_requested",
        agreement_id="G-0",
        requested_by_id="B-1",
        capacity={"monthly_income_minor": 9, "monthly_expense_minor": 1},
        proposal=proposal,
    )
    await pool.execute("UPDATE collection_cases SET stage = 'plan'")
    await pool.execute(
        "INSERT INTO staff_notices VALUES ('N', $1, 'approvers', 'waiver_approval_wanted',"
        ' \'{"plan_id": "P-1", "level": "senior_approver"}\', $2)',
        record.case_id,
        record.now,
    )
    _, text = await _waits(record)
    assert (
        "waiver P-1: CNY 123.00 to be waived, applied for by B-1, senior approver decides" in text
    )
    await record.deliver("plan_rejected", plan_id="P-1", approver_id="A-1")
    answer, _ = await _waits(record)
    assert answer.approvals == []


async def test_collected_counts_payments_reversals_and_promises(record: Record) -> None:
    """Per lender and currency, and by the stage in which a payment came."""
    answer = await read_collected(record.pool, LOAN.on(record.now))
    text = "\n".join(collected.tell(answer))
    assert (
        "test-lender: CNY 120.00 received in 2 payments, CNY 70.00 reversed, CNY 0.00 waived"
        in text
    )
    assert "promises made 1 (CNY 10.00), kept 0 (CNY 0.00), broken 0 (CNY 0.00)" in text
    assert [(row.stage, row.payments) for row in answer.by_stage] == [("early_contact", 2)]


async def test_collected_begins_with_the_day(record: Record) -> None:
    """What came the day before is not counted, and nothing is said in words."""
    answer = await read_collected(record.pool, LOAN.on(record.now) + timedelta(days=1))
    assert list(collected.tell(answer))[1:] == ["nothing came in, and nothing was promised"]


async def test_collected_tells_of_money_that_is_dated_before(record: Record) -> None:
    """A mistyped year, or a bank that was late: no report of its own day has shown it."""
    await record.pool.execute("UPDATE payments SET received_at = '2016-12-24Z', reversed_at = NULL")
    answer = await read_collected(record.pool, LOAN.on(record.now))
    assert list(collected.tell(answer))[1:3] == [
        "test-lender: CNY 0.00 received in 0 payments, CNY 0.00 reversed, CNY 0.00 waived",
        "test-lender: CNY 120.00 told of since then in 2 payments, dated before",
    ]
    story = await read_story(record.pool, LOAN.loan_id)
    assert story is not None
    told = {(each.result, LOAN.on(each.at)) for each in story.entries if each.kind == "payment"}
    assert told == {("told of, as received 2016-12-24 08:00", LOAN.on(record.now))}


def _columns(answer: Today | Collected, statement: str) -> Any:
    return [row.model_dump() for row in getattr(answer, FIELDS[statement])]


async def test_every_statement_of_the_page_answers_as_its_command(
    record: Record, repository: Path
) -> None:
    """Row for row, name for name, on a record where all but a few answers are not empty."""
    page = (repository / "docs" / "questions.md").read_text("utf-8")
    statements = dict(_STATEMENT.findall(page))
    assert statements.keys() == FIELDS.keys()
    assert page.count("```sql") == len(statements)
    since = LOAN.on(record.now) - timedelta(days=1)
    answers: dict[str, Today | Collected] = {
        "now": await read_today(record.pool, record.now),
        "since": await read_collected(record.pool, since),
    }
    for name, statement in statements.items():
        kind = "since" if name.startswith("collected") else "now"
        sql = statement.replace("now()", f"'{record.now.isoformat()}'::timestamptz")
        sql = re.sub(r"DATE '[0-9-]+'", f"DATE '{since}'", sql)
        rows = [dict(row) for row in await record.pool.fetch(sql)]
        assert rows == _columns(answers[kind], name), name
