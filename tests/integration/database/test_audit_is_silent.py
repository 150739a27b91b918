"""The audit says nothing of what the product allows, however much it looks like a breach."""

from datetime import timedelta

import pytest

from database.audit import Audit
from database.sql import Connection
from tests.support.breaches.all_breaches import DISARM
from tests.support.record import Record

LATER = timedelta(hours=1)

VISITS = {
    "hold placed while the crew is there, whose clock is ahead": (
        "UPDATE visits SET arrived_at = checked_in_at + interval '10 minutes';"
        " INSERT INTO holds SELECT 'L-2', 'H-2', 'B-1', 'dispute',"
        " checked_in_at + interval '5 minutes' FROM visits"
    ),
    "hold released before the crew came": (
        "INSERT INTO holds SELECT 'L-2', 'H-2', 'B-1', 'dispute',"
        " checked_in_at - interval '9 minutes', NULL, arrived_at FROM visits"
    ),
    "barred for what was done there": (
        "INSERT INTO crew_bars SELECT 'B-1', 'C-1', signed_at, 'x' FROM agreements"
    ),
    "promise made while the crew is there, whose clock is ahead": (
        "UPDATE visits SET arrived_at = checked_in_at + interval '10 minutes',"
        " slot = tstzrange(lower(slot) + interval '10 minutes', upper(slot));"
        " UPDATE promises SET made_at = (SELECT checked_in_at FROM visits) + interval '5 minutes',"
        " status = 'open', resolved_at = NULL"
    ),
    "other hours by a policy that was adopted since": (
        "UPDATE policies SET body = jsonb_set(body, '{visit,permitted_hours,value,start}',"
        " '\"14:00:00\"') WHERE version = 'cn-adopted'"
    ),
    "wish that was taken back before the crew's device was online": (
        "UPDATE case_events SET body = jsonb_set(body, '{blocked_channels}', '[\"visit\"]'),"
        " received_at = told.at, occurred_at = told.at FROM (SELECT reserved_at"
        " + interval '1 minute' AS at FROM contact_attempts WHERE template = 'visit_appointment')"
        " AS told WHERE name = 'contact_preferences_changed';"
        " INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at,"
        " received_at, stage, accepted, body, receipt) SELECT v.case_id, v.loan_id, 'wish',"
        " 'contact_preferences_changed', 'x', checked_in_at, checked_in_at - interval '1 minute',"
        " 'x', true, '{\"blocked_channels\": []}', 'x' FROM visits v;"
        " UPDATE visits SET arrived_at = checked_in_at - interval '2 hours';"
        " UPDATE visits SET confirmed_at = arrived_at"
    ),
}
# A ledger books before it writes: what it wrote after a contact bears an earlier moment.
_BOOKED = (
    "INSERT INTO payments (payment_id, loan_id, amount_minor, received_at, recorded_at, source)"
    " VALUES ('X', 'L-1', 1200000, '2026-04-15 11:30+8', '2026-04-15 11:30+8', 'ledger');"
)
_TOLD = (
    " INSERT INTO case_events (case_id, loan_id, event_id, name, source, occurred_at, received_at,"
    " stage, accepted, body, receipt) SELECT case_id, loan_id, 'x', 'payment_received', 'x',"
    " '2026-04-15 11:30+8', '2026-04-19 13:00+8', 'early_contact', true,"
    ' \'{"payment_id": "X", "amount_minor": 1200000}\', \'x\' FROM visits;'
)
BOOKED = {
    "contact before the ledger wrote that all was paid": _BOOKED,
    "contact before the event told of what the ledger wrote": _BOOKED + _TOLD,
    "case that had ended before the ledger wrote that all was paid": (
        _BOOKED + " UPDATE payments SET amount_minor = 9 WHERE payment_id = 'X';"  # noqa: S608
        " UPDATE loans SET outstanding_minor = 0; UPDATE collection_cases SET outcome = 'cured',"
        " keeps_moments = true, closed_at = '2026-04-18' WHERE loan_id = 'L-1'"
    ),
}
_OVERPAID = (
    "UPDATE payments SET amount_minor = 1300000, reversed_at = NULL WHERE payment_id = 'P-1';"
    " UPDATE case_events SET body = jsonb_set(body, '{amount_minor}', '1300000'), stage = 'ended'"
    " WHERE name = 'payment_received';"
    " DELETE FROM case_events WHERE name = 'payment_reversed';"
    " DELETE FROM contact_attempts; DELETE FROM agreements; DELETE FROM visits;"
    " DELETE FROM case_events WHERE name LIKE 'visit%' OR name LIKE 'agreement%'"
    " OR name = 'call_finished';"
    " UPDATE loan_instalments SET put_off_from = NULL, due_on = contract_due_on;"
    " INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)"
    " SELECT 'n', case_id, 'collectors', 'overpaid', '{body}', '2026-04-10' FROM collection_cases"
    " WHERE loan_id = 'L-1'"
)
_BESIDE = (
    "UPDATE agreements SET grace_days = 5, offered_at = '2026-03-03', counted_after = 900,"
    " counted_from = '2026-03-01', disclosed_at = '2026-03-04';"
    " UPDATE payments SET reversed_at = '2026-03-02';"
    " INSERT INTO staff_notices (notice_id, case_id, audience, kind, body, created_at)"
    " SELECT case_id || ':P-1:owed-beside-plan', case_id, 'collectors', 'owed_beside_plan', '{}',"
    " '2026-03-02' FROM visits"
)
MONEY = {
    "overpaid, and told at the end, before the event came of what the ledger had written": (
        _OVERPAID.replace("{body}", '{"amount_minor": 100000}')
    ),
    "overpaid, told at the end, and erased": _OVERPAID.replace("{body}", "{}"),
    "owed beside the plan, told, and erased": _BESIDE,
    "costs confirmed, and signed, by a clock that is ahead": (
        "UPDATE case_events SET occurred_at = received_at + interval '10 minutes'"
        " WHERE name = 'agreement_signed';"
        " UPDATE agreements SET disclosed_at = signed_at + interval '9 minutes'"
    ),
}
PROMISES = {
    "promise that has a long grace since a hold": (
        "UPDATE promises SET due_on = '2026-02-01', status = 'open', resolved_at = NULL,"
        " made_at = (SELECT checked_in_at FROM visits); UPDATE policies SET body ="
        " jsonb_set(body, '{promise,grace_days,value}', '35'); DELETE FROM case_events"
        " WHERE name LIKE 'hold%' OR name LIKE 'complaint%' OR name = 'borrower_said';"
        " DELETE FROM complaints; DELETE FROM holds;"
        " INSERT INTO holds VALUES ('L-2', 'H', 'B-1', 'x', '2026-02-01', NULL, '2026-03-10');"
        " UPDATE collection_cases SET stage = 'legal_review' WHERE loan_id = 'L-1'"
    ),
}
LAWFUL = {**VISITS, **BOOKED, **MONEY, **PROMISES}
# What the audit does not say, and what it would say of the same, told in time.
BY_LEDGER = {
    "contact person asked": (
        "G13",
        _BOOKED  # noqa: S608
        + " UPDATE phones SET relation = 'contact_person' WHERE phone_id = 'B-1-p1';",
        "the borrower has paid at 2026-04-15 03:30",
    ),
    "collector applied": (
        "G6",
        _BOOKED + " UPDATE visits SET applicant = 'collector';"  # noqa: S608
        " UPDATE case_events SET received_at = '2026-04-14' WHERE name = 'policy_adopted';",
        "a collector applied for it within 14 days of a payment",
    ),
}


