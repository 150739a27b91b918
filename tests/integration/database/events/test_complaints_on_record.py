"""Complaints on record: who may answer, who may grant more time, whom an answer bars."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from database.event_record import Events
from database.sql import Pool
from database.visit.visits import SlotWish, Visits
from domain.case.events.judged_event import Verdict
from tests.support.record import delivery
from tests.support.world import Loan, OpenCase, event

LOAN = Loan()
NOW = LOAN.at_days_past_due(100, hour=12)
VISIT_ID = "V-1"
COMPLAINT = {"complaint_id": "C-1"}
FILED = COMPLAINT | {"about": "rude"}
EXTENDED = COMPLAINT | {"approver_id": "M-1", "reason": "files are abroad"}


class Desk:
    """Records events of one case, each an hour after the last."""

    def __init__(self, pool: Pool, case_id: str, loan: Loan = LOAN) -> None:
        self.pool, self._case_id, self._loan, self._number = pool, case_id, loan, 0

    async def __call__(self, name: str, due_at: datetime | None = None, **body: Any) -> Verdict:
        self._number += 1
        now = NOW + timedelta(hours=self._number)
        letter = delivery(
            self._case_id,
            self._loan,
            name,
            event(now, event_id=f"e-{self._number}", **body),
            receipt=f"{self._loan.loan_id}-{self._number}",
            visit_id=VISIT_ID,
            due_at=due_at,
        )
        return await Events(self.pool).record_event(letter, lambda: now)

    async def file(self, **body: Any) -> Verdict:
        return await self("complaint_filed", NOW + timedelta(days=15), **FILED | body)

    async def extend(self, days: int, **body: Any) -> Verdict:
        return await self("complaint_extended", NOW + timedelta(days=days), **EXTENDED | body)

    async def resolve(self, **body: Any) -> Verdict:
        return await self("complaint_resolved", **COMPLAINT | {"upheld": True} | body)

    async def book(self, slot_id: str = "S-1") -> list[str]:
        wish = SlotWish(
            slot_id=slot_id,
            visit_id=VISIT_ID,
            candidates=[NOW + timedelta(days=2)],
            duration=timedelta(hours=2),
            crew_size=2,
        )
        slot = await Visits(self.pool).book_crew(wish)
        return [] if slot is None else slot.badge_ids


@pytest.fixture
async def desk(pool: Pool, open_case: OpenCase) -> Desk:
    """A case whose visit the collector K-1 applied for, A-1 approved, and C-1 and C-2 make."""
    desk = Desk(pool, await open_case(LOAN, 100))
    await desk(
        "visit_requested", applicant="collector", applicant_id="K-1", address_id=LOAN.address_id
    )
    await desk("visit_approved", NOW + timedelta(days=30), visit_id=VISIT_ID, approver_id="A-1")
    assert await desk.book() == ["C-1", "C-2"]
    return desk


@pytest.mark.parametrize(
    ("person", "part"),
    [
        ("K-1", "applied for visit V-1"),
        ("k-1", "applied for visit V-1"),
        ("A-1", "decided on visit V-1"),
        ("C-2", "is booked crew of visit V-1"),
        ("b-1", "is the borrower"),
    ],
)
async def test_handler_has_no_part_in_the_matter(desk: Desk, person: str, part: str) -> None:
    """Neither when it is filed nor when it is answered."""
    reason = f"CN-19: handler_id: the same person {part}"
    assert (await desk.file(handler_id=person)).reason == reason
    assert (await desk.file(handler_id="H-1")).accepted
    assert (await desk.resolve(handler_id=person)).reason == reason
    assert (await desk.resolve()).accepted
    assert await desk.pool.fetchval("SELECT handler_id FROM complaints") == "H-1"


@pytest.mark.parametrize("person", ["K-1", "a-1", "C-2"])
async def test_part_in_another_loan_of_the_borrower_counts(
    desk: Desk, open_case: OpenCase, person: str
) -> None:
    """A complaint's hold and its answer reach all of them, and so does who has a part."""
    other = Loan(loan_id="L-2")
    at_other = Desk(desk.pool, await open_case(other, 100), other)
    refused = await at_other.file(handler_id=person)
    assert str(refused.reason).startswith("CN-19: handler_id")
    assert (await at_other.file(handler_id="H-1")).accepted
    refused = await at_other.resolve(handler_id=person)
    assert str(refused.reason).startswith("CN-19: handler_id")


