"""A complaint about one loan, and the appointment of another of the same borrower."""

import json
from datetime import UTC, timedelta

from database.sql import Pool
from database.visit.visits import SlotWish, Visits
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

OFF = (
    "SELECT case_id, body::text FROM staff_notices"
    " WHERE audience = 'complaint_desk' AND body ? 'visit_called_off'"
)


async def test_desk_hears_of_an_appointment_that_the_borrower_knows_of(
    pool: Pool, policy: Policy, open_case: OpenCase
) -> None:
    """It is called off for the complaint, and nobody else may say so; of one that nobody was told
    of there is nothing to say.
    """
    loan, other = Loan(), Loan("L-2")
    record = Record(pool, policy, loan, await open_case(loan))
    complains = Record(pool, policy, other, await open_case(other))
    await record.deliver(
        "visit_requested", applicant="borrower", applicant_id="B-1", address_id=loan.address_id
    )
    expires_at = record.now + timedelta(days=30)
    await record.deliver(
        "visit_approved", visit_id=record.visit_id, approver_id="A-1", due_at=expires_at
    )
    starts_at = record.now + timedelta(days=5)
    wish = SlotWish(
        slot_id="S-1",
        visit_id=record.visit_id,
        candidates=[starts_at],
        duration=timedelta(hours=2),
        crew_size=2,
    )
    assert await Visits(pool).book_crew(wish) is not None
    complains.now = record.now
    for number, told_at in enumerate([None, record.now]):
        await pool.execute("UPDATE visits SET notice_sent_at = $1", told_at)
        due_at = complains.now + timedelta(days=15)
        await complains.deliver(
            "complaint_filed",
            event_id=f"c-{number}",
            complaint_id=f"C-{number}",
            about="tone",
            due_at=due_at,
        )
    [told] = await pool.fetch(OFF)
    assert told["case_id"] == complains.case_id
    assert json.loads(told["body"]) == {
        "visit_loan_id": "L-1",
        "loan_id": "L-2",
        "complaint_id": "C-1",
        "answer_due_at": due_at.isoformat(),
        "visit_called_off": True,
        "visit_starts_at": starts_at.astimezone(UTC).isoformat(),
    }
