"""What interrupts limitation: a demand that has arrived, and what shows that it has (LA-03)."""

from datetime import timedelta

import pytest

from commands.ops.why import tell
from database.case.legal_package import LegalPackages
from database.case.story import read_story
from database.contact.receipts import Receipts
from database.sql import SQL, Pool
from documents.cover import render_cover
from domain.contact.delivery import Delivery, Receipt
from domain.policy.policy import Policy
from tests.support.record import Record
from tests.support.world import Loan, OpenCase

LOAN = Loan(phones=2)


@pytest.fixture
async def record(pool: Pool, policy: Policy, open_case: OpenCase) -> Record:
    """A case in which one notice was sent, and has arrived two days later."""
    record = Record(pool, policy, LOAN, await open_case(LOAN))
    assert (await record.contact("overdue_notice")).status == "sent"
    record.now += timedelta(days=2)
    sent = await pool.fetchrow("SELECT attempt_id, provider_ref FROM contact_attempts")
    assert sent is not None
    receipt = Receipt(
        provider="simulated", reference=sent["attempt_id"], provider_ref=sent["provider_ref"],
        delivery=Delivery.DELIVERED, at=record.now, code="DELIVRD",
    )  # fmt: skip
    await Receipts(pool).record_receipts([receipt], record.now)
    return record


async def _interrupts(record: Record) -> bool:
    facts = await SQL.limitation_facts(
        record.pool, loan_id=LOAN.loan_id, time_zone=LOAN.zone, now=record.now
    )
    return LOAN.on(record.now) in facts["interrupted_on"]


async def test_demand_interrupts_on_the_day_on_which_it_arrived(record: Record) -> None:
    """By its receipt; before that day nothing has."""
    assert await _interrupts(record)
    record.now -= timedelta(days=1)
    assert not await _interrupts(record)


@pytest.mark.parametrize(
    "otherwise",
    [
        "UPDATE contact_attempts SET delivery = 'undelivered'",
        "UPDATE contact_attempts SET delivery = 'underway'",
        "UPDATE contact_attempts SET delivery = NULL, delivery_at = NULL",
        "UPDATE contact_attempts SET template = 'part_reminder'",  # of what is to come
        "UPDATE contact_attempts SET template = 'first_message'",  # tells nothing
        "UPDATE phones SET status = 'wrong_person'",
    ],
)
async def test_what_did_not_arrive_or_demands_nothing_does_not(
    record: Record, otherwise: str
) -> None:
    """Nor what reached a stranger."""
    await record.pool.execute(otherwise)
    assert not await _interrupts(record)


async def test_receipt_is_told_and_handed_over(record: Record) -> None:
    """In `why`, in the legal package and on its cover: when, and in the provider's own word."""
    story = await read_story(record.pool, LOAN.loan_id)
    assert story is not None
    [sent] = [entry for entry in story.entries if entry.kind == "contact"]
    [line] = [line for line in tell(sent, story) if "receipt" in line]
    assert line.startswith("    by its receipt delivered 2026-04-17 12:00")
    assert line.endswith("(DELIVRD)")
    built = await LegalPackages(record.pool).read_contents(record.case_id, record.now)
    [contact] = built.entries["contacts.csv"]
    arrived_at = await record.pool.fetchval("SELECT delivery_at FROM contact_attempts")
    assert (contact["delivery"], contact["delivery_code"]) == ("delivered", "DELIVRD")
    assert contact["delivery_at"] == arrived_at.isoformat()
    assert (
        f"delivered {contact['delivery_at']}" in render_cover(built.entries, built.about).decode()
    )