async def test_handler_who_had_no_part_when_it_was_filed_may_have_one_now(desk: Desk) -> None:
    """A visit of a later day counts, whoever was named before; somebody else answers."""
    assert (await desk.file(handler_id="K-2")).accepted
    await desk.pool.execute("UPDATE visits SET applicant_id = 'K-2'")
    assert not (await desk.resolve()).accepted
    assert (await desk.resolve(handler_id="H-2")).accepted


async def test_answer_is_put_off_twice_with_approval(desk: Desk) -> None:
    """Each extension is on record, with who granted it and when the answer was due before."""
    assert (await desk.extend(30)).reason == (
        "LC-RECORD: complaint_id: no such complaint was filed on this loan;"
        " send it again, under its id, after that"
    )
    filed = await desk.file(handler_id="H-1")
    assert filed.facts is not None
    [complaint] = filed.facts.complaints
    assert (complaint.extensions, complaint.answer_due_at) == (0, NOW + timedelta(days=15))

    late = await desk.extend(0)
    assert late.reason == f"CN-19-COMPLEX: complaint_id: too late to extend, to {NOW}"

    once = await desk.extend(30)
    assert once.facts is not None
    assert once.facts.complaints[0].extensions == 1
    junior = await desk.extend(60, approver_id="A-1")
    assert junior.reason == (
        "CN-19-SPECIAL: approver_id: a second extension takes a senior approver"
    )
    await desk.pool.execute("INSERT INTO staff (staff_id, level) VALUES ('S-1', 'senior_approver')")
    assert (await desk.extend(60, approver_id="S-1")).accepted
    assert (await desk.extend(90)).reason == (
        "CN-19-SPECIAL: complaint_id: this complaint was extended twice, and no third time"
    )
    rows = await desk.pool.fetch(
        "SELECT number, extended_by, reason, was_due_at, answer_due_at FROM complaint_extensions"
        " ORDER BY number"
    )
    assert [tuple(row) for row in rows] == [
        (1, "M-1", "files are abroad", NOW + timedelta(days=15), NOW + timedelta(days=30)),
        (2, "S-1", "files are abroad", NOW + timedelta(days=30), NOW + timedelta(days=60)),
    ]
    due = await desk.pool.fetchval("SELECT answer_due_at FROM complaints")
    assert due == NOW + timedelta(days=60)

    assert (await desk.resolve(handler_id="M-1")).reason == (
        "CN-19: handler_id: the same person approved an extension"
    )
    answered = await desk.resolve()
    assert answered.facts is not None
    assert (answered.facts.complaints, answered.facts.holds) == ([], [])
    assert not (await desk.extend(90)).accepted


async def test_complainant_is_told_of_each_extension(desk: Desk) -> None:
    """By whoever handles the complaint: a task with the new day."""
    await desk.file()
    await desk.extend(30)
    [task] = await desk.pool.fetch("SELECT audience, kind, body FROM staff_notices")
    assert (task["audience"], task["kind"]) == ("complaint_desk", "complainant_to_tell")
    assert json.loads(task["body"]) == {
        "loan_id": "L-1",
        "complaint_id": "C-1",
        "answer_due_at": (NOW + timedelta(days=30)).isoformat(),
    }