@pytest.mark.parametrize("done", LAWFUL.values(), ids=LAWFUL)
async def test_what_is_allowed_is_no_breach(
    record: Record, connection: Connection, done: str
) -> None:
    """Whatever is written here in one go, the product comes to by events that it accepts."""
    await connection.execute(DISARM)
    await connection.execute(done)
    audit = Audit(connection)
    found = [
        each
        for guarantee in ("G1", "G4", "G6", "G7", "G9", "G10", "G13")
        for each in await audit.breaches_of(guarantee, record.now + LATER)
    ]
    assert found == []


@pytest.mark.parametrize(("guarantee", "done", "said"), BY_LEDGER.values(), ids=BY_LEDGER)
async def test_payment_counts_once_it_was_told_of(
    record: Record, connection: Connection, guarantee: str, done: str, said: str
) -> None:
    """Whenever the ledger had booked what it wrote."""
    await connection.execute(DISARM)
    await connection.execute(done + _TOLD)
    audit = Audit(connection)
    found = await audit.breaches_of(guarantee, record.now + LATER)
    assert not any(said in str(each) for each in found)
    await connection.execute(
        "UPDATE case_events SET received_at = '2026-04-15 11:30+8' WHERE event_id = 'x'"
    )
    found = await audit.breaches_of(guarantee, record.now + LATER)
    assert any(said in str(each) for each in found), found