async def test_refusal_names_a_rule_of_the_cases_own_policy(desk: Desk) -> None:
    """Of a policy that lacks the rule, our own name for it; no rule of another country."""
    await desk.pool.execute("ALTER TABLE policies DISABLE TRIGGER USER")
    await desk.pool.execute("UPDATE policies SET body = body #- '{aftercare,complaint_handler}'")
    refused = await desk.file(handler_id="K-1")
    assert str(refused.reason).startswith("LC-COMPLAINT-HANDLER: handler_id: ")


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ("H-1", "the handler cannot approve the extension"),
        ("K-1", "the same person applied for visit V-1"),
        ("C-1", "the same person is booked crew of visit V-1"),
    ],
)
async def test_more_time_is_granted_by_an_outsider(desk: Desk, person: str, reason: str) -> None:
    """Not by whoever answers, and not by whom it may be about."""
    await desk.file(handler_id="H-1")
    assert (await desk.extend(30, approver_id=person)).reason == f"CN-19: approver_id: {reason}"
    assert not await desk.pool.fetch("SELECT * FROM complaint_extensions")


async def test_upheld_complaint_bars_crew_from_the_borrower_for_good(desk: Desk) -> None:
    """Unknown badges are refused; who is barred is not booked for this borrower again."""
    await desk.file(handler_id="H-1")
    refused = await desk.resolve(barred_badge_ids=["C-1", "C-9", "C-8"])
    assert refused.reason == "LC-RECORD: barred_badge_ids: no such crew member: C-8, C-9"
    assert (await desk.resolve(barred_badge_ids=["c-1", "C-1"], remedy="apology")).accepted
    [bar] = await desk.pool.fetch("SELECT * FROM crew_bars")
    assert (bar["borrower_id"], bar["badge_id"]) == ("B-1", "C-1")
    assert bar["reason"] == "complaint C-1 upheld"
    assert await desk.pool.fetchval("SELECT remedy FROM complaints") == "apology"

    await Visits(desk.pool).release_crew(VISIT_ID, NOW)
    assert await desk.book("S-2") == ["C-2", "C-3"]


async def test_hold_of_a_complaint_ends_with_its_answer_only(desk: Desk) -> None:
    """Or an open complaint would have no hold, and nobody would be reminded of it."""
    await desk.file(handler_id="H-1")
    refused = await desk("hold_released", hold_id="complaint:C-1")
    assert refused.reason == "LC-RECORD: hold_id: this hold ends with complaint_resolved"
    await desk.resolve()
    assert not await desk.pool.fetch("SELECT * FROM holds WHERE released_at IS NULL")


async def test_answer_is_somebodys(desk: Desk) -> None:
    """By name, of one who still works here; named at the filing, if not with the answer."""
    assert (await desk.file()).accepted
    nobody = await desk.resolve()
    assert nobody.reason == "CN-19: handler_id: somebody answers, by name"
    await desk.pool.execute("INSERT INTO staff VALUES ('H-8', 'approver', false)")
    gone = await desk.resolve(handler_id="h-8")
    assert gone.reason == "LC-AUTHORITY: handler_id: no longer on the staff"
    assert (await desk.resolve(handler_id="H-1")).accepted


async def test_hold_of_the_name_of_a_complaints_neither_takes_its_place_nor_ends_it(
    desk: Desk,
) -> None:
    """The complaint has a hold of its own beside it, which no release reaches."""
    for number in ("", ":2"):
        await desk("hold_placed", hold_id=f"complaint:C-1{number}", reason="dispute")
    assert (await desk.file(handler_id="H-1")).accepted
    for number in ("", ":2"):
        assert (await desk("hold_released", hold_id=f"complaint:C-1{number}")).accepted
    assert not (await desk("hold_released", hold_id="complaint:C-1:3")).accepted
    held = "SELECT hold_id, until FROM holds WHERE released_at IS NULL"
    assert [tuple(row) for row in await desk.pool.fetch(held)] == [("complaint:C-1:3", None)]
    assert (await desk.resolve()).accepted
    assert not await desk.pool.fetch(held)
